import { equalTextInConstantTime } from './bytes.ts'
import { macSha256 } from './digest.ts'
import { type ProjectId, parseId, type Random } from './ids.ts'
import { type ChecksumSecrets, checksum, newestSecret, randomBase62 } from './public-key.ts'

declare const brand: unique symbol
/**
 * Names the place where a project receives webhooks, and its project, and proves like a public key that we made it, so that a
 * made-up address is refused by arithmetic, without a look-up:
 *
 *     whe_ | s | 22 project | 14 endpoint | 11 checksum     52 characters
 *
 * It is no secret; what a delivery proves itself with is the endpoint's signing secret.
 */
export type EndpointId = string & { readonly [brand]: 'endpoint' }

const PREFIX = 'whe_'
const PROJECT_START = PREFIX.length + 1
const NAME_START = PROJECT_START + 22
const BODY_LENGTH = NAME_START + 14
const LENGTH = BODY_LENGTH + 11

interface NewEndpointId {
  projectId: ProjectId
  secrets: ChecksumSecrets
  random: Random
}

export function issueEndpointId({ projectId, secrets, random }: NewEndpointId): EndpointId {
  const [name, mac] = newestSecret(secrets)
  const body = `${PREFIX}${name}${projectId.slice('prj_'.length)}${randomBase62(14, random)}`
  return (body + checksum(body, mac)) as EndpointId
}

/** The id and its project, or null for what we have not made. */
export type EndpointIdReader = (text: string) => { id: EndpointId; projectId: ProjectId } | null

export function createEndpointIdReader(secrets: ChecksumSecrets): EndpointIdReader {
  const macs = new Map([...secrets].map(([name, secret]) => [name, macSha256(secret)]))
  return (text) => {
    const mac = macs.get(text.charAt(PREFIX.length))
    if (text.length !== LENGTH || !/^whe_[0-9A-Za-z]+$/.test(text) || mac === undefined) return null
    if (!equalTextInConstantTime(text.slice(BODY_LENGTH), checksum(text.slice(0, BODY_LENGTH), mac))) return null
    const projectId = parseId('project', `prj_${text.slice(PROJECT_START, NAME_START)}`)
    return projectId === null ? null : { id: text as EndpointId, projectId }
  }
}

/** Whether a text has the shape of one, for what has been vetted before. */
export function isEndpointId(text: string): text is EndpointId {
  return text.length === LENGTH && /^whe_[0-9A-Za-z]+$/.test(text)
}
