import { type messages, protocol } from '@electric-sql/pglite'

/** Whatever speaks Postgres' wire protocol: PGlite in this process, or a socket to a real server. One exchange at a time. */
export interface WireBackend {
  /** Sends frontend messages; resolves with everything answered up to the last ReadyForQuery. */
  exchange(message: Uint8Array): Promise<messages.BackendMessage[]>
}

export interface WireQuery {
  query: string
  params: (string | null)[]
}

export interface WireResult {
  command: string
  rowCount: number | null
  fields: messages.RowDescriptionMessage['fields']
  rows: (string | null)[][]
}

export interface TransactionOptions {
  user: string
  isolationLevel: string | null
  readOnly: boolean
  deferrable: boolean
}

/** A refusal in Postgres' own terms: SQLSTATE and its accompanying fields, as the Neon driver passes them on. */
export class WireError extends Error {
  readonly fields: Partial<Record<string, string>>
  constructor(message: string, fields: Partial<Record<string, string>>) {
    super(message)
    this.fields = fields
  }
}

const ERROR_FIELDS = [
  ...['severity', 'code', 'detail', 'hint', 'position', 'internalPosition', 'internalQuery', 'where', 'schema'],
  ...['table', 'column', 'dataType', 'constraint', 'file', 'line', 'routine'],
] as const

const ISOLATION_LEVELS: Record<string, string> = {
  ReadUncommitted: 'read uncommitted',
  ReadCommitted: 'read committed',
  RepeatableRead: 'repeatable read',
  Serializable: 'serializable',
}

/**
 * The session itself belongs to a superuser (PGlite knows no other), so what could lead back to it is refused by its
 * text, and the session's user is looked at again before anything is committed.
 */
const FORBIDDEN = [
  /session\s*_?\s*authorization/i,
  /^(\s|--[^\n]*\n|\/\*.*?\*\/)*(begin|start|commit|end|rollback|abort|prepare|discard|copy|listen)\b/is,
]

/** Runs the queries as `user` in one transaction: all of them, or none and a WireError. */
export async function runTransaction(
  backend: WireBackend,
  queries: WireQuery[],
  options: TransactionOptions,
): Promise<WireResult[]> {
  for (const { query } of queries)
    if (FORBIDDEN.some((pattern) => pattern.test(query)))
      throw new WireError('this statement is not allowed over the HTTP endpoint', { severity: 'ERROR', code: '0A000' })
  const check = { query: 'select session_user::text', params: [] }
  const answers = await backend.exchange(
    join([
      protocol.serialize.query(begin(options)),
      ...[...queries, check].flatMap(queryMessages),
      protocol.serialize.sync(),
    ]),
  )
  const failure = answers.find(isError)
  if (failure) {
    await backend.exchange(protocol.serialize.query('rollback'))
    throw toWireError(failure)
  }
  const results = collect(answers)
  if (results.pop()?.rows[0]?.[0] !== options.user) {
    await backend.exchange(protocol.serialize.query('rollback'))
    throw new WireError('the session changed its user', { severity: 'ERROR', code: '42501' })
  }
  const refusedCommit = (await backend.exchange(protocol.serialize.query('commit'))).find(isError)
  if (refusedCommit) throw toWireError(refusedCommit)
  return results
}

function begin({ user, isolationLevel, readOnly, deferrable }: TransactionOptions): string {
  const modes = [
    isolationLevel === null ? '' : ` isolation level ${ISOLATION_LEVELS[isolationLevel] ?? 'read committed'}`,
    readOnly ? ' read only' : '',
    deferrable ? ' deferrable' : '',
  ].filter(Boolean)
  return `begin${modes.join(',')}; set local session authorization ${quoteIdentifier(user)}`
}

/** Types are left to the server and values go as text, as Neon does it. */
function queryMessages({ query, params }: WireQuery): Uint8Array[] {
  const { parse, bind, describe, execute } = protocol.serialize
  return [parse({ text: query }), bind({ values: params }), describe({ type: 'P' }), execute()]
}

function collect(answers: messages.BackendMessage[]): WireResult[] {
  const results: WireResult[] = []
  let fields: WireResult['fields'] = []
  let rows: (string | null)[][] = []
  let bound = false
  for (const answer of answers) {
    if (answer.name === 'bindComplete') {
      bound = true
      fields = []
      rows = []
    } else if (answer.name === 'rowDescription') fields = (answer as messages.RowDescriptionMessage).fields
    else if (answer.name === 'dataRow') rows.push((answer as messages.DataRowMessage).fields)
    else if (bound && (answer.name === 'commandComplete' || answer.name === 'emptyQuery')) {
      const tag = answer.name === 'emptyQuery' ? '' : (answer as messages.CommandCompleteMessage).text
      results.push({ ...parseTag(tag), fields, rows })
      bound = false
    }
  }
  return results
}

/** `INSERT 0 3` → INSERT, 3; `CREATE TABLE` → CREATE, null. */
function parseTag(tag: string): { command: string; rowCount: number | null } {
  const words = tag.split(' ')
  const last = words.at(-1) ?? ''
  return { command: words[0] ?? '', rowCount: /^\d+$/.test(last) ? Number(last) : null }
}

function isError(answer: messages.BackendMessage): answer is messages.DatabaseError {
  return answer.name === 'error'
}

function toWireError(error: messages.DatabaseError): WireError {
  const fields: Partial<Record<string, string>> = {}
  for (const name of ERROR_FIELDS) {
    const value = error[name]
    if (value !== undefined) fields[name] = value
  }
  return new WireError(error.message, fields)
}

export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function join(parts: Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return joined
}
