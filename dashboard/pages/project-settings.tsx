import { useState } from 'preact/hooks'
import { useLocation, useRoute } from 'preact-iso/router'
import { call } from '../api.ts'
import { sentenceOf } from '../failure.ts'
import { useAction, useLoaded } from '../loaded.ts'
import { GiveUp } from '../parts/give-up.tsx'
import { Rename } from '../parts/rename.tsx'
import { TakeAway } from '../parts/take-away.tsx'
import { paths } from '../paths.ts'
import { loadProjects } from '../projects-state.ts'
import { may } from '../session-state.ts'
import { say } from '../toast.ts'
import { Button } from '../ui/button.tsx'
import { Copy } from '../ui/copy.tsx'
import { TextField } from '../ui/field.tsx'
import { Form } from '../ui/form.tsx'
import { Notice } from '../ui/notice.tsx'
import { Page, Section, Skeleton } from '../ui/page.tsx'

export function ProjectSettings() {
  const { project = '' } = useRoute().params
  const loaded = useLoaded(`settings ${project}`, async (signal) => {
    const [about, limits] = await Promise.all([
      call('GET /api/projects/:project', { project, signal }),
      call('GET /api/projects/:project/limits', { project, signal }),
    ])
    return { about, limits }
  })
  const { value, error } = loaded
  const rename = async (name: string) => {
    await call('PATCH /api/projects/:project', { project, body: { name } })
    await loadProjects()
    say('Renamed. Your pages show it within seconds.')
  }
  return (
    <Page title="Settings" lead="Of this project.">
      {error !== null && <Notice kind="error">{sentenceOf(error)}</Notice>}
      {value === undefined && error === null && <Skeleton rows={5} />}
      {value && (
        <>
          <Rename lead="Visitors read it above the answers." name={value.about.name} onRename={rename} />
          <Quota project={project} {...value.limits} onSaved={loaded.reload} />
          <Section title="Id" lead="For the management API and for whoever helps you.">
            <Copy text={project} what="the id" />
          </Section>
          <Leaving project={project} name={value.about.name} />
        </>
      )}
    </Page>
  )
}

interface QuotaProps {
  project: string
  answersPerDay: number
  defaults: { answersPerDay: number }
  onSaved(): Promise<void>
}

function Leaving({ project, name }: { project: string; name: string }) {
  const { route } = useLocation()
  const remove = async (confirm: string) => {
    await call('DELETE /api/projects/:project', { project, body: { confirm } })
    await loadProjects()
    route(paths.home, true)
    say(`${name} is deleted.`)
  }
  return (
    <Section title="Take away or give up" lead="Settings, documents and conversations, without any secret.">
      <div class="actions">
        {may('project.export') && (
          <TakeAway
            file={`pernoex-${project}.json`}
            load={() => call('GET /api/projects/:project/export', { project })}
          />
        )}
        {may('project.delete') && (
          <GiveUp
            act="Delete project"
            name={name}
            of="name of the project"
            consequence="Its documents, keys and conversations are gone, and its widgets answer nobody from the very next question on."
            onConfirm={remove}
          />
        )}
      </div>
    </Section>
  )
}

/** The breaker against a bill that strangers run up. */
function Quota({ project, answersPerDay, defaults, onSaved }: QuotaProps) {
  const [typed, setTyped] = useState(String(answersPerDay))
  const save = useAction(async (value: number | null) => {
    await call('PUT /api/projects/:project/limits', { project, body: { answersPerDay: value } })
    setTyped(String(value ?? defaults.answersPerDay))
    await onSaved()
    say('Saved: it holds from the very next answer on.')
  })
  const number = typed.trim() === '' ? Number.NaN : Number(typed)
  return (
    <Section
      title="Answers a day"
      lead="When they are used up, visitors read that they should come back tomorrow (midnight UTC). 0 stops answering."
    >
      <Form onSubmit={() => save.run(number)} error={save.error === null ? '' : sentenceOf(save.error)}>
        <div class="inline-form">
          <TextField label="At most" value={typed} onInput={setTyped} type="number" min="0" inputMode="numeric" />
          <Button type="submit" busy={save.busy} disabled={Number.isNaN(number)}>
            Save
          </Button>
        </div>
      </Form>
      {answersPerDay !== defaults.answersPerDay && (
        <p class="after">
          <button type="button" class="link" onClick={() => save.run(null)}>
            Back to the default of {defaults.answersPerDay.toLocaleString('en')}
          </button>
        </p>
      )}
    </Section>
  )
}
