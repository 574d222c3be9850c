/**
 * `npm run verify -- FILE.jsonl [--data DIR]`: what the production code decides about each line, one JSON line out for each
 * line in. For the project's own tests, and for customers' CI.
 */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type NamedSecrets, parseNamedSecrets } from '#shared/named-secrets.ts'
import { compileRules, matchOrigin, parseOrigin } from '#shared/origin.ts'
import { normaliseRule } from '#shared/origin-rule.ts'
import { createKeyVerifier, type KeyVerifier } from '#shared/public-key.ts'
import { judgeStoredPassword, judgeTotp } from './verify-credentials.ts'
import { judgeWebhook } from './verify-webhook.ts'

type Verdict = { ok: boolean; reason?: string } & Record<string, unknown>
type Judge = (line: Record<string, unknown>) => Verdict | Promise<Verdict>

const refuse = (reason: string): Verdict => ({ ok: false, reason })

const judgeRule: Judge = ({ input }) => {
  if (typeof input !== 'string') return refuse('line_invalid')
  const rule = normaliseRule(input)
  return rule.ok ? { ok: true, rule: rule.value } : refuse(rule.reason)
}

const judgeOrigin: Judge = ({ rules, origin, now }) => {
  if (!Array.isArray(rules) || !rules.every((rule) => typeof rule === 'string')) return refuse('line_invalid')
  if (origin !== undefined && origin !== null && typeof origin !== 'string') return refuse('line_invalid')
  const saved: { rule: string }[] = []
  // What could not be saved is not on any project's list: it admits nobody, and is named beside the verdict.
  const refusedRules: { rule: string; reason: string }[] = []
  for (const typed of rules) {
    const rule = normaliseRule(typed)
    if (rule.ok) saved.push({ rule: rule.value })
    else refusedRules.push({ rule: typed, reason: rule.reason })
  }
  const beside = refusedRules.length > 0 ? { refusedRules } : {}
  const parsed = parseOrigin(origin ?? null)
  if (!parsed.ok) return { ...refuse(parsed.reason), ...beside }
  const rule = matchOrigin(compileRules(saved), parsed.value, typeof now === 'number' ? now : Date.now())
  return rule === null ? { ...refuse('origin_not_allowed'), ...beside } : { ok: true, rule, ...beside }
}

function judgeKey(verify: KeyVerifier | null): Judge {
  return ({ key }) => {
    if (typeof key !== 'string') return refuse('line_invalid')
    if (verify === null) return refuse('secrets_missing')
    const verdict = verify(key)
    if (!verdict.ok) return refuse(verdict.reason)
    const { kind, environment, projectId } = verdict.value
    return { ok: true, kind, environment, projectId }
  }
}

function judgeLine(text: string, judges: Record<string, Judge>): ReturnType<Judge> {
  let line: unknown
  try {
    line = JSON.parse(text)
  } catch {
    return refuse('line_invalid')
  }
  if (typeof line !== 'object' || line === null || Array.isArray(line)) return refuse('line_invalid')
  const { kind } = line as { kind?: unknown }
  const judge = typeof kind === 'string' && Object.hasOwn(judges, kind) ? judges[kind] : undefined
  return judge === undefined ? refuse('kind_unknown') : judge(line as Record<string, unknown>)
}

/** From the environment, as the Worker has them, or from a local cloud's data folder. */
function readSecrets(variable: string, dataFolder: string, member: string): NamedSecrets | null {
  const json = process.env[variable] ?? storedSecret(join(dataFolder, 'secrets.json'), member)
  if (json === null) return null
  const secrets = parseNamedSecrets(json)
  if (!secrets.ok) throw new Error(`${variable} ${secrets.reason}.`)
  return secrets.value
}

function storedSecret(path: string, member: string): string | null {
  if (!existsSync(path)) return null
  const value = (JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>)[member]
  if (value === undefined) return null
  return typeof value === 'string' ? value : JSON.stringify(value)
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { data: { type: 'string', default: '.pernoex' } },
    allowPositionals: true,
  })
  const [file] = positionals
  if (file === undefined || positionals.length !== 1)
    throw new Error('Usage: npm run verify -- FILE.jsonl [--data DIR]')
  const checksums = readSecrets('KEY_CHECKSUM_SECRETS', values.data, 'keyChecksumSecrets')
  const peppers = readSecrets('PASSWORD_PEPPERS', values.data, 'passwordPeppers')
  if (!existsSync(file)) throw new Error(`There is no file ${file}.`)
  const lines = readFileSync(file, 'utf8')
    .replace(/^\uFEFF/, '')
    .split('\n')
  if (lines.at(-1) === '') lines.pop()
  if (checksums === null && lines.some((line) => /"kind"\s*:\s*"key"/.test(line)))
    console.error(
      `No checksum secrets: set KEY_CHECKSUM_SECRETS, or start the local cloud once so that ${join(values.data, 'secrets.json')} exists. Keys are answered with secrets_missing.`,
    )
  const judges: Record<string, Judge> = {
    rule: judgeRule,
    origin: judgeOrigin,
    key: judgeKey(checksums === null ? null : createKeyVerifier(checksums)),
    webhook: judgeWebhook,
    totp: judgeTotp,
    password: (line) => judgeStoredPassword(line, peppers),
  }
  for (const line of lines) process.stdout.write(`${JSON.stringify(await judgeLine(line, judges))}\n`)
}

try {
  await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
