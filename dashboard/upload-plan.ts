/** What is known of a file before it is read. */
export interface OfferedFile {
  /** Inside the folder that was dropped, with its name; the bare name for a single file. */
  path: string
  size: number
}

export interface Rejected {
  path: string
  reason: string
}

/** As the server reads them; more would be refused there. */
export const MAX_FILE_BYTES = 2 * 1024 * 1024
const MAX_PATH = 500
const KINDS = /\.(?:mdx?|html?|txt)$/i
/** Nobody means these when dropping a whole folder, so they are left out without a word each. */
const NOISE = /(?:^|\/)(?:\.[^/]*|node_modules|__MACOSX)(?:\/|$)|(?:^|\/)(?:thumbs\.db|desktop\.ini)$/i

export interface UploadPlan<File extends OfferedFile> {
  accepted: File[]
  rejected: Rejected[]
  /** Images and the like, which a folder of docs has many of. */
  ignored: number
}

/** Which of the files are documents. A file of a kind that we do not read is named only when it was picked by itself. */
export function planUpload<File extends OfferedFile>(files: readonly File[]): UploadPlan<File> {
  const plan: UploadPlan<File> = { accepted: [], rejected: [], ignored: 0 }
  const seen = new Set<string>()
  for (const file of files) {
    const reason = reasonAgainst(file, seen)
    seen.add(file.path)
    if (reason === null) plan.accepted.push(file)
    else if (reason === 'noise') plan.ignored += 1
    else plan.rejected.push({ path: file.path, reason })
  }
  return plan
}

function reasonAgainst({ path, size }: OfferedFile, seen: ReadonlySet<string>): string | null {
  if (NOISE.test(path)) return 'noise'
  if (!KINDS.test(path)) return path.includes('/') ? 'noise' : 'Only .md, .mdx, .html and .txt files are read.'
  if (path.length > MAX_PATH) return `Its path is longer than ${MAX_PATH} characters.`
  if (/[\\\p{Cc}]/u.test(path)) return 'Its path has a backslash or a control character.'
  if (seen.has(path)) return 'Another file of this path was added just before.'
  if (size === 0) return 'It is empty.'
  return size > MAX_FILE_BYTES ? 'It is larger than 2 MB: split it into several pages.' : null
}
