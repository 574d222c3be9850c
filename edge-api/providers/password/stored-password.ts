/**
 * How a password is stored: `v1$bcrypt-hmac384$<letter of the pepper>$<bcrypt>`, where bcrypt is over
 * base64(HMAC-SHA-384(pepper, password)): 64 characters, below the 72 bytes that bcrypt looks at, whatever was typed.
 */
export interface StoredPassword {
  pepper: string
  bcrypt: string
  /** The logarithm to base 2 of bcrypt's rounds. */
  cost: number
}

const BCRYPT = /^\$2[ab]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/
const STORED = /^v1\$bcrypt-hmac384\$([A-Za-z])\$(.*)$/

/** The cost of a bcrypt hash, or null when the text is none. */
export function bcryptCost(text: string): number | null {
  const cost = BCRYPT.exec(text)?.[1]
  return cost === undefined ? null : Number(cost)
}

export function parseStoredPassword(text: string): StoredPassword | null {
  const [, pepper, bcrypt] = STORED.exec(text) ?? []
  if (pepper === undefined || bcrypt === undefined) return null
  const cost = bcryptCost(bcrypt)
  return cost === null ? null : { pepper, bcrypt, cost }
}

export function writeStoredPassword(pepper: string, bcrypt: string): string {
  return `v1$bcrypt-hmac384$${pepper}$${bcrypt}`
}
