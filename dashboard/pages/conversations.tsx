import { useState } from 'preact/hooks'
import { useRoute } from 'preact-iso/router'
import { CHANNELS, type Channel } from '#shared/channel.ts'
import { call } from '../api.ts'
import type { AnswerOf } from '../calls.ts'
import { useList, useSettled } from '../loaded.ts'
import { Listed } from '../parts/listed.tsx'
import { projectPaths } from '../paths.ts'
import { Badge } from '../ui/badge.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { Empty } from '../ui/notice.tsx'
import { Page, Section } from '../ui/page.tsx'
import { When } from '../ui/time.tsx'
import { CHANNEL_WORDS, count } from '../words.ts'

type Conversation = AnswerOf<'GET /api/projects/:project/conversations'>['items'][number]

const OUTCOMES = [
  { value: 'all', label: 'All answers' },
  { value: 'answered', label: 'Answered' },
  { value: 'abstained', label: 'Not in the docs' },
] as const
const RATINGS = [
  { value: 'all', label: 'All ratings' },
  { value: 'up', label: 'Helpful' },
  { value: 'down', label: 'Not helpful' },
] as const

const PLACES: { value: 'all' | Channel; label: string }[] = [
  { value: 'all', label: 'Everywhere' },
  ...CHANNELS.map((value) => ({ value, label: CHANNEL_WORDS[value].name })),
]

export function Conversations() {
  const { project = '' } = useRoute().params
  const [typed, setTyped] = useState('')
  const [outcome, setOutcome] = useState<(typeof OUTCOMES)[number]['value']>('all')
  const [rating, setRating] = useState<(typeof RATINGS)[number]['value']>('all')
  const [place, setPlace] = useState<(typeof PLACES)[number]['value']>('all')
  const text = useSettled(typed.trim())
  const key = `conversations ${project} ${outcome} ${rating} ${place} ${text}`
  const conversations = useList(key, (cursor, signal) => {
    const query = { cursor, text, outcome: chosen(outcome), rating: chosen(rating), channel: chosen(place) }
    return call('GET /api/projects/:project/conversations', { project, query, signal })
  })
  const isFiltered = text !== '' || outcome !== 'all' || rating !== 'all' || place !== 'all'
  return (
    <Page
      title="Conversations"
      lead="What visitors asked, what they were answered, and whether it helped. The latest first."
    >
      <Section title="All conversations">
        <div class="filters four">
          <TextField label="Find" type="search" placeholder="Part of a question" value={typed} onInput={setTyped} />
          <SelectField label="Answer" value={outcome} options={OUTCOMES} onInput={setOutcome} />
          <SelectField label="Rating" value={rating} options={RATINGS} onInput={setRating} />
          <SelectField label="Asked" value={place} options={PLACES} onInput={setPlace} />
        </div>
        <Listed list={conversations} empty={isFiltered ? NO_MATCH : NONE}>
          {(items) => (
            <ul class="rows">
              {items.map((conversation) => (
                <Row key={conversation.id} project={project} conversation={conversation} />
              ))}
            </ul>
          )}
        </Listed>
      </Section>
    </Page>
  )
}

const NONE = (
  <Empty title="Nobody has asked yet">
    As soon as a visitor asks on one of your pages, their question appears here.
  </Empty>
)
const NO_MATCH = <Empty title="No conversation matches">Type less, or show all of them.</Empty>

function chosen(value: string): string | undefined {
  return value === 'all' ? undefined : value
}

function Row({ project, conversation }: { project: string; conversation: Conversation }) {
  const { id, question, createdAt, channel, origin, questions, abstained, up, down } = conversation
  return (
    <li class="row">
      <div class="row-words">
        <a class="main" href={projectPaths(project).conversation(id)}>
          {question}
        </a>
        <small>
          <When at={createdAt} /> · {origin ?? CHANNEL_WORDS[channel].from}
          {questions > 1 && ` · ${count(questions, 'question')}`}
        </small>
      </div>
      {abstained > 0 && <Badge tone="warning">Not in the docs</Badge>}
      {up > 0 && <Badge tone="good">Helpful</Badge>}
      {down > 0 && <Badge tone="bad">Not helpful</Badge>}
    </li>
  )
}
