import { equalInConstantTime, fromBase64Url, fromHex, toBase64Url, toHex, utf8 } from '#shared/bytes.ts'
import { hmacSha256 } from '#shared/digest.ts'
import { type ProjectId, parseId, type Random } from '#shared/ids.ts'
import { membersOf, parseJsonBody } from './json-body.ts'

/** What the app may do in a workspace, and nothing more: hear what is said to it, and answer. */
export const SLACK_SCOPES = ['app_mentions:read', 'chat:write', 'commands', 'im:history'] as const

export const INSTALL_MS = 10 * 60 * 1000

/** Which project is to be connected. It can be used in the session that asked for it and in no other: its tag holds both together. */
export function sealInstall(
  key: Uint8Array,
  sessionHash: Uint8Array,
  { projectId, nowMs, random }: { projectId: ProjectId; nowMs: number; random: Random },
): string {
  const nonce = new Uint8Array(16)
  random(nonce)
  const install = { projectId, expiresAtMs: nowMs + INSTALL_MS, nonce: toHex(nonce) }
  const text = toBase64Url(utf8(JSON.stringify(install)))
  return `${text}.${toHex(tag(key, sessionHash, text))}`
}

/** Null where it is not one of ours, of another session, or too old. */
export function openInstall(
  key: Uint8Array,
  sessionHash: Uint8Array,
  state: string | null,
  nowMs: number,
): ProjectId | null {
  const [, text = '', hex = ''] = /^([\w-]{1,400})\.([0-9a-f]{64})$/.exec(state ?? '') ?? []
  const given = fromHex(hex)
  const bytes = fromBase64Url(text)
  if (given === null || bytes === null || !equalInConstantTime(given, tag(key, sessionHash, text))) return null
  const parsed = parseJsonBody(bytes)
  const install = parsed.ok ? membersOf(parsed.value) : null
  return Number(install?.expiresAtMs) > nowMs ? parseId('project', String(install?.projectId)) : null
}

function tag(key: Uint8Array, sessionHash: Uint8Array, text: string): Uint8Array {
  return hmacSha256(key, utf8(`slack install!${toHex(sessionHash)}!${text}`))
}
