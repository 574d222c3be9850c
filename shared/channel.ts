/** Where a conversation was held: on a page, by a customer's server, with a voice agent, or in a Slack workspace. */
export const CHANNELS = ['widget', 'server', 'voice', 'slack'] as const
export type Channel = (typeof CHANNELS)[number]
