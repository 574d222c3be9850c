import { type Dirent, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { StartProblem } from './start-problem.ts'

/** Above this a document is listed as too large rather than read. */
export const MAX_DOCUMENT_BYTES = 2 * 1024 * 1024
const EXTENSIONS = new Set(['.md', '.mdx', '.html', '.htm', '.txt'])

export interface DocsFolder {
  /** Paths are relative to the folder, with forward slashes, sorted. */
  paths: string[]
  unreadable: { path: string; reason: string }[]
}

/** Lists what can be answered from. Hidden folders and node_modules are skipped. */
export function listDocs(folder: string): DocsFolder {
  const root = openRoot(folder)
  const docs: DocsFolder = { paths: [], unreadable: [] }
  walk(root, root, docs)
  docs.paths.sort()
  docs.unreadable.sort((left, right) => (left.path < right.path ? -1 : 1))
  if (docs.paths.length === 0 && docs.unreadable.length === 0)
    throw new StartProblem(`The docs folder ${folder} holds no .md, .mdx, .html or .txt file.`)
  return docs
}

/** The document's text, or the reason in words why it has none. */
export function readDoc(folder: string, path: string): { content: string } | { reason: string } {
  let bytes: Buffer
  try {
    const file = join(folder, path)
    const { size } = statSync(file)
    if (size > MAX_DOCUMENT_BYTES) return { reason: tooLarge(size) }
    bytes = readFileSync(file)
  } catch (error) {
    return { reason: inWords(error) }
  }
  if (bytes.length > MAX_DOCUMENT_BYTES) return { reason: tooLarge(bytes.length) }
  if (bytes.includes(0)) return { reason: 'it is a binary file' }
  try {
    return { content: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    return { reason: 'it is not valid UTF-8 text' }
  }
}

function openRoot(folder: string): string {
  try {
    const root = realpathSync(folder)
    if (!statSync(root).isDirectory()) throw new StartProblem(`${folder} is a file; --docs wants a folder.`)
    readdirSync(root)
    return root
  } catch (error) {
    if (error instanceof StartProblem) throw error
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new StartProblem(`The docs folder ${folder} does not exist.`)
    throw new StartProblem(`The docs folder ${folder} cannot be opened: ${inWords(error)}.`)
  }
}

function walk(root: string, folder: string, docs: DocsFolder): void {
  const report = (full: string, reason: string): void => {
    docs.unreadable.push({ path: pathIn(root, full), reason })
  }
  let entries: Dirent[]
  try {
    entries = readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    report(folder, inWords(error))
    return
  }
  for (const entry of entries) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue
    const full = join(folder, entry.name)
    const wanted = EXTENSIONS.has(extname(entry.name).toLowerCase())
    try {
      const refusal = entry.isSymbolicLink() ? refuseLink(root, full, wanted) : null
      if (refusal !== null) report(full, refusal)
      else if (entry.isDirectory()) walk(root, full, docs)
      else if (wanted && statSync(full).isFile()) docs.paths.push(pathIn(root, full))
    } catch (error) {
      if (wanted || (error as NodeJS.ErrnoException).code === 'ELOOP') report(full, inWords(error))
    }
  }
}

/** A linked file is read; a linked folder is not, for inside the docs folder its pages are read at their own place. */
function refuseLink(root: string, link: string, wanted: boolean): string | null {
  const target = realpathSync(link)
  const isFolder = statSync(target).isDirectory()
  if (!wanted && !isFolder) return null
  if (!isInside(root, target)) return 'it is a link that leads out of the docs folder'
  if (!isFolder) return null
  return isInside(target, link) ? 'it is a link to a folder that contains it' : 'it is a link to another folder in here'
}

function isInside(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep)
}

/** A name that is not valid UTF-8 arrives with replacement characters; a lone surrogate could not be stored. */
function pathIn(root: string, full: string): string {
  return relative(root, full).split(sep).join('/').toWellFormed()
}

function tooLarge(bytes: number): string {
  return `it is ${(bytes / 1024 / 1024).toFixed(1)} MB; the limit is 2 MB`
}

function inWords(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EACCES' || code === 'EPERM') return 'you may not read it'
  if (code === 'ENOENT') return 'it points to a file that does not exist'
  if (code === 'ELOOP') return 'it is a link that leads back to itself'
  return `it cannot be read (${code ?? 'unknown error'})`
}
