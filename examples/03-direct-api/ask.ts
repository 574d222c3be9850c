/**
 * Asks a question from a program of your own and prints the answer while it arrives. Nothing to install: `fetch` and a
 * stream of server-sent events are all there is.
 *
 *     PERNOEX_API=https://EDGE PERNOEX_KEY=pnx_sk_live_… node ask.ts "How do I roll back?"
 */

interface Source {
  n: number
  title: string
  headings: string[]
  url: string
  quote: string
}

interface Problem {
  code: string
  detail: string
  requestId: string
}

type AnswerEvent =
  | { event: 'answer.started'; data: { answerId: string; thread: { id: string; secret: string } } }
  | { event: 'answer.delta'; data: { markdown: string } }
  | { event: 'answer.citation'; data: Source }
  | { event: 'answer.done'; data: { answerId: string; outcome: 'answered' | 'abstained'; citations: Source[] } }
  | { event: 'answer.error'; data: { problem: Problem } }

interface Access {
  /** `https://EDGE`, without a slash at the end. */
  api: string
  /** A secret key on a server; a public key where the caller is a page. */
  key: string
  /** With a public key: one of the project's allowed domains. In a page the browser says so itself, and you cannot. */
  origin?: string | undefined
}

/** The API said no; `retryAfterSeconds` is there when asking again later can help. */
class Refused extends Error {
  readonly problem: Problem
  readonly retryAfterSeconds: number | null

  constructor(problem: Problem, retryAfterSeconds: number | null = null) {
    super(`${problem.code}: ${problem.detail}`)
    this.problem = problem
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** `requestId` makes asking idempotent: after a lost connection the same one brings the same answer, and costs nothing. */
async function* ask(access: Access, question: string, requestId: string): AsyncGenerator<AnswerEvent> {
  const { api, key, origin } = access
  const isSecret = key.startsWith('pnx_sk_')
  const response = await fetch(`${api}/v1/answers${isSecret ? '' : `?key=${encodeURIComponent(key)}`}`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'text/event-stream',
      // A secret key and an Origin exclude each other: with both, the request is refused.
      ...(isSecret ? { Authorization: `Bearer ${key}` } : origin === undefined ? {} : { Origin: origin }),
    },
    body: JSON.stringify({ question, requestId }),
  })
  if (!response.ok || response.body === null) {
    const retryAfter = response.headers.get('retry-after')
    throw new Refused((await response.json()) as Problem, retryAfter === null ? null : Number(retryAfter))
  }
  for await (const { event, data } of readEvents(response.body)) yield { event, data: JSON.parse(data) } as AnswerEvent
}

/** Server-sent events as they come; a blank line ends each. What is cut off at the end is not an event. */
async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<{ event: string; data: string }> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const bytes of body) {
    text += decoder.decode(bytes, { stream: true })
    const events = text.split(/\r?\n\r?\n/)
    text = events.pop() ?? ''
    for (const lines of events) yield readEvent(lines)
  }
}

function readEvent(lines: string): { event: string; data: string } {
  let event = 'message'
  const data: string[] = []
  for (const line of lines.split(/\r?\n/)) {
    if (line.startsWith('event:')) event = line.slice('event:'.length).trim()
    else if (line.startsWith('data:')) data.push(line.slice('data:'.length).replace(/^ /, ''))
  }
  return { event, data: data.join('\n') }
}

async function main(): Promise<void> {
  const { PERNOEX_API: api, PERNOEX_KEY: key, PERNOEX_ORIGIN: origin } = process.env
  const question = process.argv.slice(2).join(' ')
  if (!api || !key || !question)
    throw new Error(
      'Usage: PERNOEX_API=https://EDGE PERNOEX_KEY=pnx_… [PERNOEX_ORIGIN=https://…] node ask.ts "QUESTION"',
    )
  let isWhole = false
  for await (const told of ask({ api, key, origin }, question, crypto.randomUUID())) {
    if (told.event === 'answer.delta') process.stdout.write(told.data.markdown)
    if (told.event === 'answer.error') throw new Refused(told.data.problem)
    if (told.event !== 'answer.done') continue
    isWhole = true
    console.log(`\n\n(${told.data.outcome})`)
    for (const { n, title, headings, url } of told.data.citations)
      console.log(`[${n}] ${[title, ...headings].join(' › ')}\n    ${url}`)
  }
  if (!isWhole) throw new Error('The connection broke off; ask again with the same requestId.')
}

try {
  await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  if (error instanceof Refused && error.retryAfterSeconds !== null)
    console.error(`Try again in ${error.retryAfterSeconds} s.`)
  process.exitCode = 1
}
