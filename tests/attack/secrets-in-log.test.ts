import { expect, test } from 'vitest'
import { createLog } from '#edge/log.ts'

// Keys, connection strings and questions that end up in a log are read by more people than the database is.
function logged(fields: Record<string, unknown>): string {
  const lines: string[] = []
  createLog(
    (line) => lines.push(line),
    () => 0,
  ).error('event', fields)
  return lines.join()
}

test('nothing that could be a secret is written', () => {
  const key = `pnx_pk_live_a${'Q'.repeat(47)}`
  const visitorToken = `eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ${'Q'.repeat(9)}.QQQ-QQQ_QQQ`
  const error = new Error(`connect postgres://user:hunter2@db.example/x?key=${key}`, {
    cause: new Error('Bearer hunter3'),
  })
  const line = logged({
    error,
    url: `https://edge.example/v1/config?key=${key}`,
    authorization: 'Bearer hunter4',
    nested: { threadSecret: 'hunter5', list: [{ password: 'hunter6' }] },
    question: 'hunter7',
    identity: 'hunter8',
    said: `token=${visitorToken}, ${visitorToken.replace(/[^.]+$/, '')}`,
  })
  expect(line).not.toMatch(/hunter|QQQ/)
  expect(line).toContain('pnx_pk_live_…')
  expect(line).toContain('token=eyJ…, eyJ…')
  expect(JSON.parse(line)).toMatchObject({ level: 'error', event: 'event', error: { name: 'Error' } })
})

test('a cycle, a huge text and a bigint do not break the log', () => {
  const cycle: Record<string, unknown> = { size: 1n }
  cycle.self = cycle
  expect(logged({ cycle, text: 'x'.repeat(1e6) }).length).toBeLessThan(20_000)
})
