import { MALFORMED_ORIGINS } from './origins-malformed.ts'
import { MANGLED_ORIGINS } from './origins-mangled.ts'
import { NAMED_ORIGINS } from './origins-named.ts'

/**
 * Origin headers that somebody's check once let through, or could: each stands for a class of bug. Against every kind of
 * rule, by its letter:
 */
export const RULE_KINDS = {
  A: 'example.com',
  W: '*.example.com',
  P: 'https://app.example.com:8443',
  Q: 'https://*.example.com:8443',
  L: 'http://localhost:3000',
} as const

export type RuleKind = keyof typeof RULE_KINDS

/**
 * By class: the header → the letters of the rules that admit it, or `malformed`. `opaque` is the one header that is
 * well-formed and names nobody.
 */
export const ORIGIN_CORPUS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ...NAMED_ORIGINS,
  ...MALFORMED_ORIGINS,
  ...MANGLED_ORIGINS,
}
