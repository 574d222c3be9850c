import { describe, expect, test } from 'vitest'
import { identifyVisitor, identitySecretPlace, visitorHash } from '#edge/flows/identify-visitor.ts'
import type { IdentityKey, IdentityReason } from '#edge/rules/identity.ts'
import { IDENTITY_SENTENCES } from '#edge/rules/identity-sentences.ts'
import { toBase64Url, utf8 } from '#shared/bytes.ts'
import { idToUuid, newId } from '#shared/ids.ts'
import { seal } from '#shared/seal.ts'
import { encode, hs256, makeToken, newIdentityKeyId, newSigner, type Sign } from './identity-tokens.ts'
import { PROJECT, random } from './policy-source.ts'

const NOW = 1_800_000_000
const SECRET = utf8('a shared secret of more than 32 bytes')
const sealingKeys = new Map([['a', new Uint8Array(32).fill(9)]])

const hmacKey: IdentityKey = await (async () => {
  const id = newIdentityKeyId()
  const envelope = await seal(sealingKeys, identitySecretPlace(PROJECT, idToUuid(id)), SECRET, random)
  return { id, kid: 'HS256', algorithm: 'HS256', sealedSecret: toBase64Url(envelope) }
})()
const signers = {
  EdDSA: newSigner('EdDSA'),
  ES256: newSigner('ES256'),
  RS256: newSigner('RS256'),
  HS256: { key: hmacKey, sign: hs256(SECRET) },
}
const unnamed = newSigner('EdDSA', null)
const keys = [...Object.values(signers).map(({ key }) => key), unnamed.key]
const algorithms = Object.keys(signers) as (keyof typeof signers)[]

const good = { sub: 'user-42', aud: PROJECT, iat: NOW, exp: NOW + 3600 }
const header = { alg: 'EdDSA', kid: 'EdDSA', typ: 'JWT' }
const { sign } = signers.EdDSA

async function identify(token: string | undefined, options: { enforced?: boolean; nowMs?: number } = {}) {
  const { enforced = false, nowMs = NOW * 1000 } = options
  const verdict = await identifyVisitor(token, { projectId: PROJECT, policy: { enforced, keys }, sealingKeys, nowMs })
  return verdict.ok ? { visitor: verdict.value?.subject ?? null } : verdict.reason
}
const withClaims = (claims: object | string) => identify(makeToken(sign, header, claims))
const withHeader = (change: object, signer: Sign = sign) => identify(makeToken(signer, { ...header, ...change }, good))

describe('a token that the customer signed', () => {
  test.each(algorithms)('with %s names the visitor', async (algorithm) => {
    const token = makeToken(signers[algorithm].sign, { alg: algorithm, kid: algorithm }, good)
    expect(await identify(token)).toEqual({ visitor: 'user-42' })
    expect(await identify(token, { enforced: true })).toEqual({ visitor: 'user-42' })
  })

  test('without a kid is verified with the one key that has none, and only with that', async () => {
    expect(await identify(makeToken(unnamed.sign, { alg: 'EdDSA' }, good))).toEqual({ visitor: 'user-42' })
    expect(await identify(makeToken(sign, { alg: 'EdDSA' }, good))).toBe('signature_wrong')
  })

  test('is good at the edges of every limit', async () => {
    expect(await withClaims({ ...good, sub: 'x'.repeat(200), aud: [PROJECT] })).toEqual({ visitor: 'x'.repeat(200) })
    expect(await withClaims({ sub: 'é ✓', aud: PROJECT, exp: NOW + 24 * 3600 })).toEqual({ visitor: 'é ✓' })
    expect(await withClaims({ ...good, exp: NOW - 59 })).toEqual({ visitor: 'user-42' })
    expect(await withClaims({ ...good, iat: NOW + 60, nbf: NOW + 60 })).toEqual({ visitor: 'user-42' })
    expect(await withClaims({ ...good, iat: NOW - 1000, exp: NOW - 1000 + 24 * 3600 })).toEqual({ visitor: 'user-42' })
    expect(await withClaims({ ...good, name: '{"sub": 1, "sub": 2}', more: { sub: 'other' } })).toEqual({
      visitor: 'user-42',
    })
  })

  test('is good until it expires, and not because it was good before', async () => {
    const token = makeToken(sign, header, good)
    expect(await identify(token)).toEqual({ visitor: 'user-42' })
    expect(await identify(token, { nowMs: (NOW + 3659) * 1000 })).toEqual({ visitor: 'user-42' })
    expect(await identify(token, { nowMs: (NOW + 3660) * 1000 })).toBe('expired')
  })
})

test('no token is a visitor without a name, unless the project enforces one', async () => {
  expect(await identify(undefined)).toEqual({ visitor: null })
  expect(await identify(undefined, { enforced: true })).toBe('token_missing')
  expect(await identify('', { enforced: false })).toBe('token_malformed')
})

