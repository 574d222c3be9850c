import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hashSync } from 'bcryptjs'
import { expect, test } from 'vitest'
import { judgeStoredPassword, judgeTotp } from '#edge/local/verify-credentials.ts'
import { createBcryptHasher } from '#edge/providers/password/bcrypt.ts'

const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
const PLAIN = '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'
const peppers = new Map([['a', new Uint8Array(32).fill(1)]])

test('npm run verify answers codes and passwords line by line, also with peppers from the environment', async () => {
  const hash = await createBcryptHasher({ peppers, cost: 4, nowMs: Date.now }).hash('right')
  const folder = mkdtempSync(join(tmpdir(), 'pernoex-verify-'))
  try {
    const file = join(folder, 'lines.jsonl')
    const lines = [
      { kind: 'totp', secret: SECRET, code: '287082', now: 59 },
      { kind: 'totp', secret: SECRET, code: '287082', now: 59, lastStep: 1 },
      { kind: 'password', password: 'U*U', hash: PLAIN },
      { kind: 'password', password: 'right', hash },
      { kind: 'password', password: 'wrong', hash },
    ]
    writeFileSync(file, lines.map((one) => `${JSON.stringify(one)}\n`).join(''))
    const env = {
      ...process.env,
      PASSWORD_PEPPERS: JSON.stringify({ a: 'AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE' }),
    }
    const args = ['edge-api/local/verify.ts', file, '--data', folder]
    const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', env })
    const answers = stdout.trim().split('\n')
    expect(answers.map((text) => JSON.parse(text))).toEqual([
      { ok: true, step: 1 },
      { ok: false, reason: 'code_used' },
      { ok: true, scheme: 'bcrypt', cost: 5, rehash: true },
      { ok: true, scheme: 'bcrypt-hmac384', cost: 4, rehash: true },
      { ok: false, reason: 'password_wrong' },
    ])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a moment may be given in seconds, milliseconds or as a date', () => {
  for (const now of [1_111_111_109, 1_111_111_109_000, '2005-03-18T01:58:29Z'])
    expect(judgeTotp({ secret: SECRET, code: '081804', now })).toEqual({ ok: true, step: 37_037_036 })
})

test('a code line that cannot be judged says so', () => {
  const line = { secret: SECRET, code: '287082', now: 59 }
  expect(judgeTotp({ ...line, secret: '0189' })).toEqual({ ok: false, reason: 'secret_malformed' })
  expect(judgeTotp({ ...line, secret: '' })).toEqual({ ok: false, reason: 'secret_malformed' })
  expect(judgeTotp({ ...line, code: 287082 })).toEqual({ ok: false, reason: 'code_malformed' })
  for (const changes of [
    { secret: 1 },
    { code: null },
    { now: 'soon' },
    { now: -1 },
    { lastStep: '1' },
    { lastStep: 0.5 },
  ])
    expect(judgeTotp({ ...line, ...changes }), JSON.stringify(changes)).toEqual({ ok: false, reason: 'line_invalid' })
})

test('plain bcrypt is never judged by the beginning of a password', async () => {
  const cut = hashSync('x'.repeat(72), 4)
  expect(await judgeStoredPassword({ password: 'x'.repeat(72), hash: cut }, null)).toMatchObject({ ok: true })
  for (const password of ['x'.repeat(73), 'é'.repeat(37)])
    expect(await judgeStoredPassword({ password, hash: cut }, null)).toEqual({
      ok: false,
      reason: 'password_over_72_bytes',
    })
})

test('a password line that cannot be judged says so', async () => {
  const reason = async (line: Record<string, unknown>) => (await judgeStoredPassword(line, null)).reason
  for (const hash of [
    '',
    'x',
    PLAIN.slice(1),
    `${PLAIN}x`,
    PLAIN.replace('2a', '2y'),
    PLAIN.replace('$05', '$03'),
    `v1$x$a$${PLAIN}`,
  ])
    expect(await reason({ password: 'U*U', hash }), hash).toBe('hash_malformed')
  expect(await reason({ password: 'U*U', hash: PLAIN.replace('$05', '$31') })).toBe('cost_too_high')
  expect(await reason({ password: 'U*U', hash: `v1$bcrypt-hmac384$a$${PLAIN}` })).toBe('secrets_missing')
  expect(await reason({ password: 1, hash: PLAIN })).toBe('line_invalid')
  expect(await reason({ password: 'U*U' })).toBe('line_invalid')
})
