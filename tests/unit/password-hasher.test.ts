import { createHmac } from 'node:crypto'
import { compareSync } from 'bcryptjs'
import { describe, expect, test } from 'vitest'
import { codeOfError, HasherBusy } from '#edge/errors.ts'
import { createBcryptHasher } from '#edge/providers/password/bcrypt.ts'
import { parseStoredPassword } from '#edge/providers/password/stored-password.ts'
import { createTurns } from '#edge/providers/password/turns.ts'

const A = new Uint8Array(32).fill(1)
const B = new Uint8Array(32).fill(2)
const old = new Map([['a', A]])
const rotated = new Map([
  ['a', A],
  ['b', B],
])
const hasher = (peppers = old, cost = 4) => createBcryptHasher({ peppers, cost, nowMs: Date.now })

test('bcrypt gives the published vectors', () => {
  // Openwall's crypt_blowfish.
  expect(compareSync('U*U', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW')).toBe(true)
  expect(compareSync('U*U*', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK')).toBe(true)
  expect(compareSync('', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy')).toBe(true)
})

describe('what is stored', () => {
  test('is bcrypt over a keyed digest, to another implementation', async () => {
    const stored = await hasher().hash('correct horse battery staple')
    const parsed = parseStoredPassword(stored)
    expect(stored).toMatch(/^v1\$bcrypt-hmac384\$a\$\$2b\$04\$[./A-Za-z0-9]{53}$/)
    const digest = createHmac('sha384', A).update('correct horse battery staple').digest('base64')
    expect(digest).toHaveLength(64)
    expect(compareSync(digest, parsed?.bcrypt ?? '')).toBe(true)
  })

  test('is refused in any other form', () => {
    const bcrypt = '$2b$04$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'
    expect(parseStoredPassword(`v1$bcrypt-hmac384$a$${bcrypt}`)).not.toBeNull()
    for (const text of [
      '',
      bcrypt,
      `v2$bcrypt-hmac384$a$${bcrypt}`,
      `v1$bcrypt-hmac384$ab$${bcrypt}`,
      `v1$bcrypt-hmac384$a$${bcrypt}\n`,
      `v1$bcrypt-hmac384$a$${bcrypt.replace('$04', '$32')}`,
      `v1$bcrypt-hmac384$a$${bcrypt.replace('2b', '2y')}`,
    ])
      expect(parseStoredPassword(text), text).toBeNull()
  })
})

describe('a password', () => {
  test('is right whole, and in either spelling of an accent', async () => {
    const one = hasher()
    const stored = await one.hash('café au lait')
    expect(await one.verify('café au lait'.normalize('NFD'), stored)).toEqual({ ok: true, rehash: false })
    expect(await one.verify('cafe au lait', stored)).toEqual({ ok: false, rehash: false })
    expect(await one.verify('Café au lait', stored)).toEqual({ ok: false, rehash: false })
  })

  test('counts beyond the 72 bytes that bcrypt looks at, and beyond a NUL', async () => {
    const one = hasher()
    const stored = await one.hash(`${'x'.repeat(72)}1`)
    expect((await one.verify(`${'x'.repeat(72)}2`, stored)).ok).toBe(false)
    expect((await one.verify('a\0b', await one.hash('a\0c'))).ok).toBe(false)
    const long = 'ü'.repeat(1000)
    expect((await one.verify(long, await one.hash(long))).ok).toBe(true)
  })

  test('of an account that does not exist, or of a damaged row, is wrong at the same cost', async () => {
    const one = hasher(old, 8)
    const stored = await one.hash('right')
    const time = async (against: string | null) => {
      const times: number[] = []
      for (let round = 0; round < 5; round++) {
        const startMs = performance.now()
        expect((await one.verify('wrong', against)).ok).toBe(false)
        times.push(performance.now() - startMs)
      }
      return Math.min(...times)
    }
    const [known, unknown, damaged] = [await time(stored), await time(null), await time('v1$bcrypt-hmac384$a$$2b$x')]
    for (const other of [unknown, damaged]) {
      // An answer without the hash would be a thousand times quicker; what else runs on the machine is not that much.
      expect(other / known).toBeGreaterThan(0.25)
      expect(other / known).toBeLessThan(4)
    }
  })

  test('is to be hashed again when cost or pepper are no longer the newest', async () => {
    const stored = await hasher(old, 4).hash('right')
    expect(await hasher(old, 5).verify('right', stored)).toEqual({ ok: true, rehash: true })
    expect(await hasher(rotated, 4).verify('right', stored)).toEqual({ ok: true, rehash: true })
    expect(await hasher(rotated, 4).verify('wrong', stored)).toEqual({ ok: false, rehash: false })
    const stronger = await hasher(rotated, 5).hash('right')
    expect(await hasher(rotated, 4).verify('right', stronger)).toEqual({ ok: true, rehash: false })
  })
})

describe('turns', () => {
  test('let so many wait and refuse the next, which the outside reads as 503', async () => {
    const inTurn = createTurns({ places: 3, waitMs: 5000, nowMs: Date.now })
    const order: number[] = []
    const all = await Promise.allSettled([1, 2, 3, 4].map((number) => inTurn(() => order.push(number))))
    expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected'])
    expect(order.sort()).toEqual([1, 2, 3])
    expect((all[3] as PromiseRejectedResult).reason).toBeInstanceOf(HasherBusy)
    expect(codeOfError((all[3] as PromiseRejectedResult).reason)).toBe('unavailable')
    expect(await inTurn(() => 'again')).toBe('again')
  })

  test('give other work a chance in between', async () => {
    const inTurn = createTurns({ places: 8, waitMs: 5000, nowMs: Date.now })
    let others = 0
    const seen: number[] = []
    const timer = setInterval(() => (others += 1), 1)
    const block = () => {
      const until = performance.now() + 20
      while (performance.now() < until);
      seen.push(others)
    }
    await Promise.all([1, 2, 3].map(() => inTurn(block)))
    clearInterval(timer)
    expect(seen[2]).toBeGreaterThan(seen[0] ?? 0)
  })

  test('do not begin what has waited too long, and forget those who left while waiting', async () => {
    let nowMs = 0
    const inTurn = createTurns({ places: 1, waitMs: 5000, nowMs: () => nowMs })
    const late = inTurn(() => 'done')
    nowMs = 5000
    // The first one's place is free for whoever comes now, as if its request had been cancelled.
    const next = inTurn(() => 'next')
    await expect(late).rejects.toThrow(HasherBusy)
    expect(await next).toBe('next')
  })

  test('are given back by work that throws', async () => {
    const inTurn = createTurns({ places: 1, waitMs: 5000, nowMs: Date.now })
    await expect(
      inTurn(() => {
        throw new Error('broken')
      }),
    ).rejects.toThrow('broken')
    expect(await inTurn(() => 'fine')).toBe('fine')
  })
})
