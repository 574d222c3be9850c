import { describe, expect, test } from 'vitest'
import { type Provider, schemeOf, voiceSchemeOf } from '#edge/webhooks/provider.ts'
import { verifyWebhook } from '#edge/webhooks/webhook.ts'
import { utf8 } from '#shared/bytes.ts'
import { judge, NOW_MS, SIGNERS, secretsFor } from './webhook-signing.ts'

function eventOf(provider: Provider, body: string) {
  const signer = SIGNERS.find((one) => one.provider === provider)
  if (!signer) throw new Error(provider)
  const time = signer.time(0)
  const headers = new Headers(signer.headers(time, signer.mac(utf8(body), time, signer.secret)))
  const scheme = schemeOf(provider)
  const verdict = verifyWebhook(scheme, { headers, body: utf8(body) }, secretsFor(provider, signer.secret), NOW_MS)
  if (!verdict.ok) throw new Error(verdict.reason)
  return scheme.readEvent(verdict.value)
}

const ID = 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W'

describe('which event it is', () => {
  test.each<[Provider, string, { id: string; type: string } | null]>([
    ['slack', '{"type":"url_verification","challenge":"c"}', { id: 'url_verification', type: 'url_verification' }],
    [
      'slack',
      '{"type":"event_callback","event_id":"Ev1","event":{"type":"app_mention"}}',
      { id: 'Ev1', type: 'app_mention' },
    ],
    ['slack', 'command=%2Fdocs&text=hi&trigger_id=1.2.a', { id: '1.2.a', type: 'slash_command' }],
    ['slack', 'trigger_id=1.2.a', null],
    ['stripe', '{"id":"evt_1","type":"invoice.paid"}', { id: 'evt_1', type: 'invoice.paid' }],
    ['stripe', '{"id":7,"type":"invoice.paid"}', null],
    ['stripe', '[]', null],
    ['stripe', '', null],
    [
      'elevenlabs',
      '{"type":"post_call_transcription","data":{"conversation_id":"c1"}}',
      { id: 'post_call_transcription:c1', type: 'post_call_transcription' },
    ],
    ['elevenlabs', '{"type":"post_call_transcription","data":[]}', null],
    ['retell', '{"event":"call_ended","call":{"call_id":"c1"}}', { id: 'call_ended:c1', type: 'call_ended' }],
    ['standard', '{"type":"documents.upsert","data":{}}', { id: ID, type: 'documents.upsert' }],
    ['standard', 'not JSON', { id: ID, type: 'untyped' }],
    ['vapi', '{"message":{"type":"end-of-call-report"}}', { id: ID, type: 'end-of-call-report' }],
  ])('%s %s', (provider, body, event) => {
    expect(eventOf(provider, body)).toEqual(event)
  })

  test('an id that is too long or has control characters is none', () => {
    for (const id of ['', 'x'.repeat(256), 'a\\u0000b', 'a\\nb'])
      expect(eventOf('stripe', `{"id":"${id}","type":"invoice.paid"}`)).toBeNull()
  })
})

describe('an endpoint for voice', () => {
  test.each(SIGNERS.filter(({ provider }) => !['slack', 'stripe'].includes(provider)))(
    'knows $provider by its header',
    ({ provider, time, headers }) => {
      expect(voiceSchemeOf(new Headers(headers(time(0), 'x')))).toBe(schemeOf(provider))
    },
  )

  test('without any of them misses a signature', () => {
    const verdict = verifyWebhook(
      voiceSchemeOf(new Headers()),
      { headers: new Headers(), body: utf8('{}') },
      [],
      NOW_MS,
    )
    expect(verdict).toEqual({ ok: false, reason: 'signature_missing' })
  })
})

test('of Retell, no digit can be moved between the body and the time behind it', () => {
  const signer = SIGNERS.find(({ provider }) => provider === 'retell')
  if (!signer) throw new Error('retell')
  const secrets = secretsFor('retell', signer.secret)
  const time = signer.time(0)
  const mac = signer.mac(utf8('{"n":1}5'), time, signer.secret)
  expect(judge('retell', signer.headers(time, mac), utf8('{"n":1}5'), secrets)).toBe('accepted')
  for (const [body, moved] of [
    ['{"n":1}', `5${time}`],
    [`{"n":1}5${time[0]}`, time.slice(1)],
  ] as const)
    expect(judge('retell', signer.headers(moved, mac), utf8(body), secrets)).toBe('signature_malformed')
})

test('of Standard Webhooks, none can be moved between the id, the time and the body', () => {
  const signer = SIGNERS.find(({ provider }) => provider === 'standard')
  if (!signer) throw new Error('standard')
  const secrets = secretsFor('standard', signer.secret)
  const time = signer.time(0)
  const body = `${time}.rest`
  const headers = signer.headers(time, signer.mac(utf8(body), time, signer.secret))
  expect(judge('standard', headers, utf8(body), secrets)).toBe('accepted')
  const moved = { ...headers, 'webhook-id': `${headers['webhook-id']}.${time}` }
  expect(judge('standard', moved, utf8('rest'), secrets)).toBe('signature_malformed')
})
