import type { ComponentChildren } from 'preact'
import { useRoute } from 'preact-iso/router'
import { SCOPES } from '#shared/public-key.ts'
import { call } from '../api.ts'
import { sentenceOf } from '../failure.ts'
import type { ListedKey } from '../key-advice.ts'
import { useAction, useEvery, useLoaded } from '../loaded.ts'
import { AddDomain } from '../parts/add-domain.tsx'
import { blockedLately, type Observed } from '../parts/observed-origins.tsx'
import { WidgetSnippet } from '../parts/widget-snippet.tsx'
import { projectPaths } from '../paths.ts'
import { projects } from '../projects-state.ts'
import { may } from '../session-state.ts'
import { Button, ButtonLink } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { Notice } from '../ui/notice.tsx'
import { Page, Skeleton } from '../ui/page.tsx'
import { When } from '../ui/time.tsx'
import { count } from '../words.ts'

const WAITING_MS = 4000
const SEEN_MS = 30_000

/** From an empty project to the first answer, and afterwards the one place that shows whether it works. */
export function GetStarted() {
  const { project = '' } = useRoute().params
  const name = projects.value?.find(({ id }) => id === project)?.name ?? 'Get started'
  return (
    <Page title={name} lead="Four steps to the first answer on your own page.">
      {may('settings.read') ? <Steps project={project} /> : <ForMembers project={project} />}
    </Page>
  )
}

function ForMembers({ project }: { project: string }) {
  return (
    <ButtonLink look="primary" icon="doc" href={projectPaths(project).knowledge}>
      To its knowledge
    </ButtonLink>
  )
}

function Steps({ project }: { project: string }) {
  const made = useLoaded(`made ${project}`, async (signal) => {
    const [about, rules] = await Promise.all([
      call('GET /api/projects/:project', { project, signal }),
      call('GET /api/projects/:project/origins', { project, signal }),
    ])
    return { knowledge: about.knowledge, rules: rules.items }
  })
  const seen = useLoaded(`seen ${project}`, async (signal) => {
    const [keys, observed] = await Promise.all([
      call('GET /api/projects/:project/keys', { project, query: { limit: '100' }, signal }),
      call('GET /api/projects/:project/origins/observed', { project, signal }),
    ])
    return { keys: keys.items, observed: observed.items }
  })
  const first = seen.value && firstRequest(seen.value.keys)
  useEvery(first ? SEEN_MS : WAITING_MS, seen.reload)
  const error = made.error ?? seen.error
  if (made.value === undefined || seen.value === undefined)
    return error === null ? <Skeleton rows={4} /> : <Notice kind="error">{sentenceOf(error)}</Notice>
  const { knowledge, rules } = made.value
  const { keys, observed } = seen.value
  const changed = async () => {
    await Promise.all([made.reload(), seen.reload()])
  }
  const key = keys.find((one) => one.state === 'active' && one.key !== null && one.environment === 'live')
  return (
    <ol class="steps">
      <Step number={1} title="Add your docs" done={knowledge.passages > 0}>
        {knowledge.passages > 0 ? (
          <p>
            {count(knowledge.documents, 'document')}, {count(knowledge.passages, 'passage')}.{' '}
            <a href={projectPaths(project).playground}>Try a question</a>
          </p>
        ) : (
          <>
            <p>Drop a folder of Markdown, HTML or text files: answers come from these pages, and from nothing else.</p>
            <ButtonLink icon="upload" href={projectPaths(project).knowledge}>
              Add docs
            </ButtonLink>
          </>
        )}
      </Step>
      <Step number={2} title="Allow your domain" done={rules.length > 0}>
        {rules.length > 0 ? (
          <p>
            {count(rules.length, 'rule')} so far, such as <code>{rules[0]?.rule}</code>.{' '}
            <a href={projectPaths(project).domains}>All domains</a>
          </p>
        ) : (
          <AddDomain project={project} onAdded={changed} />
        )}
      </Step>
      <Step number={3} title="Put the widget on your page" done={key !== undefined && first !== undefined}>
        {key?.key ? <Snippet text={key.key} /> : <MakeKey project={project} onMade={changed} />}
      </Step>
      <Step
        number={4}
        title={first ? 'Your page has called' : 'Waiting for the first request…'}
        done={Boolean(first)}
        live
      >
        <FirstRequest project={project} first={first} observed={observed} onAllowed={changed} />
      </Step>
    </ol>
  )
}

