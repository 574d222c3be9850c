import { useRoute } from 'preact-iso/router'
import { DropZone } from '../parts/drop-zone.tsx'
import { UploadProgress } from '../parts/upload-progress.tsx'
import { may } from '../session-state.ts'
import { Empty } from '../ui/notice.tsx'
import { Page, Section } from '../ui/page.tsx'
import { startUpload, upload } from '../upload.ts'

export function Knowledge() {
  const { project = '' } = useRoute().params
  const current = upload.value?.project === project ? upload.value : null
  const busy = upload.value !== null && upload.value.state !== 'done'
  return (
    <Page title="Knowledge" lead="What answers are made from. A visitor reads nothing that is not in these documents.">
      {may('knowledge.write') ? (
        <Section title="Add documents">
          <DropZone busy={busy} onFiles={(files) => startUpload(project, files)} />
          {current && <UploadProgress upload={current} />}
        </Section>
      ) : (
        <Empty title="Documents are added by admins">Ask an owner or admin of the organization to add some.</Empty>
      )}
    </Page>
  )
}
