import { expect, test } from 'vitest'
import { createHosts } from '#tests/house/hosts.ts'
import { HOST, ORIGIN, spyWorld } from '#tests/house/spy-ports.ts'

// A limit by client address that believes X-Forwarded-For is a limit that each request can leave.
test('only the platform says which network a request comes from', async () => {
  const world = spyWorld()
  const counted: string[] = []
  const network = { limit: async ({ key }: { key: string }) => ({ success: counted.push(key) > 0 }) }
  const rates = { ...world.ports.rates, network } as typeof world.ports.rates
  const app = createHosts({ ...world.ports, rates })
  for (const forged of ['1.1.1.1', '2.2.2.2', '3.3.3.3']) {
    const headers = {
      Origin: ORIGIN,
      'X-Forwarded-For': forged,
      'X-Real-IP': forged,
      Forwarded: `for=${forged}`,
      'True-Client-IP': forged,
    }
    await app.fetch(
      new Request(`${HOST}/v1/config?key=${world.keys.good}`, {
        headers: { ...headers, 'CF-Connecting-IP': '203.0.113.9' },
      }),
    )
  }
  expect(new Set(counted).size).toBe(1)
  expect(counted).toHaveLength(3)
  expect(counted[0]).toMatch(/ 203\.0\.113$/)
})
