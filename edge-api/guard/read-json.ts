import type { Context } from 'hono'
import type { Problem } from '#shared/wire.ts'
import { problem } from '../errors.ts'
import { isJsonMediaType, type JsonBodyReason, parseJsonBody } from '../rules/json-body.ts'
import type { Guarded } from './context.ts'
import { MAX_BODY_BYTES } from './limit-body.ts'

/** The part of a zod schema that reading a body needs; the guard itself stays without zod. */
interface Schema<Value> {
  safeParse(
    input: unknown,
    options: { error(issue: { code: string; expected?: unknown }): string },
  ): { success: true; data: Value } | { success: false; error: { issues: { path: PropertyKey[]; message: string }[] } }
}

/** Where the schema has no words of its own: the library's would tell callers what we are made of. */
const inOurWords = {
  error: ({ code, expected }: { code: string; expected?: unknown }) =>
    code === 'invalid_type'
      ? `Expected ${expected === 'object' || expected === 'array' ? 'an' : 'a'} ${expected}.`
      : 'Not valid.',
}

const MESSAGES: Readonly<Record<JsonBodyReason, string>> = {
  body_empty: 'The body is empty; send a JSON object.',
  encoding_wrong: 'The body is not UTF-8.',
  syntax_wrong: 'The body is not JSON.',
}

/** The body as the schema's value, or the refusal to send. Rejects with `BodyTooLarge`, which the app answers. */
export async function readJson<Value>(
  c: Context<Guarded>,
  schema: Schema<Value>,
  maxBytes = MAX_BODY_BYTES,
): Promise<{ value: Value } | { refusal: Response }> {
  if (!isJsonMediaType(c.req.header('content-type'))) return { refusal: problem(c, 'media_type_unsupported') }
  const bytes = await c.req.raw.arrayBuffer()
  // Where something before us let a body grow beyond the length that it said.
  if (bytes.byteLength > maxBytes) return { refusal: problem(c, 'body_too_large') }
  const body = parseJsonBody(bytes)
  if (!body.ok)
    return { refusal: problem(c, 'body_invalid', { errors: [{ path: '', message: MESSAGES[body.reason] }] }) }
  return readValue(c, schema, body.value)
}

/** The same for input that came another way: a query string. */
export function readValue<Value>(
  c: Context<Guarded>,
  schema: Schema<Value>,
  input: unknown,
): { value: Value } | { refusal: Response } {
  const parsed = schema.safeParse(input, inOurWords)
  if (parsed.success) return { value: parsed.data }
  const errors: NonNullable<Problem['errors']> = parsed.error.issues
    .slice(0, 20)
    .map(({ path, message }) => ({ path: path.map(String).join('.'), message }))
  return { refusal: problem(c, 'body_invalid', { errors }) }
}
