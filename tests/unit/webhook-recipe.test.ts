/** What goes wrong with webhooks in the wild, each for each provider. */
import { describe, expect, test } from 'vitest'
import { schemeOf } from '#edge/webhooks/provider.ts'
import { loadSecrets, type WebhookSecret } from '#edge/webhooks/secret.ts'
import { utf8 } from '#shared/bytes.ts'
import { judge, NOW_MS, SIGNERS, secretsFor } from './webhook-signing.ts'

describe.each(SIGNERS)('$provider', ({ provider, secret, otherSecret, time, mac, headers }) => {
  const body = utf8('{"type":"test","id":"evt_1"}')
  const current = secretsFor(provider, secret)
  const now = time(0)
  const good = mac(body, now, secret)
  const decoy = mac(body, now, otherSecret)
  const given = (sent: Record<string, string>, secrets: WebhookSecret[] = current, nowMs = NOW_MS) =>
    judge(provider, sent, body, secrets, nowMs)
  const signed = (at: string, bytes = body) => headers(at, mac(bytes, at, secret))
  const severalAllowed = !['slack', 'elevenlabs', 'retell'].includes(provider)

  test('a good one is accepted, again and again', () => {
    expect(given(headers(now, good))).toBe('accepted')
    expect(given(headers(now, good))).toBe('accepted')
  })

  test('five minutes either way are inside, a second more is not', () => {
    for (const offset of [-300, -1, 1, 300]) expect(given(signed(time(offset)))).toBe('accepted')
    for (const offset of [-31_536_000, -301, 301, 31_536_000])
      expect(given(signed(time(offset)))).toBe('timestamp_outside_window')
  })

  test('a clock that does not know the time admits nothing', () => {
    for (const nowMs of [Number.NaN, Number.POSITIVE_INFINITY, 0])
      expect(given(headers(now, good), current, nowMs)).toBe('timestamp_outside_window')
  })

  test('a time that is not plain decimal is malformed, though signed', () => {
    for (const at of [
      `+${now}`,
      `${now}.0`,
      `0${now}`,
      now.slice(1),
      `${now.slice(0, -1)}a`,
      '1e9',
      '0x6ab0c8a0',
      'NaN',
      '-1',
    ])
      expect(given(signed(at)), at).toBe('signature_malformed')
  })

  test('a second signature counts only where the provider sends several', () => {
    const expected = severalAllowed ? 'accepted' : 'signature_malformed'
    expect(given(headers(now, decoy, good))).toBe(expected)
    expect(given(headers(now, good, decoy))).toBe(expected)
    expect(given(headers(now, ...Array.from({ length: 9 }, () => decoy), good))).toBe(expected)
  })

  test('of more than ten signatures none is tried', () => {
    expect(given(headers(now, ...Array.from({ length: 10 }, () => decoy), good))).toBe('signature_malformed')
  })

  test('no signature of the right kind is malformed', () => {
    for (const [name, value] of Object.entries(headers(now, good))) {
      if (!value.includes(good)) continue
      const weaker = value.replace(/\b(v0|v1|d)(?=[=,])/, 'v9')
      expect(given({ ...headers(now, good), [name]: weaker })).toBe('signature_malformed')
      expect(given({ ...headers(now, good), [name]: value.replace(good, '') })).toBe('signature_malformed')
    }
  })

  test('upper case is another signature', () => {
    expect(['signature_malformed', 'signature_wrong']).toContain(given(headers(now, good.toUpperCase())))
  })

  test('a header that was sent twice is malformed', () => {
    for (const [name, value] of Object.entries(headers(now, good))) {
      const twice = new Headers(headers(now, good))
      twice.append(name, value)
      expect(given(Object.fromEntries(twice)), name).toBe('signature_malformed')
    }
  })

  test('an endless header is malformed', () => {
    for (const [name, value] of Object.entries(headers(now, good)))
      expect(given({ ...headers(now, good), [name]: value + 'a'.repeat(100_000) }), name).toBe('signature_malformed')
  })

  test('the bytes are signed, whatever they are', () => {
    const bodies = [
      [0xef, 0xbb, 0xbf, 0x7b, 0x7d],
      [0x7b, 0xff, 0xfe, 0x7d],
      [0xed, 0xa0, 0x80],
      [0x7b, 0x00, 0x00, 0x7d],
      [...utf8('{"text":"naïve 🙂 文書"}')],
      [...utf8('{\r\n"a":1}\r\n')],
      [...utf8('{"a":1}\n')],
      [],
    ]
    for (const bytes of bodies.map((list) => new Uint8Array(list))) {
      expect(judge(provider, signed(now, bytes), bytes, current)).toBe('accepted')
      const repaired = utf8(new TextDecoder().decode(bytes).trim())
      if (!Buffer.from(repaired).equals(bytes))
        expect(judge(provider, signed(now, bytes), repaired, current)).toBe('signature_wrong')
    }
  })

  test('a body of 1 MB is not copied', () => {
    const large = new Uint8Array(1_048_576).fill(0x20)
    const sent = signed(now, large)
    expect(judge(provider, sent, large, current)).toBe('accepted')
    const before = process.memoryUsage()
    for (let round = 0; round < 4; round++) judge(provider, sent, large, current)
    const after = process.memoryUsage()
    // Four copies would be 4 MB; a collection in between can only take away what earlier tests left.
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(500_000)
    expect(after.external - before.external).toBeLessThan(500_000)
    expect(after.heapUsed - before.heapUsed).toBeLessThan(1_500_000)
  })

  test('a secret that was replaced opens until its expiry, and not from then on', () => {
    const rotated = loadSecrets(schemeOf(provider), [
      { text: otherSecret, expiresAtMs: null },
      { text: secret, expiresAtMs: NOW_MS + 1 },
    ])
    if (!rotated.ok) throw new Error(rotated.reason)
    expect(given(headers(now, good), rotated.value)).toBe('accepted')
    expect(given(headers(now, decoy), rotated.value)).toBe('accepted')
    expect(given(headers(now, good), rotated.value, NOW_MS + 1)).toBe('signature_wrong')
    expect(given(headers(now, decoy), rotated.value, NOW_MS + 1)).toBe('accepted')
  })

  test("another endpoint's secret, and no secret at all, are wrong", () => {
    expect(given(headers(now, decoy))).toBe('signature_wrong')
    expect(given(headers(now, good), [])).toBe('signature_wrong')
  })

  test('an empty, a short, a surrounded secret, or too many, are refused when loaded, with all that stand beside them', () => {
    const load = (...texts: string[]) =>
      loadSecrets(
        schemeOf(provider),
        texts.map((text) => ({ text, expiresAtMs: null })),
      )
    for (const short of ['', secret.slice(0, 10), provider === 'retell' ? 'key' : 'whsec_']) {
      expect(load(short)).toEqual({ ok: false, reason: 'secret_short' })
      expect(load(secret, short)).toEqual({ ok: false, reason: 'secret_short' })
    }
    for (const surrounded of [`${secret}\n`, ` ${secret}`, `${secret}é`, `${secret}\0`])
      expect(load(surrounded)).toEqual({ ok: false, reason: 'secret_malformed' })
    expect(load(...Array.from({ length: 11 }, () => secret))).toEqual({ ok: false, reason: 'secrets_too_many' })
  })
})
