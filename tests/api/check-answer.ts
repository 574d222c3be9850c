import { OPERATIONS } from '#edge/reference/document.ts'
import { PROBLEMS } from '#shared/problems.ts'

const CALLS = Object.entries(OPERATIONS)
  .map(([name, operation]) => {
    const [method = '', path = ''] = name.split(' ')
    const parameters = path.match(/:\w+/g)?.length ?? 0
    return { method, operation, parameters, pattern: new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`) }
  })
  // A fixed step goes before a parameter, as in the router: `/webhooks/deliveries` is no webhook's id.
  .sort((left, right) => left.parameters - right.parameters)

/** Throws where a real answer is not what the reference says of the call: another status, or other members in its JSON. */
export async function checkAnswer(method: string, path: string, answer: Response): Promise<void> {
  const [address = ''] = path.split('?')
  const call = CALLS.find((one) => one.method === method && one.pattern.test(address))
  if (call === undefined) return
  const type = answer.headers.get('content-type') ?? ''
  if (type === 'application/problem+json') return checkProblem(method, path, await answer.clone().json())
  const schema = call.operation.answers[answer.status]
  const named = `${method} ${address} answered ${answer.status}`
  if (schema === undefined) throw new Error(`${named}, which the reference does not tell`)
  if (schema === null || !type.startsWith('application/json')) return
  const read = schema.safeParse(await answer.clone().json())
  if (!read.success) throw new Error(`${named}, but not as the reference tells: ${read.error.message}`)
}

function checkProblem(method: string, path: string, body: { code: string; status: number }): void {
  const known = PROBLEMS[body.code as keyof typeof PROBLEMS]
  if (known?.status !== body.status) throw new Error(`${method} ${path}: no such problem as ${JSON.stringify(body)}`)
}
