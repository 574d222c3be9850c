import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'

export const ROOT = join(import.meta.dirname, '../..')

/** Files of the tree that git tracks or would track, relative to the root. */
export function projectFiles(pattern: RegExp): string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  return listed.split('\n').filter((path) => pattern.test(path) && existsSync(join(ROOT, path)))
}

export interface Import {
  /** Path inside the project, or the package's name. */
  target: string
  inside: boolean
  typeOnly: boolean
}

const STATEMENT = /^\s*(?:import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]/gm
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g

const ALIASES: Record<string, string> = {
  '#shared/': 'shared/',
  '#edge/': 'edge-api/',
  '#widget/': 'widget/',
  '#dashboard/': 'dashboard/',
  '#tests/': 'tests/',
}

function resolve(file: string, specifier: string, typeOnly: boolean): Import {
  const alias = Object.keys(ALIASES).find((prefix) => specifier.startsWith(prefix))
  if (alias) return { target: ALIASES[alias] + specifier.slice(alias.length), inside: true, typeOnly }
  if (specifier.startsWith('.'))
    return { target: posix.normalize(posix.join(dirname(file), specifier)), inside: true, typeOnly }
  if (specifier.startsWith('node:') || specifier.startsWith('cloudflare:')) {
    return { target: specifier.slice(0, specifier.indexOf(':')), inside: false, typeOnly }
  }
  const parts = specifier.split('/')
  return {
    target: specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier),
    inside: false,
    typeOnly,
  }
}

/** Every import and re-export of a TypeScript file; dynamic ones and those without `type` count as values. */
export function importsOf(file: string): Import[] {
  const source = readFileSync(join(ROOT, file), 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '')
  const found: Import[] = []
  for (const match of source.matchAll(STATEMENT)) found.push(resolve(file, match[2] ?? '', match[1] !== undefined))
  for (const match of source.matchAll(DYNAMIC)) found.push(resolve(file, match[1] ?? '', false))
  return found
}
