import { expect, test } from 'vitest'
import { attempt } from './attempt.ts'

// Without `Vary: Origin` a shared cache gives one page's answer to another (Hono GHSA-p77w-8qqv-26rm and its kind); with the
// visitor's own text in it, the header itself was the hole (Hono CVE-2025-71381).
test.each([
  ['admitted', { Origin: 'https://example.com' }],
  ['not allowed', { Origin: 'https://evil.example' }],
  ['malformed', { Origin: 'https://example.com/' }],
  ['without origin', {}],
  [
    'with text of the visitor',
    { Origin: 'https://example.com', Vary: 'X-Evil', 'Access-Control-Request-Headers': 'x-evil' },
  ],
])(
  'an answer that is %s says that it depends on the origin, and on nothing that a visitor wrote',
  async (_, headers) => {
    expect((await attempt(['example.com'], headers as Record<string, string>)).headers.get('vary')).toBe('Origin')
  },
)

test('nothing of the data plane may be stored', async () => {
  for (const Origin of ['https://example.com', 'https://evil.example'])
    expect((await attempt(['example.com'], { Origin })).headers.get('cache-control')).toBe('no-store')
})