interface StepProps {
  number: number
  title: string
  done: boolean
  /** Says when it changes by itself. */
  live?: boolean
  children: ComponentChildren
}

function Step({ number, title, done, live, children }: StepProps) {
  return (
    <li class={done ? 'step done' : 'step'}>
      <span class="step-mark" aria-hidden="true">
        {done ? <Icon name="check" /> : number}
      </span>
      <div>
        <h2>
          {title}
          {done && <span class="hidden"> (done)</span>}
        </h2>
        {live && (
          <p class="hidden" role="status">
            {title}
          </p>
        )}
        <div class="step-body">{children}</div>
      </div>
    </li>
  )
}

function Snippet({ text }: { text: string }) {
  return (
    <>
      <p>Paste this before the closing body tag. It loads 1.5 kB, and the rest when a visitor asks.</p>
      <WidgetSnippet publicKey={text} />
    </>
  )
}

function MakeKey({ project, onMade }: { project: string; onMade(): Promise<void> }) {
  const make = useAction(async () => {
    const body = { label: 'Website', environment: 'live', kind: 'public', scopes: SCOPES }
    await call('POST /api/projects/:project/keys', { project, body })
    await onMade()
  })
  return (
    <>
      <p>The snippet carries a public key. Whoever reads it in your page can do nothing elsewhere.</p>
      {make.error !== null && <Notice kind="error">{sentenceOf(make.error)}</Notice>}
      <Button look="primary" icon="key" busy={make.busy} onClick={make.run}>
        Make a key
      </Button>
    </>
  )
}

interface FirstProps {
  project: string
  first: ListedKey | undefined
  observed: Observed[]
  onAllowed(): Promise<void>
}

function FirstRequest({ project, first, observed, onAllowed }: FirstProps) {
  const blocked = observed.filter((origin) => blockedLately(origin, Date.now()))
  const admitted = observed.find(({ lastAdmittedAt }) => lastAdmittedAt !== null)
  return (
    <>
      {first?.lastUsedAt ? (
        <Notice kind="good" title={`It works${admitted ? ` on ${admitted.origin}` : ''}`}>
          Last seen <When at={first.lastUsedAt} />.
        </Notice>
      ) : (
        <p class="hint">Open your page and click the launcher. This turns green within seconds.</p>
      )}
      {blocked.slice(0, 3).map((origin) => (
        <Blocked key={origin.origin} project={project} observed={origin} onAllowed={onAllowed} />
      ))}
    </>
  )
}

function Blocked({
  project,
  observed,
  onAllowed,
}: {
  project: string
  observed: Observed
  onAllowed(): Promise<void>
}) {
  const allow = useAction(async () => {
    const body = { rule: observed.allowRule ?? '' }
    await call('POST /api/projects/:project/origins', { project, body })
    await onAllowed()
  })
  return (
    <Notice kind="warning" title={`${observed.origin} has called and was refused`}>
      {allow.error !== null && <p>{sentenceOf(allow.error)}</p>}
      {observed.allowRule === null ? (
        <p>Such an origin can never be allowed: pages have to be on https, or on localhost.</p>
      ) : (
        <>
          <p>Is it yours?</p>
          <Button busy={allow.busy} label={`Allow ${observed.origin}`} onClick={allow.run}>
            Allow it
          </Button>
        </>
      )}
    </Notice>
  )
}

/** The key that was used last, if any was. */
function firstRequest(keys: ListedKey[]): ListedKey | undefined {
  const used = keys.filter(({ lastUsedAt }) => lastUsedAt !== null)
  return used.sort((left, right) => Date.parse(right.lastUsedAt ?? '') - Date.parse(left.lastUsedAt ?? ''))[0]
}
