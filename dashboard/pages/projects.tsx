import { useEffect, useState } from 'preact/hooks'
import { useLocation } from 'preact-iso/router'
import { call } from '../api.ts'
import { fieldError, otherError, sentenceOf } from '../failure.ts'
import { useAction, useLoaded } from '../loaded.ts'
import { projectPaths } from '../paths.ts'
import { type ListedProject, loadProjects, projects } from '../projects-state.ts'
import { may } from '../session-state.ts'
import { useSlackReturn } from '../slack-return.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextField } from '../ui/field.tsx'
import { Form } from '../ui/form.tsx'
import { Icon } from '../ui/icon.tsx'
import { Empty, Notice } from '../ui/notice.tsx'
import { Page, Skeleton } from '../ui/page.tsx'
import { When } from '../ui/time.tsx'

export function Projects() {
  const loaded = useLoaded('projects', loadProjects)
  const [making, setMaking] = useState(false)
  const problem = useSlackReturn()
  const create = may('project.create') && (
    <Button look="primary" icon="add" onClick={() => setMaking(true)}>
      New project
    </Button>
  )
  const list = projects.value
  return (
    <Page
      title="Projects"
      lead="A project has its own docs, domains, keys and conversations."
      actions={list && list.length > 0 ? create : undefined}
    >
      {problem !== null && <Notice kind="error">{problem}</Notice>}
      {loaded.error !== null && <Notice kind="error">{sentenceOf(loaded.error)}</Notice>}
      {list === null ? loaded.error === null && <Skeleton rows={3} /> : <List projects={list} create={create} />}
      {making && <NewProject onClose={() => setMaking(false)} />}
    </Page>
  )
}

function List({ projects: list, create }: { projects: ListedProject[]; create: false | preact.VNode }) {
  if (list.length === 0)
    return create ? (
      <Empty title="Make your first project" action={create}>
        Give it the name of the product whose docs it answers from. Everything else follows step by step.
      </Empty>
    ) : (
      <Empty title="No project yet">
        You are not assigned to a project. Ask an owner of the organization to assign you to one.
      </Empty>
    )
  return (
    <ul class="cards">
      {list.map(({ id, name, createdAt }) => (
        <li key={id}>
          <a class="card" href={projectPaths(id).start}>
            <span class="initial" aria-hidden="true">
              {[...name][0]?.toUpperCase()}
            </span>
            <span class="card-words">
              <strong>{name}</strong>
              <small>
                Made <When at={createdAt} />
              </small>
            </span>
            <Icon name="chevron" />
          </a>
        </li>
      ))}
    </ul>
  )
}

function NewProject({ onClose }: { onClose(): void }) {
  const { route } = useLocation()
  const [name, setName] = useState('')
  const create = useAction(async () => {
    const { id } = await call('POST /api/projects', { body: { name } })
    await loadProjects()
    route(projectPaths(id).start)
  })
  useEffect(() => create.clear, [create.clear])
  return (
    <Dialog title="New project" onClose={onClose}>
      <Form onSubmit={create.run} error={otherError(create.error, ['name'])}>
        <TextField
          label="Name"
          hint="Visitors read it above the answers: usually the name of your product."
          value={name}
          onInput={setName}
          error={fieldError(create.error, 'name')}
          maxLength={100}
          autofocus
        />
        <div class="actions end">
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" busy={create.busy}>
            Make project
          </Button>
        </div>
      </Form>
    </Dialog>
  )
}
