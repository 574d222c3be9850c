import { Notice } from '../ui/notice.tsx'
import { Progress } from '../ui/progress.tsx'
import type { Job, Upload } from '../upload.ts'
import type { Rejected } from '../upload-plan.ts'
import { count } from '../words.ts'

const SHOWN = 100

/** How far an upload is, and what became of it. */
export function UploadProgress({ upload }: { upload: Upload }) {
  const { state, sent, total, pausedSeconds, jobs } = upload
  const known = Object.values(jobs).filter((job) => job !== null)
  const failed = [...upload.failed, ...known.flatMap((job) => job.failed)]
  return (
    <div class="upload">
      {state === 'sending' && <Progress label="Sending" done={sent} total={total} />}
      {pausedSeconds !== null && (
        <p class="hint">That was much at once: it goes on by itself in {count(pausedSeconds, 'second')}.</p>
      )}
      {state === 'reading' && <Progress label="Reading" done={sum(known, 'done')} total={sum(known, 'total')} />}
      {state === 'done' && <Outcome upload={upload} jobs={known} failed={failed.length} />}
      {failed.length > 0 && <Failures failed={failed} />}
    </div>
  )
}

function Outcome({
  upload: { total, ignored, failed: unsent },
  jobs,
  failed,
}: {
  upload: Upload
  jobs: Job[]
  failed: number
}) {
  if (total === 0)
    return (
      <Notice kind="warning" title="Nothing to read was among them">
        Only files that end in .md, .mdx, .html or .txt are read.
      </Notice>
    )
  const taken = sum(jobs, 'total')
  const read = sum(jobs, 'done') - (failed - unsent.length)
  const unchanged = Math.max(0, total - unsent.length - taken)
  const parts = [
    read > 0 ? `${count(read, 'document')} read, ${count(sum(jobs, 'passages'), 'passage')} made of them.` : '',
    unchanged > 0 ? `${count(unchanged, 'document')} had not changed.` : '',
    ignored > 0 ? `${count(ignored, 'other file')} left out.` : '',
  ]
  return (
    <Notice
      kind={failed > 0 ? 'warning' : 'good'}
      title={failed > 0 ? `${count(failed, 'file')} could not be read` : 'Done'}
    >
      {parts.filter(Boolean).join(' ')}
    </Notice>
  )
}

function Failures({ failed }: { failed: Rejected[] }) {
  return (
    <ul class="rows small" aria-label="Could not be read">
      {failed.slice(0, SHOWN).map(({ path, reason }) => (
        <li key={path} class="row">
          <div class="row-words">
            <code class="main">{path}</code>
            <small>{reason}</small>
          </div>
        </li>
      ))}
      {failed.length > SHOWN && <li class="row">… and {count(failed.length - SHOWN, 'more', 'more')}.</li>}
    </ul>
  )
}

function sum(jobs: Job[], part: 'done' | 'total' | 'passages'): number {
  return jobs.reduce((total, job) => total + job[part], 0)
}
