import * as z from 'zod'
import { PROBLEMS } from '#shared/problems.ts'
import type { ProblemCode } from '#shared/wire.ts'
import { ACCOUNTS } from './accounts.ts'
import { BILLING } from './billing.ts'
import { DATA_PLANE, WEBHOOKS } from './data-plane.ts'
import { LIFECYCLE } from './lifecycle.ts'
import type { Operation, Operations } from './operation.ts'
import { ORGANIZATION } from './organization.ts'
import { PROJECTS } from './projects.ts'
import { SLACK } from './slack.ts'

/** Every call there is, by method and path. */
export const OPERATIONS: Operations = {
  ...DATA_PLANE,
  ...WEBHOOKS,
  ...ACCOUNTS,
  ...ORGANIZATION,
  ...BILLING,
  ...LIFECYCLE,
  ...PROJECTS,
  ...SLACK,
}

type Plane = 'data' | 'webhooks' | 'management'

export interface Reference {
  openapi: '3.1.0'
  info: { title: string; version: string; description: string }
  paths: Record<string, Record<string, DescribedCall>>
  [more: string]: unknown
}

export interface DescribedCall {
  tags: string[]
  operationId: string
  summary: string
  description?: string
  parameters?: { name: string; in: string; required: boolean; schema: object }[]
  requestBody?: { required: true; content: Record<string, { schema: object }> }
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>
  security: Record<string, string[]>[]
}

/** What the door of a plane refuses, whatever the call. */
const DOORS: Readonly<Record<Plane, readonly ProblemCode[]>> = {
  data: [
    ...(['origin_missing', 'origin_malformed', 'origin_not_allowed', 'key_missing', 'key_malformed'] as const),
    ...(['key_unknown', 'key_revoked', 'key_expired', 'scope_missing', 'rate_limited', 'body_too_large'] as const),
  ],
  webhooks: ['body_too_large', 'rate_limited'],
  management: ['session_missing', 'csrf_wrong', 'media_type_unsupported', 'rate_limited', 'body_too_large'],
}
const ROLE: readonly ProblemCode[] = ['role_insufficient', 'second_factor_required', 'not_found']

const SECURITY: Readonly<Record<Plane, Record<string, string[]>[]>> = {
  data: [{ publicKey: [] }, { secretKey: [] }],
  webhooks: [],
  management: [{ session: [], csrfToken: [] }],
}

/** The OpenAPI document of both hosts, made from the schemas that requests are read by and answers are tested with. */
export function describeApi(version: string): Reference {
  const paths: Reference['paths'] = {}
  for (const [name, operation] of Object.entries(OPERATIONS)) {
    const [method = '', path = ''] = name.split(' ')
    const address = path.replace(/:(\w+)/g, '{$1}')
    paths[address] = { ...paths[address], [method.toLowerCase()]: describeCall(method, path, operation) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Pernoex API',
      version,
      description:
        'Two hosts: /v1 and /webhooks are on the edge host, /api on the app host. Refusals are application/problem+json (RFC 9457).',
      license: { name: 'MIT', identifier: 'MIT' },
    } as Reference['info'],
    servers: [{ url: '/', description: 'The host that the call belongs to' }],
    tags: [...new Set(Object.values(OPERATIONS).map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        publicKey: { type: 'apiKey', in: 'query', name: 'key', description: 'Only together with an allowed Origin.' },
        secretKey: { type: 'http', scheme: 'bearer', description: 'From servers only: refused beside an Origin.' },
        session: { type: 'apiKey', in: 'cookie', name: '__Host-pnx_session' },
        csrfToken: { type: 'apiKey', in: 'header', name: 'X-CSRF-Token', description: 'On everything but GET.' },
      },
      schemas: { Problem: PROBLEM },
    },
  }
}

function describeCall(method: string, path: string, operation: Operation): DescribedCall {
  const { tag, summary, about, query, body } = operation
  const plane: Plane = path.startsWith('/v1/') ? 'data' : path.startsWith('/api/') ? 'management' : 'webhooks'
  const parameters = [...pathParameters(path), ...(query === undefined ? [] : queryParameters(query))]
  return {
    tags: [tag],
    operationId: `${method.toLowerCase()}${path.replace(/[/:-]+(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
    summary,
    ...(about === undefined ? {} : { description: about }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body, 'input') } } } }),
    responses: { ...answersOf(operation), ...refusalsOf(plane, path, method, operation) },
    security: SECURITY[plane],
  }
}

function pathParameters(path: string) {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
    ...{ name, in: 'path', required: true },
    schema: { type: 'string' },
  }))
}

function queryParameters(query: z.ZodObject) {
  const { properties = {}, required = [] } = schemaOf(query, 'input')
  return Object.entries(properties).map(([name, schema]) => ({
    ...{ name, in: 'query', required: required.includes(name) },
    schema,
  }))
}

function answersOf({ answers, streams }: Operation): DescribedCall['responses'] {
  const events = streams === undefined ? {} : { 'text/event-stream': { schema: schemaOf(streams, 'output') } }
  return Object.fromEntries(
    Object.entries(answers).map(([status, schema]) => [
      status,
      schema === null
        ? { description: 'Done.' }
        : {
            description: 'The answer.',
            content: { 'application/json': { schema: schemaOf(schema, 'output') }, ...events },
          },
    ]),
  )
}

function refusalsOf(plane: Plane, path: string, method: string, { refusals = [] }: Operation) {
  const ofRole =
    plane === 'management' && /^\/api\/(?:projects|members|audit|organization|invitations)\b/.test(path) ? ROLE : []
  const ofDoor = DOORS[plane].filter((code) => method !== 'GET' || (code !== 'csrf_wrong' && !code.startsWith('body_')))
  const byStatus = new Map<number, ProblemCode[]>()
  for (const code of new Set([...ofDoor, ...ofRole, ...refusals])) {
    const { status } = PROBLEMS[code]
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  const told = [...byStatus].map(([status, codes]) => [
    status,
    {
      description: codes.map((code) => `\`${code}\``).join(', '),
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  ])
  return Object.fromEntries(told) as DescribedCall['responses']
}

const PROBLEM = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
  properties: {
    type: { type: 'string', format: 'uri-reference' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { enum: Object.keys(PROBLEMS) },
    requestId: { type: 'string', description: 'Name it when you ask us.' },
    errors: {
      type: 'array',
      description: 'Which fields are wrong, and why.',
      items: { type: 'object', properties: { path: { type: 'string' }, message: { type: 'string' } } },
    },
    reason: { type: 'string' },
  },
}

interface JsonSchema {
  properties?: Record<string, object>
  required?: string[]
}

/** Answers may grow: that tests hold them to exactly these members is ours, not something for a client to rely on. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...made } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties
    },
  })
  return made as JsonSchema
}
