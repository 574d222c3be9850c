import { isAbsolute, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { allow, deny, type Verdict } from '#shared/verdict.ts'
import type { SiteStyle } from '../rules/passage.ts'

const SITE_STYLES: readonly SiteStyle[] = ['github', 'vitepress', 'docusaurus', 'starlight']

export interface StartOptions {
  /** Absolute; null means the handbook that ships with the project. */
  docs: string | null
  /** Without a trailing slash; null means that the demo site serves the pages itself. */
  siteUrl: string | null
  siteStyle: SiteStyle
  origins: string[]
  /** Null: the default, or the next free one. */
  port: number | null
  /** Absolute. */
  data: string
  fresh: boolean
  limits: 'on' | 'off'
  json: boolean
  help: boolean
}

export const USAGE = `Usage: npm start -- [options]

  --docs DIR          answer from this folder of .md, .mdx, .html and .txt files (default: the handbook in examples/docs)
  --site-url URL      where those pages are published; sources link there (default: the demo site serves them itself)
  --site-style STYLE  how that site makes anchors and addresses: ${SITE_STYLES.join(', ')} (default: github)
  --origin RULE       let pages of this origin ask too; may be repeated
  --port N            port of the API (default: 8787, or the next free one)
  --data DIR          where state lives (default: .pernoex)
  --fresh             start from empty state
  --limits off        no rate limits, for load runs on this machine
  --json              print one line of JSON on standard output once everything is ready
  --help              this text

DATABASE_URL, with optional DATABASE_HTTP_ENDPOINT, is used instead of the embedded database when set.`

/** `cwd` is where the user typed the command; relative paths are theirs. The reason of a refusal is a sentence for them. */
export function parseOptions(args: string[], cwd: string, defaultData: string): Verdict<StartOptions, string> {
  let values: ReturnType<typeof parse>
  try {
    values = parse(args)
  } catch (error) {
    return deny(`${(error as Error).message.split('. ')[0]}.`)
  }
  const siteStyle = (values['site-style'] ?? 'github') as SiteStyle
  if (!SITE_STYLES.includes(siteStyle)) return deny(`--site-style must be one of ${SITE_STYLES.join(', ')}.`)
  const port = values.port === undefined ? null : Number(values.port)
  if (port !== null && !(Number.isInteger(port) && port >= 1 && port <= 65535))
    return deny('--port must be a whole number between 1 and 65535.')
  const limits = values.limits ?? 'on'
  if (limits !== 'on' && limits !== 'off') return deny('--limits must be on or off.')
  const siteUrl = values['site-url'] === undefined ? null : parseSiteUrl(values['site-url'])
  if (siteUrl && !siteUrl.ok) return siteUrl
  const path = (text: string): string => (isAbsolute(text) ? text : resolve(cwd, text))
  return allow({
    docs: values.docs === undefined ? null : path(values.docs),
    siteUrl: siteUrl ? siteUrl.value : null,
    siteStyle,
    origins: values.origin ?? [],
    port,
    data: values.data === undefined ? defaultData : path(values.data),
    fresh: values.fresh ?? false,
    limits,
    json: values.json ?? false,
    help: values.help ?? false,
  })
}

function parse(args: string[]) {
  return parseArgs({
    args,
    strict: true,
    allowPositionals: false,
    options: {
      docs: { type: 'string' },
      'site-url': { type: 'string' },
      'site-style': { type: 'string' },
      origin: { type: 'string', multiple: true },
      port: { type: 'string' },
      data: { type: 'string' },
      fresh: { type: 'boolean' },
      limits: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  }).values
}

function parseSiteUrl(text: string): Verdict<string, string> {
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    return deny('--site-url must be an address that begins with https:// or http://.')
  if (url.username || url.password || url.search || url.hash)
    return deny('--site-url must be a plain address, without user name, query or fragment.')
  return allow(url.href.replace(/\/+$/, ''))
}
