import { useState } from 'preact/hooks'
import { useRoute } from 'preact-iso/router'
import { call } from '../api.ts'
import type { AnswerOf } from '../calls.ts'
import { sentenceOf } from '../failure.ts'
import { useAction, useEvery, useList } from '../loaded.ts'
import { AddDomain } from '../parts/add-domain.tsx'
import { Listed } from '../parts/listed.tsx'
import { ObservedOrigins } from '../parts/observed-origins.tsx'
import { TryOrigin } from '../parts/try-origin.tsx'
import { may } from '../session-state.ts'
import { say } from '../toast.ts'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Confirm } from '../ui/dialog.tsx'
import { Empty } from '../ui/notice.tsx'
import { Page, Section } from '../ui/page.tsx'
import { When } from '../ui/time.tsx'

type Rule = AnswerOf<'GET /api/projects/:project/origins'>['items'][number]

const REFRESH_MS = 10_000

export function Domains() {
  const { project = '' } = useRoute().params
  const rules = useList(`rules ${project}`, (cursor, signal) =>
    call('GET /api/projects/:project/origins', { project, query: { cursor }, signal }),
  )
  const observed = useList(`observed ${project}`, (cursor, signal) =>
    call('GET /api/projects/:project/origins/observed', { project, query: { cursor }, signal }),
  )
  useEvery(REFRESH_MS, observed.reload)
  const changed = async () => {
    await Promise.all([rules.reload(), observed.reload()])
  }
  return (
    <Page
      title="Domains"
      lead="Only pages on these domains can use your keys. Everybody else is refused at the edge, before the database."
    >
      {may('origins.manage') && (
        <Section title="Allow a domain">
          <AddDomain project={project} onAdded={changed} />
        </Section>
      )}
      <Section title="Allowed domains">
        <Listed
          list={rules}
          empty={
            <Empty title="Nobody is admitted yet">
              An empty list admits no page at all. Allow the domain on which your visitors read your docs.
            </Empty>
          }
        >
          {(items) => <Rules project={project} rules={items} onRemoved={changed} />}
        </Listed>
      </Section>
      <Section
        title="Who has called"
        lead="Every page that tried to use a key of this project, a few seconds behind. What is refused can be allowed from here."
      >
        <ObservedOrigins project={project} list={observed} onAllowed={changed} />
      </Section>
      <Section
        title="Try an origin"
        lead="Would a page there be admitted? Judged by the list as it is saved, for a live key."
      >
        <TryOrigin project={project} />
      </Section>
    </Page>
  )
}

interface RulesProps {
  project: string
  rules: Rule[]
  onRemoved(): Promise<void>
}

function Rules({ project, rules, onRemoved }: RulesProps) {
  const [removing, setRemoving] = useState<Rule | null>(null)
  const remove = useAction(async (rule: Rule) => {
    await call('DELETE /api/projects/:project/origins/:id', { project, id: rule.id })
    await onRemoved()
    setRemoving(null)
    say(`${rule.rule} is removed.`)
  })
  return (
    <>
      <ul class="rows">
        {rules.map((rule) => (
          <li key={rule.id} class="row">
            <div class="row-words">
              <code class="main">{rule.rule}</code>
              <small>
                Added <When at={rule.createdAt} />
              </small>
            </div>
            <Expiry at={rule.expiresAt} />
            {may('origins.manage') && (
              <Button
                look="quiet"
                icon="trash"
                iconOnly
                label={`Remove ${rule.rule}`}
                onClick={() => setRemoving(rule)}
              >
                Remove
              </Button>
            )}
          </li>
        ))}
      </ul>
      {removing && (
        <Confirm
          title={`Remove ${removing.rule}?`}
          act="Remove domain"
          busy={remove.busy}
          error={remove.error === null ? '' : sentenceOf(remove.error)}
          onConfirm={() => remove.run(removing)}
          onClose={() => setRemoving(null)}
        >
          <p>Pages there are refused from their very next question, unless another rule admits them.</p>
        </Confirm>
      )}
    </>
  )
}

function Expiry({ at }: { at: string | null }) {
  if (at === null) return null
  return Date.parse(at) > Date.now() ? (
    <Badge tone="warning">
      Ends <When at={at} />
    </Badge>
  ) : (
    <Badge tone="bad">Has run out</Badge>
  )
}
