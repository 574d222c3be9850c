import type { SlackApp, SlackMessage } from '../../account-ports.ts'
import { SlackRefused, SlackUnavailable } from '../../errors.ts'
import { type Members, membersOf } from '../../rules/json-body.ts'
import { SLACK_SCOPES } from '../../rules/slack-install.ts'

export interface SlackAppSettings {
  clientId: string
  clientSecret: string
  /** `https://slack.com`, or what speaks the same: emulate does. */
  endpoint: string
  /** As Slack knows it: where people come back to. */
  redirectUri: string
}

const TIMEOUT_MS = 10_000

/** https://docs.slack.dev/reference/methods over `send`; every call rejects with `SlackUnavailable` or `SlackRefused`. */
export function createSlackApp(settings: SlackAppSettings, send: typeof fetch): SlackApp {
  const { clientId, clientSecret, endpoint, redirectUri } = settings
  const call = (method: string, body: Record<string, string>, token: string | null) =>
    callSlack(`${endpoint}/api/${method}`, body, token, send)
  return {
    installUrl(state) {
      const url = new URL('/oauth/v2/authorize', endpoint)
      const query = { client_id: clientId, scope: SLACK_SCOPES.join(','), redirect_uri: redirectUri, state }
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
      return url.href
    },
    async install(code) {
      const app = { client_id: clientId, client_secret: clientSecret, redirect_uri: redirectUri }
      const granted = await call('oauth.v2.access', { ...app, code }, null)
      const team = membersOf(granted.team)
      const [teamId, name, token] = [team?.id, team?.name, granted.access_token].map(String)
      // An installation for a whole enterprise has no workspace of its own.
      if (!team || granted.token_type !== 'bot' || !/^[A-Z][A-Z0-9]{1,30}$/.test(teamId ?? ''))
        throw new SlackRefused('no_workspace')
      const scopes = String(granted.scope ?? '').split(',')
      return {
        ...{ teamId: teamId ?? '', name: (name ?? '').slice(0, 200), token: token ?? '' },
        ...{ botUserId: String(granted.bot_user_id ?? ''), scopes: scopes.filter(Boolean) },
      }
    },
    async post(token, { channel, threadTs, text }) {
      const thread = threadTs === null ? {} : { thread_ts: threadTs }
      const answer = await call('chat.postMessage', { channel, ...thread, ...said(text) }, token)
      return String(answer.ts)
    },
    async update(token, { channel, ts, text }) {
      await call('chat.update', { channel, ts, ...said(text) }, token)
    },
    async revoke(token) {
      await call('auth.revoke', {}, token)
    },
  }
}

/** Links in an answer are its sources: no previews below it. Names are not turned into calls to people. */
function said(text: SlackMessage['text']): Record<string, string> {
  return { text, unfurl_links: 'false', unfurl_media: 'false', link_names: 'false' }
}

/** What Slack says where trying again may help; all other refusals stay what they are. */
const PASSING = new Set([
  'ratelimited',
  'rate_limited',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
])

async function callSlack(
  url: string,
  body: Record<string, string>,
  token: string | null,
  send: typeof fetch,
): Promise<Members> {
  const answer = await send(url, {
    method: 'POST',
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
    body: new URLSearchParams(body),
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error) => {
    throw new SlackUnavailable('Slack did not answer.', { cause: error })
  })
  const retryAfter = Number(answer.headers.get('retry-after') ?? Number.NaN)
  const retryAfterSeconds =
    Number.isFinite(retryAfter) && retryAfter >= 0 ? Math.min(3600, Math.ceil(retryAfter)) : null
  const told = answer.ok ? membersOf(await answer.json().catch(() => null)) : null
  if (told === null) throw new SlackUnavailable(`Slack answered ${answer.status}.`, { retryAfterSeconds })
  if (told.ok === true) return told
  const code = String(told.error)
    .replace(/[^a-z_]/g, '')
    .slice(0, 60)
  if (PASSING.has(code)) throw new SlackUnavailable(`Slack answered ${code}.`, { retryAfterSeconds })
  throw new SlackRefused(code)
}
