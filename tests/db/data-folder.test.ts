import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { DataFolderInUse } from '#edge/local/folder-lock.ts'
import { openTestDatabase } from './database.ts'

const root = mkdtempSync(join(tmpdir(), 'pernoex-db-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

test('what was written is there after a restart', async () => {
  const folder = join(root, 'restart')
  const before = await openTestDatabase(folder)
  const { uuid } = await before.newProject()
  await before.close()
  expect(existsSync(`${folder}.pid`)).toBe(false)
  const after = await openTestDatabase(folder)
  const [, rows] = await after.asApp.transaction([
    after.asApp.query(`select set_config('app.project_id', $1, true)`, [uuid]),
    after.asApp.query('select name from projects'),
  ])
  expect(rows).toEqual([{ name: 'Test' }])
  await after.close()
})

test('a second process is refused a folder in use, with a sentence, and the first goes on', async () => {
  const folder = join(root, 'used')
  const first = await openTestDatabase(folder)
  await expect(openTestDatabase(folder)).rejects.toThrow(DataFolderInUse)
  await expect(openTestDatabase(folder)).rejects.toThrow(/is in use by process \d+/)
  expect(await first.asApp.query('select 1 as one')).toEqual([{ one: 1 }])
  await first.close()
})

test('a lock whose process was killed, or whose number belongs to another process now, is stale', async () => {
  const folder = join(root, 'stale')
  mkdirSync(root, { recursive: true })
  const child = spawn(process.execPath, ['-e', ''])
  await new Promise((resolve) => child.once('exit', resolve))
  for (const lock of [`${child.pid} 12345\n`, `${process.pid} 1\n`, 'nonsense', '']) {
    writeFileSync(`${folder}.pid`, lock)
    await (await openTestDatabase(folder)).close()
  }
})

test('a first start that was killed half way is begun anew', async () => {
  const folder = join(root, 'half')
  mkdirSync(join(folder, 'base'), { recursive: true })
  writeFileSync(join(folder, 'PG_VERSION'), '18\n')
  await (await openTestDatabase(folder)).close()
})

test('the planner learns what tables hold, and space is used again, as a server with autovacuum would do it', async () => {
  const { asOwner, close } = await openTestDatabase()
  await asOwner.query('create table crowded (n int)')
  await asOwner.query('insert into crowded select generate_series(1, 5000)')
  await asOwner.query('delete from crowded where n > 1000')
  const look = async () =>
    (
      await asOwner.query(
        `select reltuples::int as rows, relallvisible > 0 as vacuumed from pg_class where relname = 'crowded'`,
      )
    )[0]
  await expect.poll(look, { timeout: 20_000, interval: 500 }).toEqual({ rows: 1000, vacuumed: true })
  await close()
})
