import type { Channel } from '#shared/channel.ts'
import type { Scope } from '#shared/public-key.ts'
import type { Role } from '#shared/roles.ts'

/** What the server's names are called on the pages. */
export const ROLE_WORDS: Record<Role, { name: string; may: string }> = {
  owner: { name: 'Owner', may: 'Everything, billing and the team included' },
  admin: { name: 'Admin', may: 'All projects and their settings' },
  member: { name: 'Member', may: 'Reads the projects they are assigned to' },
}

export const CHANNEL_WORDS: Record<Channel, { name: string; from: string }> = {
  widget: { name: 'Widget', from: 'on a page' },
  server: { name: 'Your server', from: 'from a server of yours' },
  voice: { name: 'Voice', from: 'in a call' },
  slack: { name: 'Slack', from: 'in Slack' },
}

export type Provider = 'google' | 'apple'
export const PROVIDER_WORDS: Record<Provider, string> = { google: 'Google', apple: 'Apple' }

export const SCOPE_WORDS: Record<Scope, { name: string; opens: string }> = {
  config: { name: 'Settings', opens: 'how the widget looks and speaks' },
  answers: { name: 'Answers', opens: 'asking questions' },
  search: { name: 'Search', opens: 'searching the docs without an answer' },
  feedback: { name: 'Feedback', opens: 'rating an answer' },
  threads: { name: 'Conversations', opens: 'reading and deleting one’s own conversation' },
}

/** “1 file”, “3 files”. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`
}
