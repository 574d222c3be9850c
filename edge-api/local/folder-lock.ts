import { linkSync, mkdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Another running process holds the data folder; PGlite has no lock of its own, and two writers corrupt it. */
export class DataFolderInUse extends Error {
  readonly folder: string
  readonly pid: number
  constructor(folder: string, pid: number) {
    super(`The data folder ${folder} is in use by process ${pid}. Stop that one first, or choose another with --data.`)
    this.name = 'DataFolderInUse'
    this.folder = folder
    this.pid = pid
  }
}

/**
 * Takes `<folder>.pid` for this process and returns its release. A lock whose process is gone, or whose number now
 * belongs to a later process, is stale and replaced.
 */
export function lockFolder(folder: string): () => void {
  const path = `${folder}.pid`
  const mine = `${process.pid} ${startTime(process.pid)}\n`
  mkdirSync(dirname(folder), { recursive: true })
  const draft = `${path}.${process.pid}`
  // Written aside and linked: whoever sees the lock sees it whole.
  writeFileSync(draft, mine)
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        linkSync(draft, path)
        break
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 2) throw error
        const holder = readHolder(path)
        if (holder !== null) throw new DataFolderInUse(folder, holder)
        rmSync(path, { force: true })
      }
    }
  } finally {
    unlinkSync(draft)
  }
  return () => {
    if (readText(path) === mine) rmSync(path, { force: true })
  }
}

/** The living process that holds the lock, or null when it is stale. */
function readHolder(path: string): number | null {
  const [number = '', started = ''] = (readText(path) ?? '').trim().split(' ')
  const pid = Number(number)
  if (!Number.isInteger(pid) || pid <= 0) return null
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return null
  }
  return startTime(pid) === started ? pid : null
}

/** Clock ticks from boot to the process's start, where the system tells (Linux); `-` elsewhere. */
function startTime(pid: number): string {
  const stat = readText(`/proc/${pid}/stat`)
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '-'
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
