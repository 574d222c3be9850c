import { describe, expect, test } from 'vitest'
import { schemeOf } from '#edge/webhooks/provider.ts'
import { verifyWebhook } from '#edge/webhooks/webhook.ts'
import { utf8 } from '#shared/bytes.ts'
import { COMPUTED, PUBLISHED, type WebhookVector } from '#tests/vectors/webhooks.ts'
import { judge, secretsFor } from './webhook-signing.ts'

const REFUSED = ['signature_malformed', 'signature_wrong', 'timestamp_outside_window']

describe.each([...PUBLISHED, ...COMPUTED])('$name', (vector) => {
  const secrets = secretsFor(vector.provider, vector.secret)
  const verdict = (headers: Record<string, string>, body: Uint8Array) =>
    judge(vector.provider, headers, body, secrets, vector.nowMs)

  test('is accepted and says which event it is', () => {
    const scheme = schemeOf(vector.provider)
    const delivery = { headers: new Headers(vector.headers), body: utf8(vector.body) }
    const verified = verifyWebhook(scheme, delivery, secrets, vector.nowMs)
    expect(verified.ok).toBe(true)
    if (verified.ok) expect(scheme.readEvent(verified.value)).toEqual(vector.event)
  })

  test('is refused with any bit of its body flipped, with one byte less and one more', () => {
    const body = utf8(vector.body)
    for (const changed of [...flipped(body), body.slice(1), body.slice(0, -1), utf8(`${vector.body}\n`)])
      expect(verdict(vector.headers, changed)).toBe('signature_wrong')
  })

  test('is refused with any character of its signed headers changed, taken or repeated', () => {
    for (const headers of changedHeaders(vector))
      expect(REFUSED, JSON.stringify(headers)).toContain(verdict(headers, utf8(vector.body)))
  })

  test('is refused without any one of its headers, and with an empty one', () => {
    for (const name of Object.keys(vector.headers)) {
      const { [name]: _, ...rest } = vector.headers
      expect(verdict(rest, utf8(vector.body))).toBe('signature_missing')
      expect(verdict({ ...rest, [name]: '' }, utf8(vector.body))).toBe('signature_missing')
    }
  })
})

function* flipped(body: Uint8Array): Generator<Uint8Array> {
  for (let index = 0; index < body.length; index++)
    for (let bit = 1; bit < 256; bit *= 2) {
      const changed = body.slice()
      changed[index] = (changed[index] ?? 0) ^ bit
      yield changed
    }
}

function* changedHeaders({ headers }: WebhookVector): Generator<Record<string, string>> {
  for (const [name, value] of Object.entries(headers)) {
    // In a list of several, a change to one of the others changes nothing.
    if (value.includes(' ')) continue
    for (let index = 0; index < value.length; index++) {
      const [before, character, after] = [value.slice(0, index), value.charAt(index), value.slice(index + 1)]
      for (const instead of [other(character), '', character + character, ' ', '0x', 'é']) {
        const changed = before + instead + after
        // HTTP takes blanks at the ends away.
        if (changed.trim() !== value) yield { ...headers, [name]: changed }
      }
    }
  }
}

function other(character: string): string {
  return character === '0' ? '1' : '0'
}
