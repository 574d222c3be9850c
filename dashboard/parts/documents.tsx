import { useEffect, useState } from 'preact/hooks'
import { call } from '../api.ts'
import type { AnswerOf } from '../calls.ts'
import { sentenceOf } from '../failure.ts'
import { useAction, useList, useSettled } from '../loaded.ts'
import { may } from '../session-state.ts'
import { say } from '../toast.ts'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Confirm } from '../ui/dialog.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { Empty } from '../ui/notice.tsx'
import { When } from '../ui/time.tsx'
import { count } from '../words.ts'
import { DocumentDialog } from './document-dialog.tsx'
import { Listed } from './listed.tsx'

type Document = AnswerOf<'GET /api/projects/:project/documents'>['items'][number]
type State = 'all' | 'ready' | 'failed'

interface DocumentsProps {
  project: string
  /** Changes when there is something new to be listed. */
  version: number
  onChanged(): void
}

export function Documents({ project, version, onChanged }: DocumentsProps) {
  const [typed, setTyped] = useState('')
  const [state, setState] = useState<State>('all')
  const [open, setOpen] = useState<{ what: 'read' | 'remove'; document: Document } | null>(null)
  const text = useSettled(typed.trim())
  const documents = useList(`documents ${project} ${state} ${text}`, (cursor, signal) => {
    const query = { cursor, text, state: state === 'all' ? undefined : state }
    return call('GET /api/projects/:project/documents', { project, query, signal })
  })
  useEffect(() => {
    if (version > 0) documents.reload()
  }, [version])
  const remove = useAction(async ({ id, path }: Document) => {
    await call('DELETE /api/projects/:project/documents/:id', { project, id })
    await documents.reload()
    onChanged()
    setOpen(null)
    say(`${path} is removed.`)
  })
  const isFiltered = text !== '' || state !== 'all'
  return (
    <>
      <div class="filters">
        <TextField label="Find" type="search" placeholder="Part of a path or title" value={typed} onInput={setTyped} />
        <SelectField label="Show" value={state} options={STATES} onInput={setState} />
      </div>
      <Listed list={documents} empty={isFiltered ? NO_MATCH : NONE}>
        {(items) => (
          <ul class="rows">
            {items.map((document) => (
              <Row
                key={document.id}
                document={document}
                onRead={() => setOpen({ what: 'read', document })}
                onRemove={() => setOpen({ what: 'remove', document })}
              />
            ))}
          </ul>
        )}
      </Listed>
      {open?.what === 'read' && (
        <DocumentDialog project={project} id={open.document.id} onClose={() => setOpen(null)} />
      )}
      {open?.what === 'remove' && (
        <Confirm
          title="Remove this document?"
          act="Remove document"
          busy={remove.busy}
          error={remove.error === null ? '' : sentenceOf(remove.error)}
          onConfirm={() => remove.run(open.document)}
          onClose={() => setOpen(null)}
        >
          <p>
            No answer is made from <code>{open.document.path}</code> any more, from the very next question on. Add the
            file again to bring it back.
          </p>
        </Confirm>
      )}
    </>
  )
}

const STATES = [
  { value: 'all', label: 'All documents' },
  { value: 'ready', label: 'Read' },
  { value: 'failed', label: 'Could not be read' },
] as const
const NONE = <Empty title="No documents yet">Drop your docs above; each file appears here as soon as it is read.</Empty>
const NO_MATCH = <Empty title="No document matches">Type less, or show all documents.</Empty>

function Row({ document, onRead, onRemove }: { document: Document; onRead(): void; onRemove(): void }) {
  const { title, path, state, reason, passageCount, updatedAt } = document
  return (
    <li class="row">
      <div class="row-words">
        <button type="button" class="link main" onClick={onRead}>
          {title || path}
        </button>
        <small>
          {path} · read <When at={updatedAt} />
          {reason && <span class="error"> · {reason}</span>}
        </small>
      </div>
      {state === 'failed' ? <Badge tone="bad">Failed</Badge> : <Badge>{count(passageCount, 'passage')}</Badge>}
      {may('knowledge.write') && (
        <Button look="quiet" icon="trash" iconOnly label={`Remove ${path}`} onClick={onRemove}>
          Remove
        </Button>
      )}
    </li>
  )
}
