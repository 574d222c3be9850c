import { Validator } from '@seriousme/openapi-schema-validator'
import { expect, test } from 'vitest'
import { dataRoutes, webhookRoutes } from '#edge/app.ts'
import { managementRoutes } from '#edge/management-routes.ts'
import { describeApi, OPERATIONS } from '#edge/reference/document.ts'
import { renderReference, STYLE } from '#edge/reference/page.ts'
import { PROBLEMS } from '#shared/problems.ts'
import { spyWorld } from './spy-ports.ts'

const { ports } = spyWorld()
const document = describeApi('0.0.0')

test('the reference tells every call that there is, and no other', () => {
  const calls = Object.entries({ ...dataRoutes(ports), ...managementRoutes(ports) }).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  )
  const hooks = Object.keys(webhookRoutes(ports)).map((path) => `POST ${path}`)
  // A new route is told in edge-api/reference.
  expect(Object.keys(OPERATIONS).sort()).toEqual([...calls, ...hooks].sort())
})

test('the document is OpenAPI 3.1, with an id of its own for each call', async () => {
  const validator = new Validator()
  const { valid, errors } = await validator.validate(JSON.parse(JSON.stringify(document)))
  expect(errors).toBeUndefined()
  expect(valid).toBe(true)
  const ids = Object.values(document.paths).flatMap((methods) => Object.values(methods).map((call) => call.operationId))
  expect(new Set(ids).size).toBe(ids.length)
})

test('what a body may not be is told as it is judged', () => {
  const look = document.paths['/api/projects/{project}/widget']?.put?.requestBody
  expect(JSON.stringify(look)).toContain('"additionalProperties":false')
  expect(JSON.stringify(document.paths['/v1/answers'])).toContain('"maxLength":2000')
  expect(document.paths['/v1/search']?.get?.parameters).toMatchObject([
    { name: 'q', in: 'query', required: true },
    { name: 'limit', required: false },
  ])
})

test('no refusal is named that does not exist, and each door names its own', () => {
  const answers = JSON.stringify(document.paths)
  for (const [, code] of answers.matchAll(/`([a-z]+_[a-z_]+)`/g)) expect(Object.keys(PROBLEMS)).toContain(code)
  expect(document.paths['/v1/config']?.get?.responses['403']?.description).toContain('`origin_not_allowed`')
  expect(document.paths['/api/sign-in']?.post?.responses['403']?.description).toContain('`csrf_wrong`')
})

test('the page for people needs no script and fetches its style only', () => {
  const page = renderReference(document, '/docs/style.css')
  expect(page).not.toMatch(/<script|<img|<iframe| on\w+=| style=/)
  expect([...page.matchAll(/<link [^>]*href="([^"]+)"/g)].map(([, address]) => address)).toEqual(['/docs/style.css'])
  expect(STYLE).not.toMatch(/url\(|@import/)
  for (const methods of Object.values(document.paths))
    for (const { operationId } of Object.values(methods)) expect(page).toContain(`id="${operationId}"`)
})
