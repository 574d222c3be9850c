import { useState } from 'preact/hooks'
import { useLocation, useRoute } from 'preact-iso/router'
import { call } from '../api.ts'
import type { AnswerOf } from '../calls.ts'
import { isRefusal, sentenceOf } from '../failure.ts'
import { useAction, useLoaded } from '../loaded.ts'
import { projectPaths } from '../paths.ts'
import { may } from '../session-state.ts'
import { say } from '../toast.ts'
import { Badge } from '../ui/badge.tsx'
import { Button, ButtonLink } from '../ui/button.tsx'
import { Confirm } from '../ui/dialog.tsx'
import { Markdown, Outward } from '../ui/markdown.tsx'
import { Empty, Notice } from '../ui/notice.tsx'
import { Page, Skeleton } from '../ui/page.tsx'
import { exactly } from '../ui/time.tsx'
import { CHANNEL_WORDS } from '../words.ts'

type Message = AnswerOf<'GET /api/projects/:project/conversations/:id'>['messages'][number]

export function Conversation() {
  const { project = '', thread = '' } = useRoute().params
  const back = projectPaths(project).conversations
  const conversation = useLoaded(`conversation ${thread}`, (signal) =>
    call('GET /api/projects/:project/conversations/:id', { project, id: thread, signal }),
  )
  const [removing, setRemoving] = useState(false)
  const { value, error } = conversation
  return (
    <Page
      title="Conversation"
      lead={value ? `Begun ${exactly(value.createdAt)}, ${value.origin ?? CHANNEL_WORDS[value.channel].from}` : ' '}
      actions={
        <>
          <ButtonLink href={back}>All conversations</ButtonLink>
          {value && may('conversations.delete') && (
            <Button icon="trash" onClick={() => setRemoving(true)}>
              Delete
            </Button>
          )}
        </>
      }
    >
      {isRefusal(error, 'not_found') && (
        <Empty title="There is no such conversation">It was deleted, by its visitor or by one of you.</Empty>
      )}
      {error !== null && !isRefusal(error, 'not_found') && <Notice kind="error">{sentenceOf(error)}</Notice>}
      {value === undefined && error === null && <Skeleton rows={4} />}
      <ol class="messages">
        {value?.messages.map((message) => (
          <MessageItem key={`${message.answerId} ${message.role}`} message={message} />
        ))}
      </ol>
      {removing && <Remove project={project} thread={thread} onClose={() => setRemoving(false)} />}
    </Page>
  )
}

function MessageItem({ message }: { message: Message }) {
  const { role, markdown, pageUrl, outcome, citations, feedback } = message
  if (role === 'visitor')
    return (
      <li class="message visitor">
        <p class="hint">Visitor{pageUrl && <PageOf url={pageUrl} />}</p>
        <p class="asked">{markdown}</p>
      </li>
    )
  return (
    <li class="message">
      <p class="hint">
        Answer {outcome === 'abstained' && <Badge tone="warning">Not in the docs</Badge>}{' '}
        {feedback && (
          <Badge tone={feedback.rating === 'up' ? 'good' : 'bad'}>
            {feedback.rating === 'up' ? 'Helpful' : 'Not helpful'}
          </Badge>
        )}
      </p>
      <Markdown text={markdown} />
      {citations && citations.length > 0 && (
        <p class="hint">Sources: {citations.map(({ n, title }) => `[${n}] ${title}`).join(' · ')}</p>
      )}
      {feedback && (feedback.comment !== null || feedback.reasons.length > 0) && (
        <blockquote>
          {feedback.reasons.join(', ')} {feedback.comment}
        </blockquote>
      )}
    </li>
  )
}

function PageOf({ url }: { url: string }) {
  return (
    <>
      {' on '}
      {/^https?:/.test(url) ? <Outward href={url}>{url}</Outward> : url}
    </>
  )
}

function Remove({ project, thread, onClose }: { project: string; thread: string; onClose(): void }) {
  const { route } = useLocation()
  const remove = useAction(async () => {
    await call('DELETE /api/projects/:project/conversations/:id', { project, id: thread })
    say('The conversation is deleted.')
    route(projectPaths(project).conversations, true)
  })
  return (
    <Confirm
      title="Delete this conversation?"
      act="Delete conversation"
      busy={remove.busy}
      error={remove.error === null ? '' : sentenceOf(remove.error)}
      onConfirm={remove.run}
      onClose={onClose}
    >
      <p>It is gone for good, with its ratings, and its visitor cannot go on with it.</p>
    </Confirm>
  )
}
