import { expect, test } from 'vitest'
import { type AppEnv, parseAppSettings } from '#edge/app-env.ts'
import { type Env, parseSettings } from '#edge/env.ts'

// A switch for load runs that is left on in production.
const env = (change: Partial<Env & AppEnv>) =>
  ({
    DATABASE_URL: 'postgres://u:p@db.example/x',
    KEY_CHECKSUM_SECRETS: JSON.stringify({ a: Buffer.alloc(32, 1).toString('base64url') }),
    THREAD_SECRET: 'x'.repeat(32),
    SESSION_SECRET: 'y'.repeat(32),
    PASSWORD_PEPPERS: JSON.stringify({ a: Buffer.alloc(32, 2).toString('base64url') }),
    EDGE_HOST: 'edge.example.com',
    APP_HOST: 'app.example.com',
    ...change,
  }) as Env & AppEnv

test("LIMITS=off counts on a developer's machine only", () => {
  expect(parseSettings(env({ LIMITS: 'off' })).limits).toBe('on')
  expect(parseSettings(env({ LIMITS: 'off', LOCAL: 'on' })).limits).toBe('on')
  expect(parseSettings(env({ LIMITS: 'off', LOCAL: 'on', EDGE_HOST: '127.0.0.1.evil.example' })).limits).toBe('on')
  expect(parseSettings(env({ LIMITS: 'off', LOCAL: 'on', EDGE_HOST: '127.0.0.1:8787' })).limits).toBe('off')
})

test('a Worker that lacks a secret, or has a short one, does not start, and does not say what it has', () => {
  const broken: Partial<AppEnv>[] = [
    { THREAD_SECRET: 'short-secret' },
    { KEY_CHECKSUM_SECRETS: '{"a":"c2hvcnQ"}' },
    { SESSION_SECRET: 'short-secret' },
    { PASSWORD_PEPPERS: '{"a":"c2hvcnQ"}' },
    { DATABASE_URL: 'mysql://u:hunter2@x' },
  ]
  for (const change of broken) {
    const start = () => parseAppSettings(env(change))
    expect(start).toThrow(/THREAD_SECRET|SESSION_SECRET|PASSWORD_PEPPERS|KEY_CHECKSUM_SECRETS|DATABASE_URL/)
    expect(start).not.toThrow(/short-secret|c2hvcnQ|hunter2/)
  }
})

test("the edge host's Worker holds nothing with which anybody signs in", () => {
  const { SESSION_SECRET: _, PASSWORD_PEPPERS: __, ...rest } = env({})
  expect(Object.keys(parseSettings(rest as Env))).not.toContain('sessionSecret')
  expect(() => parseAppSettings(rest as unknown as AppEnv)).toThrow(/SESSION_SECRET.*PASSWORD_PEPPERS/)
})
