import { call } from '../api.ts'
import { sentenceOf } from '../failure.ts'
import { useLoaded } from '../loaded.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Outward } from '../ui/markdown.tsx'
import { Notice } from '../ui/notice.tsx'
import { Skeleton } from '../ui/page.tsx'

/** One document as it was understood: the passages that answers quote from. */
export function DocumentDialog({ project, id, onClose }: { project: string; id: string; onClose(): void }) {
  const document = useLoaded(`document ${id}`, (signal) =>
    call('GET /api/projects/:project/documents/:id', { project, id, signal }),
  )
  return (
    <Dialog title={document.value?.title || document.value?.path || 'Document'} onClose={onClose} wide>
      {document.error !== null && <Notice kind="error">{sentenceOf(document.error)}</Notice>}
      {document.value === undefined && document.error === null && <Skeleton rows={4} />}
      {document.value?.reason && <Notice kind="error">{document.value.reason}</Notice>}
      <ol class="passages">
        {document.value?.passages.map(({ id: passage, headings, url, text }) => (
          <li key={passage}>
            <p class="hint">
              {headings.join(' › ') || 'Opening'}
              {/^https?:/.test(url) && (
                <>
                  {' · '}
                  <Outward href={url}>Open the page</Outward>
                </>
              )}
            </p>
            <p class="passage">{text}</p>
          </li>
        ))}
      </ol>
    </Dialog>
  )
}
