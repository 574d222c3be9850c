import { useState } from 'preact/hooks'
import { useRoute } from 'preact-iso/router'
import { call } from '../api.ts'
import type { AnswerOf } from '../calls.ts'
import { otherError } from '../failure.ts'
import { useAction } from '../loaded.ts'
import { Behind } from '../parts/behind-answer.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { Form } from '../ui/form.tsx'
import { Markdown, Outward } from '../ui/markdown.tsx'
import { Empty } from '../ui/notice.tsx'
import { Page, Section } from '../ui/page.tsx'

type Tried = AnswerOf<'POST /api/projects/:project/playground'> & { question: string }

/** What a visitor would read, and why. */
export function Playground() {
  const { project = '' } = useRoute().params
  const [question, setQuestion] = useState('')
  const [tried, setTried] = useState<Tried | null>(null)
  const ask = useAction(async () => {
    const answer = await call('POST /api/projects/:project/playground', { project, body: { question } })
    setTried({ ...answer, question })
  })
  return (
    <Page
      title="Playground"
      lead="Ask as a visitor would, and see what the answer was made from. It costs no quota and is stored nowhere."
    >
      <Section title="Question">
        <Form onSubmit={ask.run} error={otherError(ask.error, [])}>
          <div class="inline-form">
            <TextField
              label="What does a visitor want to know?"
              value={question}
              onInput={setQuestion}
              maxLength={2000}
            />
            <Button look="primary" type="submit" busy={ask.busy}>
              Ask
            </Button>
          </div>
        </Form>
      </Section>
      {tried === null ? (
        <Empty title="Nothing asked yet">Take a question that your support was asked this week.</Empty>
      ) : (
        <div aria-live="polite">
          <Answer tried={tried} />
          <Behind tried={tried} />
        </div>
      )}
    </Page>
  )
}

function Answer({ tried: { question, outcome, markdown, citations } }: { tried: Tried }) {
  const isAnswered = outcome === 'answered'
  return (
    <Section
      title={question}
      actions={<Badge tone={isAnswered ? 'good' : 'warning'}>{isAnswered ? 'Answered' : 'Not in the docs'}</Badge>}
    >
      {isAnswered ? (
        <Markdown text={markdown} />
      ) : (
        <p>A visitor reads that the docs do not say it. If they should, the words below show what is missing.</p>
      )}
      {citations.length > 0 && (
        <ol class="sources">
          {citations.map(({ n, title, headings, url, quote }) => (
            <li key={n}>
              <p>
                <strong>
                  [{n}] {/^https?:/.test(url) ? <Outward href={url}>{title}</Outward> : title}
                </strong>{' '}
                <span class="hint">{headings.join(' › ')}</span>
              </p>
              <blockquote>{quote}</blockquote>
            </li>
          ))}
        </ol>
      )}
    </Section>
  )
}
