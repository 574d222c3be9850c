import { describe, expect, test } from 'vitest'
import { backupCodeHash, newBackupCodes } from '#edge/rules/backup-codes.ts'
import { random } from './policy-source.ts'

describe('backup codes', () => {
  test('are ten different ones of 140 random bits, in groups of four', () => {
    const codes = newBackupCodes(random)
    expect(new Set(codes).size).toBe(10)
    for (const code of codes) expect(code).toMatch(/^(?:[0-9a-hjkmnp-tv-z]{4}-){6}[0-9a-hjkmnp-tv-z]{4}$/)
  })

  test('use every letter about as often', () => {
    const counts = new Map<string, number>()
    for (let batch = 0; batch < 100; batch++)
      for (const letter of newBackupCodes(random).join('').replaceAll('-', ''))
        counts.set(letter, (counts.get(letter) ?? 0) + 1)
    expect(counts.size).toBe(32)
    // 28,000 letters: 875 each, with a standard deviation of 29.
    for (const count of counts.values()) expect(Math.abs(count - 875)).toBeLessThan(180)
  })

  test('are found however they are typed', () => {
    const code = '0123-4567-89ab-cdef-ghjk-mnpq-rst1'
    const hash = backupCodeHash(code)
    expect(hash).toHaveLength(32)
    for (const typed of [
      code.toUpperCase(),
      code.replaceAll('-', ''),
      code.replaceAll('-', ' – '),
      ` ${code}\n`,
      code.replace('0', 'o').replaceAll('1', 'l'),
      code.replace('0', 'O').replaceAll('1', 'I'),
    ])
      expect(backupCodeHash(typed), typed).toEqual(hash)
    expect(backupCodeHash(code.replace('0', '2'))).not.toEqual(hash)
  })

  test('are none with another length or letter, which spares the look-up', () => {
    const code = '0123456789abcdefghjkmnpqrst1'
    for (const text of [
      '',
      '123456',
      code.slice(1),
      `${code}2`,
      code.replace('a', 'u'),
      code.replace('a', 'ä'),
      '💥'.repeat(14),
    ])
      expect(backupCodeHash(text), text).toBeNull()
  })
})