describe('whose key it is', () => {
  test('is never the token’s to say: no algorithm but the one that the key is registered for', async () => {
    for (const alg of ['none', 'None', 'HS256', 'ES256', 'EdDSA ', '', null, undefined, ['EdDSA']])
      expect([alg, await withHeader({ alg })]).toEqual([alg, 'algorithm_wrong'])
    const naked = `${encode({ alg: 'none', kid: 'EdDSA' })}.${encode(good)}.`
    expect(await identify(naked)).toBe('token_malformed')
    expect(await identify(`${naked}AA`)).toBe('algorithm_wrong')
  })

  test('a public key is never taken for a shared secret', async () => {
    const { publicKey } = signers.RS256
    for (const secret of [
      publicKey,
      publicKey.trim(),
      Buffer.from(publicKey.split('\n').slice(1, -2).join(''), 'base64'),
    ]) {
      const swap = (kid: string) => identify(makeToken(hs256(secret), { alg: 'HS256', kid }, good))
      expect(await swap('RS256')).toBe('algorithm_wrong')
      expect(await swap('HS256')).toBe('signature_wrong')
    }
  })

  test('a token that brings its own key, or says where one is, is refused', async () => {
    const stranger = newSigner('EdDSA')
    for (const carrier of [
      { jwk: { kty: 'OKP', crv: 'Ed25519', x: 'AAAA' } },
      { jku: 'https://evil.example/jwks' },
      { x5u: 'https://evil.example/x.pem' },
      { x5c: ['AAAA'] },
      { jwk: null },
    ])
      expect(await withHeader(carrier, stranger.sign)).toBe('key_in_token')
  })

  test('another kid is another key, and an unknown one is none', async () => {
    expect(await withHeader({ kid: 'RS256', alg: 'RS256' })).toBe('signature_wrong')
    for (const kid of ['', 'eddsa', '../EdDSA', '__proto__', 7, ['EdDSA'], {}])
      expect([kid, await withHeader({ kid })]).toEqual([kid, 'key_unknown'])
  })

  test('a signature by anybody else is wrong, and so is a changed one', async () => {
    expect(await withHeader({}, newSigner('EdDSA').sign)).toBe('signature_wrong')
    for (const algorithm of algorithms) {
      const token = makeToken(signers[algorithm].sign, { alg: algorithm, kid: algorithm }, good)
      const [protectedHeader, , signature] = token.split('.')
      const forged = `${protectedHeader}.${encode({ ...good, sub: 'admin' })}.${signature}`
      expect([algorithm, await identify(forged)]).toEqual([algorithm, 'signature_wrong'])
      expect(await identify(token.slice(0, -8))).toMatch(/signature_wrong|token_malformed/)
    }
  })

  test('a registered key that cannot be used is our trouble, not the visitor’s', async () => {
    const token = makeToken(sign, header, good)
    const broken = { ...signers.EdDSA.key, publicKey: signers.RS256.publicKey } as IdentityKey
    const policy = { enforced: false, keys: [broken] }
    const options = { projectId: PROJECT, policy, sealingKeys, nowMs: NOW * 1000 }
    await expect(identifyVisitor(token, options)).rejects.toThrow()
    const shared = makeToken(signers.HS256.sign, { alg: 'HS256', kid: 'HS256' }, good)
    const unopened = { ...options, policy: { enforced: false, keys: [{ ...hmacKey }] }, sealingKeys: new Map() }
    await expect(identifyVisitor(shared, unopened)).rejects.toThrow('key_unknown')
    const elsewhere = { ...unopened, sealingKeys, projectId: newId('project', random) }
    await expect(identifyVisitor(shared, elsewhere)).rejects.toThrow('envelope_wrong')
  })
})

describe('what a header may say', () => {
  test.each<[string, object, IdentityReason]>([
    ['a critical extension', { crit: ['exp'], exp: NOW + 9 }, 'critical_unknown'],
    ['an unencoded payload', { crit: ['b64'], b64: false }, 'critical_unknown'],
    ['an empty list of critical extensions', { crit: [] }, 'critical_unknown'],
    ['a token of another kind', { typ: 'at+jwt' }, 'type_wrong'],
    ['a kind that is no text', { typ: 1 }, 'type_wrong'],
  ])('%s is refused', async (_, change, reason) => {
    expect(await withHeader(change)).toBe(reason)
  })
})

