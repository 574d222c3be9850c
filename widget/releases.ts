/**
 * What the edge host serves beside the newest widget: earlier ones, so that a page which pinned one keeps it. Their files
 * are immutable, named after their content, and every name comes with its integrity value.
 */
export interface BuiltFile {
  /** Path below the edge host, without a leading slash. */
  file: string
  bytes: number
  gzip: number
  /** Subresource Integrity value. */
  integrity: string
}

export interface Release {
  /** Version of the package and content of the files: `0.1.0-3f9a1c2b`. */
  id: string
  /** What a pinned script tag names. */
  loader: BuiltFile
  /** What a pinned script tag of `<pernoex-widget>` names. */
  element: BuiltFile
  panel: BuiltFile
  answer: BuiltFile
  /** By language; English is in the panel. */
  words: Record<string, BuiltFile>
}

export interface WidgetManifest extends Release {
  /** Newest first; the first is the one described above, unless `widget.js` was rolled back. */
  releases: Release[]
  /** The release that `widget.js` is a copy of. */
  channel: string
  /** Digest of everything the files were made from. */
  inputs: string
}

/** Older ones than this are dropped from the host. */
const MOST_RELEASES = 50

export function filesOf({ loader, element, panel, answer, words }: Release): BuiltFile[] {
  return [loader, element, panel, answer, ...Object.values(words)]
}

/** Puts a release before the earlier ones; building the same again adds nothing. */
export function addRelease(release: Release, earlier: readonly Release[]): Release[] {
  return [release, ...earlier.filter(({ id }) => id !== release.id)].slice(0, MOST_RELEASES)
}

/** The release that a roll-back asks for; throws a sentence that names those there are. */
export function findRelease(releases: readonly Release[], id: string): Release {
  const found = releases.find((release) => release.id === id)
  if (!found)
    throw new Error(`There is no release ${id}. There are: ${releases.map((release) => release.id).join(', ')}.`)
  return found
}
