import { checkAnswer } from './check-answer.ts'
import type { Harness } from './harness.ts'

/** A browser's worth of the dashboard: keeps cookies, carries the token, says where it comes from. */
export interface DashboardClient {
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>
  /** The JSON of a call that has to succeed. */
  json<Body = Record<string, never>>(method: string, path: string, body?: unknown): Promise<Body>
  cookies: Map<string, string>
  csrfToken(): Promise<string>
  signIn(email: string, password: string): Promise<Response>
}

export function createDashboardClient({ app }: Pick<Harness, 'app'>): DashboardClient {
  const cookies = new Map<string, string>()
  let token: string | null = null
  const send: DashboardClient['send'] = async (method, path, body, headers = {}) => {
    if (method !== 'GET') token ??= await client.csrfToken()
    const answer = await fetch(app + path, {
      method,
      redirect: 'manual',
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      headers: {
        ...(cookies.size > 0 ? { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') } : {}),
        ...(method === 'GET' ? {} : { origin: app, 'content-type': 'application/json', 'x-csrf-token': token ?? '' }),
        ...headers,
      },
    })
    for (const line of answer.headers.getSetCookie()) keep(line)
    await checkAnswer(method, path, answer)
    return answer
  }
  const keep = (line: string) => {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    if (value === '') cookies.delete(name)
    else cookies.set(name, value)
    // Bound to the cookie that has just changed.
    token = null
  }
  const client: DashboardClient = {
    send,
    cookies,
    json: async <Body>(method: string, path: string, body?: unknown) => {
      const answer = await send(method, path, body)
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
      return (answer.status === 204 ? {} : await answer.json()) as Body
    },
    csrfToken: async () => {
      const answer = await send('GET', '/api/session')
      return ((await answer.json()) as { csrfToken: string }).csrfToken
    },
    signIn: (email, password) => send('POST', '/api/sign-in', { email, password }),
  }
  return client
}

/** The secret part of the newest link that was mailed to the address; waits for it. */
export async function mailedToken({ mailbox }: Pick<Harness, 'mailbox'>, to: string, page: string): Promise<string> {
  for (let tries = 0; tries < 100; tries++) {
    const mail = mailbox.mails().find((one) => one.to.includes(to) && one.text.includes(`/${page}#`))
    const token = mail && /#(?:token=)?([\w-]{43})/.exec(mail.text)?.[1]
    if (token) return token
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`no ${page} mail for ${to}`)
}

export const PASSWORD = 'plum orbit ladder 27'

/** Signs up, confirms by the mail, signs in. */
export async function newPerson(harness: Harness, email: string): Promise<DashboardClient> {
  const client = createDashboardClient(harness)
  await client.json('POST', '/api/sign-up', { email, password: PASSWORD, name: email.split('@')[0] })
  await client.json('POST', '/api/verification/confirm', { token: await mailedToken(harness, email, 'verify') })
  await client.json('POST', '/api/sign-in', { email, password: PASSWORD })
  return client
}
