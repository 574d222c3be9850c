/**
 * `npm run reseal`: after a new letter was added to SEALING_KEYS, seals what the older ones have sealed with it, so that they
 * can be taken away. Run it as the owner of the tables; stop it whenever you like, and run it again until it has nothing to do.
 */
import { parseNamedSecrets } from '#shared/named-secrets.ts'
import { type Resealed, resealAll } from './reseal-values.ts'

const { DATABASE_URL, DATABASE_HTTP_ENDPOINT, SEALING_KEYS } = process.env
const keys = parseNamedSecrets(SEALING_KEYS ?? '')
if (DATABASE_URL === undefined || !keys.ok) {
  console.error(
    keys.ok
      ? 'Set DATABASE_URL to the address of the database, as the user that owns the tables.'
      : `SEALING_KEYS ${keys.reason}.`,
  )
  process.exit(2)
}
const totals = new Map<string, Resealed>()
for await (const progress of resealAll(
  { connectionString: DATABASE_URL, httpEndpoint: DATABASE_HTTP_ENDPOINT },
  keys.value,
)) {
  totals.set(progress.name, progress)
}
for (const { name, resealed, unreadable } of totals.values())
  console.log(`${name}: ${resealed} sealed anew${unreadable > 0 ? `, ${unreadable} that no key opens` : ''}`)
if ([...totals.values()].some(({ unreadable }) => unreadable > 0)) process.exitCode = 1
