import { expect, test } from 'vitest'
import { deviceIdOf, issueDeviceToken } from '#edge/rules/device.ts'
import { ACCOUNT_RULE, NETWORK_RULE, throttleKeys } from '#edge/rules/throttle.ts'
import { utf8 } from '#shared/bytes.ts'
import { random } from './policy-source.ts'

// How long failures hold is decided in the database, where attempts at the same time meet: tests/db/throttle.test.ts.

test('an attempt is counted on the account, from anywhere, and on the network, whichever account', () => {
  expect(throttleKeys({ account: 'h1', network: '203.0.113', deviceId: null })).toEqual([
    { key: 'account h1', rule: ACCOUNT_RULE, successResets: true },
    { key: 'network 203.0.113', rule: NETWORK_RULE, successResets: false },
  ])
})

test('an attempt on a known device is counted on it alone, so that strangers cannot keep its owner out', () => {
  const strangers = throttleKeys({ account: 'h1', network: '203.0.113', deviceId: null }).map(({ key }) => key)
  const own = throttleKeys({ account: 'h1', network: '203.0.113', deviceId: 'd1' })
  expect(own).toEqual([{ key: 'device d1 h1', rule: ACCOUNT_RULE, successResets: true }])
  expect(strangers).not.toContain(own[0]?.key)
})

test('a device is known for the one account that signed in on it, and only by what we issued', () => {
  const key = utf8('k'.repeat(32))
  const token = issueDeviceToken(key, 'ada@example.com', random)
  const id = deviceIdOf(key, 'ada@example.com', token)
  expect(id).toBe(token.split('.')[0])
  expect(issueDeviceToken(key, 'ada@example.com', random)).not.toBe(token)
  expect(deviceIdOf(key, 'bob@example.com', token)).toBeNull()
  expect(deviceIdOf(utf8('l'.repeat(32)), 'ada@example.com', token)).toBeNull()
  for (const text of [null, '', '.', `${'A'.repeat(22)}.${'0'.repeat(64)}`, `${token}0`, ` ${token}`, token.slice(1)])
    expect(deviceIdOf(key, 'ada@example.com', text)).toBeNull()
})
