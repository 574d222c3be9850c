import { type Advice, adviceOn, type ListedKey } from '../key-advice.ts'
import { may } from '../session-state.ts'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Copy } from '../ui/copy.tsx'
import { When } from '../ui/time.tsx'
import { count, SCOPE_WORDS } from '../words.ts'

interface KeyCardProps {
  listed: ListedKey
  onRotate(): void
  onRevoke(): void
}

const STATES = {
  active: { tone: 'good', words: 'Active' },
  grace: { tone: 'warning', words: 'Replaced' },
  revoked: { tone: 'bad', words: 'Revoked' },
  expired: { tone: 'bad', words: 'Expired' },
} as const

export function KeyCard({ listed, onRotate, onRevoke }: KeyCardProps) {
  const { label, kind, environment, state, key, scopes, createdAt } = listed
  const advice = adviceOn(listed, Date.now())
  const hasEnded = advice === 'ended'
  return (
    <article class={hasEnded ? 'key ended' : 'key'} aria-label={label}>
      <header>
        <div>
          <h2>{label}</h2>
          <p class="badges">
            <Badge tone={STATES[state].tone}>{STATES[state].words}</Badge>
            <Badge>{kind === 'public' ? 'Public' : 'Secret'}</Badge>
            <Badge>{environment === 'live' ? 'Live' : 'Test'}</Badge>
          </p>
        </div>
        {may('keys.manage') && !hasEnded && (
          <div class="actions">
            {state === 'active' && (
              <Button look="quiet" label={`Rotate ${label}`} onClick={onRotate}>
                Rotate
              </Button>
            )}
            <Button look="quiet" label={`Revoke ${label}`} onClick={onRevoke}>
              Revoke
            </Button>
          </div>
        )}
      </header>
      {!hasEnded && key !== null && <Copy text={key} what={`the key ${label}`} />}
      <dl class="facts">
        <div>
          <dt>May</dt>
          <dd>{scopes.map((scope) => SCOPE_WORDS[scope].name).join(', ')}</dd>
        </div>
        <div>
          <dt>Made</dt>
          <dd>
            <When at={createdAt} />
          </dd>
        </div>
        <End listed={listed} />
        <div>
          <dt>Use</dt>
          <dd>
            <Use listed={listed} advice={advice} />
          </dd>
        </div>
      </dl>
      <SeenFrom listed={listed} />
    </article>
  )
}

function End({ listed: { state, revokedAt, expiresAt } }: { listed: ListedKey }) {
  const at = state === 'revoked' || state === 'grace' ? revokedAt : expiresAt
  if (at === null) return null
  return (
    <div>
      <dt>{Date.parse(at) > Date.now() ? 'Works until' : 'Ended'}</dt>
      <dd>
        <When at={at} />
      </dd>
    </div>
  )
}

function Use({ listed: { lastUsedAt, watchedSince }, advice }: { listed: ListedKey; advice: Advice }) {
  if (advice === 'ended') return lastUsedAt === null ? 'Never' : <LastUsed at={lastUsedAt} />
  return (
    <>
      {lastUsedAt === null ? (
        <>
          None since <When at={watchedSince} />
        </>
      ) : (
        <LastUsed at={lastUsedAt} />
      )}
      {ADVICE[advice] && (
        <>
          {' '}
          <Badge tone={advice === 'safe' ? 'good' : 'plain'}>{ADVICE[advice]}</Badge>
        </>
      )}
    </>
  )
}

function LastUsed({ at }: { at: string }) {
  return (
    <>
      Last used <When at={at} />
    </>
  )
}

const ADVICE: Record<Advice, string> = {
  in_use: '',
  slowing: '',
  too_early: 'Too early to tell',
  safe: 'Safe to revoke',
  ended: '',
}

function SeenFrom({ listed: { seenFrom } }: { listed: ListedKey }) {
  if (seenFrom.length === 0) return null
  return (
    <details>
      <summary>Seen from {count(seenFrom.length, 'place')}</summary>
      <ul class="rows small">
        {seenFrom.map(({ origin, lastSeenAt, admitted }) => (
          <li key={origin ?? ''} class="row">
            <code class="main">{origin ?? 'a server of yours'}</code>
            <small>
              <When at={lastSeenAt} />
            </small>
            {!admitted && <Badge tone="bad">Refused</Badge>}
          </li>
        ))}
      </ul>
    </details>
  )
}
