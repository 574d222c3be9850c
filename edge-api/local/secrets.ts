import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { type EndpointId, issueEndpointId } from '#shared/endpoint-id.ts'
import { type KeyId, newId, type OrganizationId, type OriginRuleId, type ProjectId, type UserId } from '#shared/ids.ts'
import { parseNamedSecrets } from '#shared/named-secrets.ts'
import { type ChecksumSecrets, issuePublicKey, issueSecretKey } from '#shared/public-key.ts'
import { newStandardSecret } from '../webhooks/new-secret.ts'
import { StartProblem } from './start-problem.ts'

/**
 * Made at random once per data folder, so that no two installations share a key and a restart shows the same ones.
 * The secret key stands here because this file is where its owner keeps it; the database has its hash only.
 */
export interface LocalSecrets {
  /** As the Worker takes it: JSON from a letter to 32 bytes in base64url. */
  keyChecksumSecrets: string
  /** 32 bytes in base64url. */
  threadSecret: string
  /** 32 bytes in base64url. */
  sessionSecret: string
  /** As the Worker takes it: JSON from a letter to 32 bytes in base64url. */
  passwordPeppers: string
  /** As the Worker takes it: JSON from a letter to 32 bytes in base64url. A folder of an earlier version has none. */
  sealingKeys?: string
  ownerPassword: string
  ids: {
    organization: OrganizationId
    owner: UserId
    project: ProjectId
    liveKey: KeyId
    testKey: KeyId
    secretKey: KeyId
    demoRule: OriginRuleId
  }
  publicKey: string
  testKey: string
  secretKey: string
  /** Where documents may be pushed to. A folder of an earlier version has none. */
  webhookIn?: { id: EndpointId; secret: string }
  /** Where a voice agent may ask; as above. */
  webhookVoice?: { id: EndpointId; secret: string }
}

export function openSecrets(path: string): LocalSecrets {
  let stored: LocalSecrets | undefined
  if (existsSync(path)) {
    try {
      stored = JSON.parse(readFileSync(path, 'utf8')) as LocalSecrets
    } catch {
      throw new StartProblem(`${path} cannot be read; restore it, or start over with --fresh.`)
    }
  }
  if (stored?.sessionSecret !== undefined) return stored
  // A folder of an earlier version lacks what came later; what it has stays.
  const secrets = { ...makeSecrets(), ...stored }
  // Written aside and renamed: a start that is killed here leaves no half a file.
  writeFileSync(`${path}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${path}.new`, path)
  return secrets
}

/** `installation`: another one of the same Worker's projects, whose keys that Worker accepts. */
export function makeSecrets(installation?: LocalSecrets): LocalSecrets {
  const random = (bytes: Uint8Array<ArrayBuffer>): void => void crypto.getRandomValues(bytes)
  const keyChecksumSecrets =
    installation?.keyChecksumSecrets ?? JSON.stringify({ a: randomBytes(32).toString('base64url') })
  const projectId = newId('project', random)
  const newKey = { projectId, secrets: readChecksumSecrets(keyChecksumSecrets), random }
  return {
    keyChecksumSecrets,
    threadSecret: installation?.threadSecret ?? randomBytes(32).toString('base64url'),
    sealingKeys: installation?.sealingKeys ?? JSON.stringify({ a: randomBytes(32).toString('base64url') }),
    sessionSecret: installation?.sessionSecret ?? randomBytes(32).toString('base64url'),
    passwordPeppers: installation?.passwordPeppers ?? JSON.stringify({ a: randomBytes(32).toString('base64url') }),
    ownerPassword: randomBytes(15).toString('base64url'),
    ids: {
      organization: newId('organization', random),
      owner: newId('user', random),
      project: projectId,
      liveKey: newId('key', random),
      testKey: newId('key', random),
      secretKey: newId('key', random),
      demoRule: newId('originRule', random),
    },
    publicKey: issuePublicKey({ ...newKey, environment: 'live' }).text,
    testKey: issuePublicKey({ ...newKey, environment: 'test' }).text,
    secretKey: issueSecretKey({ ...newKey, environment: 'live' }).text,
    webhookIn: { id: issueEndpointId(newKey), secret: newStandardSecret(random) },
    webhookVoice: { id: issueEndpointId(newKey), secret: newStandardSecret(random) },
  }
}

function readChecksumSecrets(json: string): ChecksumSecrets {
  const verdict = parseNamedSecrets(json)
  if (!verdict.ok) throw new StartProblem(`The stored checksum secrets are damaged: the value ${verdict.reason}.`)
  return verdict.value
}
