import { allow, deny, type Verdict } from '#shared/verdict.ts'
import { type Claim, type HeaderReason, MAX_HEADER_LENGTH } from './webhook.ts'

/** What a `t=1614265330,v1=5257a8…`, as Stripe and those who followed it write, has to hold. */
interface TimedList {
  /** Which of the named signatures count; others may be weaker, so they are left alone. */
  name: 'v0' | 'v1'
  most: number
}

const ITEM = /^[a-z][a-z0-9]*=[\w+/=-]+$/
const SECONDS = /^t=\d{10}$/
const HEX_MAC = /^v[01]=[0-9a-f]{64}$/

/**
 * Exactly one `t`, and at least one signature of the right name and form; what is signed is the time, a full stop and the body.
 * Here and in the other schemes a pattern is only asked whether it matches: taking parts out of it costs as much as the HMAC
 * of a short body.
 */
export function readTimedList(text: string | null, { name, most }: TimedList): Verdict<Claim, HeaderReason> {
  if (text === null || text === '') return deny('signature_missing')
  if (text.length > MAX_HEADER_LENGTH) return deny('signature_malformed')
  const signatures: string[] = []
  let times = 0
  let named = 0
  let time = ''
  for (const item of text.split(',')) {
    if (!ITEM.test(item)) return deny('signature_malformed')
    if (item.startsWith('t=')) {
      times += 1
      if (SECONDS.test(item)) time = item.slice('t='.length)
    } else if (item.startsWith(`${name}=`)) {
      named += 1
      if (HEX_MAC.test(item)) signatures.push(item.slice('v0='.length))
    }
  }
  const holds = times === 1 && time !== '' && named <= most && signatures.length > 0
  return holds
    ? allow({ signedAt: Number(time), before: `${time}.`, after: '', signatures })
    : deny('signature_malformed')
}
