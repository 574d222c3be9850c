import { utf8 } from '#shared/bytes.ts'
import { sha256 } from '#shared/digest.ts'
import type { Random } from '#shared/ids.ts'

/** Crockford's base32: no letter that is read for a digit, and no U, so that no code spells a word one would not print. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const COUNT = 10
/** 140 bits: with so many a fast hash is enough (ASVS 6.5.2 asks for 112). */
const LENGTH = 28
const GROUP = 4

/** Ten codes to print or download, shown once; stored are only their hashes (`backupCodeHash`). */
export function newBackupCodes(random: Random): string[] {
  const codes = new Set<string>()
  while (codes.size < COUNT) codes.add(newCode(random))
  return [...codes]
}

function newCode(random: Random): string {
  const bytes = new Uint8Array(LENGTH)
  random(bytes)
  let code = ''
  for (const [index, byte] of bytes.entries()) {
    if (index > 0 && index % GROUP === 0) code += '-'
    // 256 is a multiple of 32, so that no letter comes up more often.
    code += ALPHABET.charAt(byte & 31)
  }
  return code
}

/** The 32 bytes a code is found by, however it was typed: case, hyphens, blanks, and o, i, l for the digits they look like. */
export function backupCodeHash(text: string): Uint8Array | null {
  const code = text
    .toLowerCase()
    .replace(/[\s\p{Dash}]/gu, '')
    .replaceAll('o', '0')
    .replace(/[il]/g, '1')
  if (code.length !== LENGTH) return null
  for (const character of code) if (!ALPHABET.includes(character)) return null
  return sha256(utf8(`backup code ${code}`))
}
