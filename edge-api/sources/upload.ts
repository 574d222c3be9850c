import type { ListedDocument, Source } from './source.ts'

/** UTF-16 code units; longer than any file system's, shorter than a database index's limit. */
const MAX_PATH_LENGTH = 1000

/**
 * Documents handed over with their text. Paths are normalised (`./a//b.md` is `a/b.md`); one that is no relative path, or
 * that climbs out of its folder, is listed with its reason instead. Of two with the same path the first stands.
 */
export function upload(documents: Iterable<ListedDocument>, { complete }: { complete: boolean }): Source {
  return { documents: vetted(documents), complete }
}

function* vetted(documents: Iterable<ListedDocument>): Iterable<ListedDocument> {
  const seen = new Set<string>()
  for (const document of documents) {
    const path = normalisePath(document.path)
    // A path that cannot be stored can still be shown: cut, and without what a terminal would obey.
    if (path === null) yield { path: printable(document.path), reason: 'its path is not a relative file path' }
    else if (seen.has(path)) continue
    else yield { ...document, path }
    if (path !== null) seen.add(path)
  }
}

/** Null for what is empty, too long, absolute, leads upwards, or holds control characters. */
export function normalisePath(path: string): string | null {
  if (path.length > MAX_PATH_LENGTH || !path.isWellFormed() || /\p{Cc}/u.test(path)) return null
  if (/^(?:[/\\]|[a-z]:)/i.test(path)) return null
  const segments = path
    .replaceAll('\\', '/')
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.')
  return segments.length === 0 || segments.includes('..') ? null : segments.join('/')
}

function printable(path: string): string {
  return (
    path
      .slice(0, 200)
      .toWellFormed()
      .replace(/\p{Cc}/gu, '\uFFFD') || '(no path)'
  )
}
