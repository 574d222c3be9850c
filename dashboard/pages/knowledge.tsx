import { useEffect, useState } from 'preact/hooks'
import { useRoute } from 'preact-iso/router'
import { call } from '../api.ts'
import { useLoaded } from '../loaded.ts'
import { Documents } from '../parts/documents.tsx'
import { DropZone } from '../parts/drop-zone.tsx'
import { PublishedAt } from '../parts/published-at.tsx'
import { UploadProgress } from '../parts/upload-progress.tsx'
import { may } from '../session-state.ts'
import { Page, Section } from '../ui/page.tsx'
import { startUpload, upload } from '../upload.ts'
import { count } from '../words.ts'

export function Knowledge() {
  const { project = '' } = useRoute().params
  const about = useLoaded(`about ${project}`, (signal) => call('GET /api/projects/:project', { project, signal }))
  const [version, setVersion] = useState(0)
  const current = upload.value?.project === project ? upload.value : null
  const busy = upload.value !== null && upload.value.state !== 'done'
  useEffect(() => {
    if (current?.state !== 'done') return
    setVersion((before) => before + 1)
    about.reload()
  }, [current?.state])
  return (
    <Page title="Knowledge" lead="What answers are made from. A visitor reads nothing that is not in these documents.">
      {may('knowledge.write') && (
        <Section title="Add documents">
          <DropZone busy={busy} onFiles={(files) => startUpload(project, files)} />
          {current && <UploadProgress upload={current} />}
        </Section>
      )}
      {may('knowledge.write') && <PublishedAt project={project} />}
      <Section title="Documents" lead={about.value ? knownInWords(about.value.knowledge) : ' '}>
        <Documents project={project} version={version} onChanged={about.reload} />
      </Section>
    </Page>
  )
}

function knownInWords({
  documents,
  failed,
  passages,
}: {
  documents: number
  failed: number
  passages: number
}): string {
  const known = `${count(documents, 'document')}, ${count(passages, 'passage')}`
  return failed === 0 ? known : `${known}; ${count(failed, 'document')} could not be read`
}
