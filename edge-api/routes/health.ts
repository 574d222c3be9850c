import type { Endpoint } from '../guard/context.ts'
import { answerHeaders, JSON_ANSWER } from '../headers.ts'

/** Says that the Worker runs; asks nothing of what it depends on, so that probing it costs them nothing. */
export const readHealth: Endpoint = () => new Response('{"status":"ok"}', { headers: answerHeaders(JSON_ANSWER) })
