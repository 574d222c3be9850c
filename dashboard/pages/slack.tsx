import { useState } from 'preact/hooks'
import { useRoute } from 'preact-iso/router'
import { call } from '../api.ts'
import type { AnswerOf } from '../calls.ts'
import { sentenceOf } from '../failure.ts'
import { useAction, useLoaded } from '../loaded.ts'
import { may } from '../session-state.ts'
import { useSlackReturn } from '../slack-return.ts'
import { say } from '../toast.ts'
import { Button } from '../ui/button.tsx'
import { Confirm } from '../ui/dialog.tsx'
import { Empty, Notice } from '../ui/notice.tsx'
import { Page, Section, Skeleton } from '../ui/page.tsx'
import { When } from '../ui/time.tsx'

type Workspace = AnswerOf<'GET /api/projects/:project/slack'>['items'][number]

/** The workspaces that the project answers in. */
export function Slack() {
  const { project = '' } = useRoute().params
  const [ending, setEnding] = useState<Workspace | null>(null)
  const state = useLoaded(`slack ${project}`, (signal) => call('GET /api/projects/:project/slack', { project, signal }))
  const problem = useSlackReturn()
  const connect = useAction(async () => {
    const { url } = await call('POST /api/projects/:project/slack', { project })
    location.assign(url)
    await new Promise(() => {})
  })
  const { value, error } = state
  const mayConnect = may('webhooks.manage') && value?.configured
  return (
    <Page
      title="Slack"
      lead="Whoever mentions the app, writes to it, or types its command is answered from this project’s documentation."
      actions={
        mayConnect && (
          <Button look="primary" icon="add" busy={connect.busy} onClick={() => connect.run()}>
            Connect a workspace
          </Button>
        )
      }
    >
      {problem !== null && <Notice kind="error">{problem}</Notice>}
      {[error, connect.error].map((failure) => failure !== null && <Notice kind="error">{sentenceOf(failure)}</Notice>)}
      {value?.configured === false && (
        <Notice kind="warning" title="Slack is not set up here">
          Whoever runs this Pernoex has to make an app at Slack first. The handbook’s page “Slack” tells how.
        </Notice>
      )}
      <Section title="Workspaces" lead="A workspace has one project, so that it is clear whose documentation answers.">
        {value === undefined && error === null && <Skeleton rows={2} />}
        {value?.items.length === 0 && (
          <Empty title="No workspace yet">
            The app hears what is said to it and nothing else. Once connected, invite it to a channel and mention it.
          </Empty>
        )}
        <ul class="rows">
          {value?.items.map((workspace) => (
            <li key={workspace.teamId} class="row">
              <div class="row-words">
                <strong class="main">{workspace.name}</strong>
                <small>
                  {workspace.teamId} · connected <When at={workspace.connectedAt} />
                </small>
              </div>
              {may('webhooks.manage') && (
                <Button label={`Disconnect ${workspace.name}`} onClick={() => setEnding(workspace)}>
                  Disconnect
                </Button>
              )}
            </li>
          ))}
        </ul>
      </Section>
      {ending && (
        <Disconnect project={project} workspace={ending} onGone={state.reload} onClose={() => setEnding(null)} />
      )}
    </Page>
  )
}

interface DisconnectProps {
  project: string
  workspace: Workspace
  onGone(): Promise<void>
  onClose(): void
}

function Disconnect({ project, workspace, onGone, onClose }: DisconnectProps) {
  const { teamId: team, name } = workspace
  const end = useAction(async () => {
    const { revoked } = await call('DELETE /api/projects/:project/slack/:team', { project, team })
    await onGone()
    say(
      revoked ? `${name} is disconnected.` : `${name} is disconnected. Slack could not be told: remove the app there.`,
    )
    onClose()
  })
  return (
    <Confirm
      title={`Disconnect ${name}?`}
      act="Disconnect"
      busy={end.busy}
      error={end.error === null ? '' : sentenceOf(end.error)}
      onConfirm={end.run}
      onClose={onClose}
    >
      <p>Nothing is answered there any more. What was asked stays under Conversations.</p>
    </Confirm>
  )
}
