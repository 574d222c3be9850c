import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type messages, protocol } from '@electric-sql/pglite'
import { migrate } from '#edge/local/migrate.ts'
import { type NeonFront, serveNeonProtocol } from '#edge/local/neon-endpoint.ts'
import { APP, OWNER, ROLES } from '#edge/local/pglite.ts'
import type { WireBackend } from '#edge/local/wire-transaction.ts'

/**
 * A real PostgreSQL (Debian's, `apt-get install postgresql`) in a throw-away folder, behind the same endpoint as PGlite:
 * migrated, with the same users. It listens on a Unix socket only. One connection, so requests take turns.
 */
export async function startPostgresEndpoint(): Promise<NeonFront & { version: string }> {
  const bin = newestServer()
  const folder = mkdtempSync(join(tmpdir(), 'pernoex-postgres-'))
  const asUser = process.getuid?.() === 0 ? ['runuser', '-u', 'postgres', '--'] : []
  if (asUser.length > 0) execFileSync('chown', ['postgres', folder])
  chmodSync(folder, 0o700)
  const data = join(folder, 'data')
  const initdb = [
    ...asUser,
    join(bin, 'initdb'),
    '-D',
    data,
    '-A',
    'trust',
    '-U',
    'postgres',
    '-E',
    'UTF8',
    '--no-sync',
  ]
  run(initdb)
  const server = [...asUser, join(bin, 'postgres'), '-D', data, '-k', folder, '-h', '', '-c', 'fsync=off']
  const [command = '', ...parameters] = server
  const child = spawn(command, parameters, { stdio: 'ignore' })
  const { socket, backend } = await signIn(join(folder, '.s.PGSQL.5432'))
  const [version] = await simple(backend, `select current_setting('server_version')`)
  await simple(backend, ROLES)
  const front = await serveNeonProtocol(backend, [OWNER, APP], 'postgres')
  const { httpEndpoint } = front
  await migrate({ connectionString: front.connectionString(OWNER), httpEndpoint, appUser: APP })
  return {
    ...front,
    version: version ?? 'unknown',
    close: async () => {
      await front.close()
      socket.end(protocol.serialize.end())
      const gone = new Promise((resolve) => child.once('exit', resolve))
      run([...asUser, join(bin, 'pg_ctl'), 'stop', '-D', data, '-m', 'fast'])
      await gone
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function newestServer(): string {
  const base = '/usr/lib/postgresql'
  const [version] = readdirSync(base).sort((left, right) => Number(right) - Number(left))
  if (version === undefined) throw new Error(`no PostgreSQL under ${base}`)
  return join(base, version, 'bin')
}

function run([command = '', ...parameters]: string[]): void {
  execFileSync(command, parameters, { stdio: 'ignore' })
}

/** A server that is still starting has no socket yet, or answers that it is starting and hangs up. */
async function signIn(path: string): Promise<{ socket: Socket; backend: WireBackend }> {
  for (let attempt = 0; ; attempt++) {
    const socket = connect(path)
    try {
      const backend = createBackend(socket)
      await simple(backend, 'select 1')
      return { socket, backend }
    } catch (error) {
      socket.destroy()
      if (attempt > 100) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

/** Each Query and Sync is answered with one ReadyForQuery; the exchange is over when all have come. */
function createBackend(socket: Socket): WireBackend {
  const parser = new protocol.Parser()
  let received: messages.BackendMessage[] = []
  let awaited = 1
  let finish: (answers: messages.BackendMessage[]) => void = () => {}
  let fail: (error: Error) => void = () => {}
  socket.on('error', (error) => fail(error))
  socket.on('close', () => fail(new Error('PostgreSQL closed the connection')))
  socket.on('data', (chunk) => {
    parser.parse(new Uint8Array(chunk as Buffer), (message) => {
      received.push(message)
      if (message.name === 'readyForQuery' && --awaited === 0) finish(received)
    })
  })
  const exchange = (message: Uint8Array, replies: number) =>
    new Promise<messages.BackendMessage[]>((resolve, reject) => {
      received = []
      awaited = replies
      finish = resolve
      fail = reject
      socket.write(message)
    })
  let ready: Promise<unknown> = exchange(protocol.serialize.startup({ user: 'postgres', database: 'postgres' }), 1)
  return {
    exchange(message) {
      const answered = ready.then(() => exchange(message, countReplies(message)))
      ready = answered
      return answered
    },
  }
}

function countReplies(message: Uint8Array): number {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength)
  let count = 0
  for (let offset = 0; offset < message.length; offset += 1 + view.getInt32(offset + 1)) {
    const type = String.fromCharCode(message[offset] ?? 0)
    if (type === 'Q' || type === 'S') count++
  }
  return count
}

async function simple(backend: WireBackend, sql: string): Promise<(string | null)[]> {
  const answers = await backend.exchange(protocol.serialize.query(sql))
  const failed = answers.find(({ name }) => name === 'error') as messages.DatabaseError | undefined
  if (failed) throw new Error(failed.message)
  return answers.flatMap((answer) => (answer.name === 'dataRow' ? (answer as messages.DataRowMessage).fields : []))
}
