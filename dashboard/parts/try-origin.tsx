import { useState } from 'preact/hooks'
import { call } from '../api.ts'
import type { AnswerOf } from '../calls.ts'
import { explainSentence, originOf } from '../explain-words.ts'
import { otherError } from '../failure.ts'
import { useAction } from '../loaded.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { Form } from '../ui/form.tsx'
import { Notice } from '../ui/notice.tsx'

type Verdict = AnswerOf<'POST /api/projects/:project/origins/explain'> & { origin: string }

export function TryOrigin({ project }: { project: string }) {
  const [typed, setTyped] = useState('')
  const [verdict, setVerdict] = useState<Verdict | null>(null)
  const ask = useAction(async () => {
    const origin = originOf(typed) ?? typed.trim()
    const answer = await call('POST /api/projects/:project/origins/explain', { project, body: { origin } })
    setVerdict({ ...answer, origin })
  })
  return (
    <>
      <Form onSubmit={ask.run} error={otherError(ask.error, [])}>
        <div class="inline-form">
          <TextField
            label="Origin or address of a page"
            value={typed}
            onInput={(value) => {
              setTyped(value)
              setVerdict(null)
            }}
            placeholder="https://docs.example.com"
            autocomplete="off"
            mono
          />
          <Button type="submit" busy={ask.busy}>
            Try
          </Button>
        </div>
      </Form>
      {verdict && (
        <Notice kind={verdict.allowed ? 'good' : 'warning'} title={verdict.origin}>
          {explainSentence(verdict, verdict.origin)}
        </Notice>
      )}
    </>
  )
}
