/** Keys as they may arrive: genuine ones of every state, and what only looks like one. */
import fc from 'fast-check'
import type { WorldKey } from './no-sql-before-yes-world.ts'
import type { Presented } from './oracle.ts'

export interface KeyCase {
  presented: Presented
  /** Null: nothing is sent. */
  text: string | null
}

const BASE62 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const PREFIX = 'pnx_sk_'.length

/** `at` picks the place; each result differs from the genuine key and keeps what its first seven characters say. */
const FORGERIES: Record<string, (key: string, at: number) => string> = {
  'one character changed': (key, at) => {
    const index = PREFIX + 5 + (at % (key.length - PREFIX - 5))
    const next = BASE62[(BASE62.indexOf(key[index] ?? '') + 1 + (at % 60)) % 62] ?? 'A'
    return key.slice(0, index) + (next === key[index] ? '_' : next) + key.slice(index + 1)
  },
  'other environment': (key) =>
    key.includes('_live_') ? key.replace('_live_', '_test_') : key.replace('_test_', '_live_'),
  truncated: (key, at) => key.slice(0, PREFIX + 1 + (at % (key.length - PREFIX - 1))),
  'one character more': (key, at) => key + (BASE62[at % 62] ?? 'A'),
  'two neighbours swapped': (key) => {
    const index = [...key].findIndex((char, at) => at > PREFIX + 5 && char !== key[at + 1])
    return `${key.slice(0, index)}${key[index + 1]}${key[index]}${key.slice(index + 2)}`
  },
  'checksum of zeros': (key) => key.slice(0, -11) + '0'.repeat(11),
  'very long': (key) => key + 'A'.repeat(5000),
  'quote and comment': (key) => `${key.slice(0, -4)}'--`,
  'only the beginning': (key) => key.slice(0, PREFIX + 5),
}

const GARBAGE = [
  'x',
  'pnx',
  'null',
  'undefined',
  '*',
  "' or 1=1--",
  'pnx_pk_',
  '\u00ff\u00fe',
  '../../etc/passwd',
  '%',
  '0',
  'true',
  '[object Object]',
]

export function keyCase(keys: readonly WorldKey[]): fc.Arbitrary<KeyCase> {
  const key = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...keys.slice(0, 4)) },
    { weight: 2, arbitrary: fc.constantFrom(...keys) },
  )
  const genuine = key.map(({ text, facts }): KeyCase => ({ presented: { sort: 'genuine', key: facts }, text }))
  const forged = fc.record({ key, how: fc.constantFrom(...Object.keys(FORGERIES)), at: fc.nat(5000) }).map(
    ({ key, how, at }): KeyCase => ({
      presented: { sort: 'forged', looks: key.facts.kind },
      text: FORGERIES[how]?.(key.text, at) ?? '',
    }),
  )
  const garbage = fc
    .constantFrom(...GARBAGE)
    .map((text): KeyCase => ({ presented: { sort: 'forged', looks: 'public' }, text }))
  return fc.oneof(
    { weight: 16, arbitrary: genuine },
    { weight: 3, arbitrary: forged },
    { weight: 1, arbitrary: garbage },
  )
}

export function looksSecret({ presented }: KeyCase): boolean {
  return presented.sort === 'forged'
    ? presented.looks === 'secret'
    : presented.sort === 'genuine' && presented.key.kind === 'secret'
}
