import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { judgeWebhook } from '#edge/local/verify-webhook.ts'
import { PUBLISHED, type WebhookVector } from '#tests/vectors/webhooks.ts'

const SLACK = PUBLISHED.find(({ provider }) => provider === 'slack') as WebhookVector
const RETELL = PUBLISHED.find(({ provider }) => provider === 'retell') as WebhookVector
const STANDARD = PUBLISHED.find(({ provider }) => provider === 'standard') as WebhookVector

function line({ provider, secret, headers, body, nowMs }: WebhookVector, changes: Record<string, unknown> = {}) {
  return { kind: 'webhook', provider, secrets: [secret], headers, body, now: nowMs / 1000, ...changes }
}

test('npm run verify answers each line with the verdict and the event', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pernoex-verify-'))
  try {
    const file = join(folder, 'lines.jsonl')
    const lines = [line(SLACK), line(SLACK, { body: 'token=other' }), line(SLACK, { provider: 'twilio' })]
    writeFileSync(file, lines.map((one) => `${JSON.stringify(one)}\n`).join(''))
    const { stdout } = spawnSync(process.execPath, ['edge-api/local/verify.ts', file], { encoding: 'utf8' })
    expect(
      stdout
        .trim()
        .split('\n')
        .map((text) => JSON.parse(text)),
    ).toEqual([
      { ok: true, eventId: SLACK.event?.id, type: 'slash_command' },
      { ok: false, reason: 'signature_wrong' },
      { ok: false, reason: 'provider_unknown' },
    ])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

describe('what is unambiguous is taken', () => {
  const moment = new Date(SLACK.nowMs)
  test.each<[string, Record<string, unknown>]>([
    ['now in seconds', { now: SLACK.nowMs / 1000 }],
    ['now in milliseconds', { now: SLACK.nowMs }],
    ['now in ISO 8601', { now: moment.toISOString() }],
    ['headers in another case', { headers: renamed((name) => name.toUpperCase()) }],
    ['a header as a number', { headers: { ...SLACK.headers, 'X-Slack-Request-Timestamp': 1531420618 } }],
    [
      'a header as a list',
      {
        headers: renamed(
          (name) => name,
          (value) => [value],
        ),
      },
    ],
    ['the body in base64', { body: undefined, bodyBase64: Buffer.from(SLACK.body).toString('base64') }],
    ['a secret until it expires', { secrets: [{ secret: SLACK.secret, expiresAt: SLACK.nowMs / 1000 + 1 }] }],
    ['a secret with no expiry', { secrets: [{ secret: SLACK.secret, expiresAt: null }] }],
  ])('%s', (_, changes) => {
    expect(judgeWebhook(line(SLACK, changes))).toMatchObject({ ok: true })
  })

  test.each(['in', 'voice', 'vapi'])('Standard Webhooks as %s', (provider) => {
    expect(judgeWebhook(line(STANDARD, { provider }))).toMatchObject({ ok: true, eventId: STANDARD.event?.id })
  })

  test('an address for voice takes each of its providers', () => {
    expect(judgeWebhook(line(RETELL, { provider: 'voice' }))).toEqual({ ok: true, eventId: null, type: null })
  })
})

describe('what cannot be judged is named', () => {
  test.each<[string, Record<string, unknown>]>([
    ['line_invalid', { body: undefined }],
    ['line_invalid', { bodyBase64: 'e30=' }],
    ['line_invalid', { body: undefined, bodyBase64: 'no base64!' }],
    ['line_invalid', { now: 'yesterday' }],
    ['line_invalid', { headers: [] }],
    ['line_invalid', { headers: { a: null } }],
    ['line_invalid', { secrets: SLACK.secret }],
    ['line_invalid', { secrets: [{ secret: SLACK.secret, expiresAt: 'never' }] }],
    ['secrets_missing', { secrets: [] }],
    ['secret_short', { secrets: [''] }],
    ['secret_short', { secrets: [SLACK.secret, 'short'] }],
    ['signature_malformed', { headers: { ...SLACK.headers, 'X-Slack-Signature': `v0=\n${'a'.repeat(64)}` } }],
    [
      'signature_malformed',
      {
        headers: renamed(
          (name) => name,
          (value) => [value, value],
        ),
      },
    ],
    ['signature_missing', { headers: {} }],
    ['timestamp_outside_window', { now: SLACK.nowMs / 1000 + 301 }],
    ['timestamp_outside_window', { now: SLACK.nowMs / 1000 - 301 }],
    ['signature_wrong', { secrets: [{ secret: SLACK.secret, expiresAt: SLACK.nowMs / 1000 }] }],
  ])('%s %o', (reason, changes) => {
    expect(judgeWebhook(line(SLACK, changes))).toEqual({ ok: false, reason })
  })
})

function renamed(name: (name: string) => string, value: (value: string) => unknown = (text) => text) {
  return Object.fromEntries(Object.entries(SLACK.headers).map(([key, text]) => [name(key), value(text)]))
}