describe('what the claims must say', () => {
  const { sub, aud, iat, exp } = good
  test.each<[string, object | string, IdentityReason]>([
    ['no sub', { aud, iat, exp }, 'subject_missing'],
    ['an empty sub', { ...good, sub: '' }, 'subject_missing'],
    ['a sub of 201 characters', { ...good, sub: 'x'.repeat(201) }, 'subject_missing'],
    ['a sub that is a number', { ...good, sub: 42 }, 'subject_missing'],
    ['a sub with a NUL', { ...good, sub: 'a\0b' }, 'subject_missing'],
    ['no aud', { sub, iat, exp }, 'audience_wrong'],
    ['another project', { ...good, aud: newId('project', random) }, 'audience_wrong'],
    ['another audience beside the project', { ...good, aud: [PROJECT, 'https://other.example'] }, 'audience_wrong'],
    ['an empty list of audiences', { ...good, aud: [] }, 'audience_wrong'],
    ['a list in a list', { ...good, aud: [[PROJECT]] }, 'audience_wrong'],
    ['no exp', { sub, aud, iat }, 'expiry_missing'],
    ['an exp in text', { ...good, exp: String(exp) }, 'expiry_missing'],
    ['an exp without bound', `{"sub":"a","aud":"${PROJECT}","exp":1e999}`, 'expiry_missing'],
    ['an exp that is past', { ...good, exp: NOW - 60 }, 'expired'],
    ['an exp more than a day from now', { sub, aud, exp: NOW + 24 * 3600 + 61 }, 'expiry_too_far'],
    ['an exp more than a day after iat', { ...good, iat: NOW - 1000, exp: NOW - 999 + 24 * 3600 }, 'expiry_too_far'],
    ['an exp in milliseconds', { ...good, exp: exp * 1000 }, 'expiry_too_far'],
    ['an iat in the future', { ...good, iat: NOW + 61 }, 'issued_in_future'],
    ['an iat in text', { ...good, iat: 'now' }, 'issued_in_future'],
    ['an iat before time', { ...good, iat: -1 }, 'issued_in_future'],
    ['an nbf in the future', { ...good, nbf: NOW + 61 }, 'not_yet_valid'],
    ['an nbf that is null', { ...good, nbf: null }, 'not_yet_valid'],
    ['sub twice', `{"sub":"a","sub":"b","aud":"${PROJECT}","exp":${exp}}`, 'member_repeated'],
    ['sub twice, once escaped', `{"sub":"a","aud":"${PROJECT}","exp":${exp},"s\\u0075b":"b"}`, 'member_repeated'],
    ['a list', '[]', 'token_malformed'],
    ['no JSON', 'sub=a', 'token_malformed'],
  ])('%s is refused', async (_, claims, reason) => {
    expect(await withClaims(claims)).toBe(reason)
  })
})

describe('what is no token at all', () => {
  const token = makeToken(sign, header, good)
  test.each<[string, string, IdentityReason]>([
    ['anything', 'x', 'token_malformed'],
    ['two parts', token.split('.').slice(0, 2).join('.'), 'token_malformed'],
    ['five parts, as an encrypted token has', `${token}.a.b`, 'token_malformed'],
    ['padding', `${token}=`, 'token_malformed'],
    ['a blank before it', ` ${token}`, 'token_malformed'],
    ['a NUL', `${token}\0`, 'token_malformed'],
    ['a header that is no object', `${encode('null')}.${token.split('.').slice(1).join('.')}`, 'token_malformed'],
    ['a header with a byte order mark', makeToken(sign, `\ufeff${JSON.stringify(header)}`, good), 'token_malformed'],
    ['alg twice', makeToken(sign, '{"alg":"none","kid":"EdDSA","alg":"EdDSA"}', good), 'member_repeated'],
    ['4,097 characters', `${token}${'A'.repeat(4097 - token.length)}`, 'token_too_long'],
    ['a megabyte of dots', '.'.repeat(1e6), 'token_too_long'],
  ])('%s is refused', async (_, text, reason) => {
    expect(await identify(text)).toBe(reason)
  })

  test('4,096 characters are looked at', async () => {
    const roomy = (pad: number) => makeToken(sign, header, { ...good, pad: 'x'.repeat(pad) })
    const most = Math.floor((4096 - roomy(0).length) * 0.75)
    expect(roomy(most).length).toBeGreaterThan(4090)
    expect(await identify(roomy(most))).toEqual({ visitor: 'user-42' })
  })
})

test('every reason has its own sentence', () => {
  const sentences = Object.values(IDENTITY_SENTENCES)
  expect(new Set(sentences).size).toBe(sentences.length)
})

test('a visitor leaves a mark that differs by project and by secret, and does not hold the name', () => {
  const mark = (project = PROJECT, sub = 'user-42', secret = 's'.repeat(32)) =>
    toBase64Url(visitorHash(project, sub, secret))
  const others = [mark(newId('project', random)), mark(PROJECT, 'user-43'), mark(PROJECT, 'user-42', 't'.repeat(32))]
  expect(new Set([mark(), mark(), ...others]).size).toBe(4)
})
