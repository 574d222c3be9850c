import type { SiteStyle } from '#edge/rules/passage.ts'
import { peekFrontMatter } from '#edge/sources/document/front-matter.ts'
import { nameFromPath } from '#edge/sources/document/read-document.ts'
import { isUnpublished, pagePath } from '#edge/sources/document/site-style.ts'

/** One page of the local docs site. */
export interface ManifestEntry {
  /** The document's path in its folder. */
  path: string
  /** The page's path on the site, percent-encoded, beginning with `/`. */
  address: string
  title: string
}

export type Manifest = readonly ManifestEntry[]

/** The site's pages in the order of their paths. Cheap: only front matter and first lines are looked at. */
export function listPages(documents: Iterable<{ path: string; content: string }>, style: SiteStyle): Manifest {
  const entries: ManifestEntry[] = []
  for (const { path, content } of documents) {
    const front = peekFrontMatter(content)
    if (isUnpublished(path, style, front.unpublished)) continue
    const title = front.title ?? firstTitle(content) ?? nameFromPath(path)
    entries.push({ path, address: pagePath(path, style, front), title })
  }
  return entries.sort((left, right) => (left.path < right.path ? -1 : 1))
}

/** Good enough for a list of links: the page itself shows what the parser finds. */
function firstTitle(content: string): string | null {
  const [, markdown, html] = /^#[ \t]+(.+?)[ \t#]*$|<title>([^<]+)<\/title>/m.exec(content) ?? []
  const title = (markdown ?? html)?.replace(/[`*]|\{#[^}]*\}|<[^>]*>/g, '').trim()
  return title ? title : null
}

/**
 * The document that a path on the site means, or null. Forgiving as docs hosts are: with or without `.html`, `.md`, trailing
 * slash or `index`, and under a folder the site is mounted at (`/en/guides/x/` for `guides/x.mdx`).
 */
export function pathForAddress(address: string, manifest: Manifest): string | null {
  const pages = pagesByAddress(manifest)
  let rest = canonical(address)
  while (true) {
    const found = pages.get(rest)
    if (found !== undefined) return found
    const next = rest.indexOf('/', 1)
    if (next < 0) return null
    rest = rest.slice(next)
  }
}

const indexes = new WeakMap<Manifest, Map<string, string>>()

function pagesByAddress(manifest: Manifest): Map<string, string> {
  let pages = indexes.get(manifest)
  if (pages === undefined) {
    pages = new Map()
    for (const { path, address } of manifest) {
      for (const key of [canonical(address), canonical(`/${encodeURI(path.toWellFormed())}`)])
        if (!pages.has(key)) pages.set(key, path)
    }
    indexes.set(manifest, pages)
  }
  return pages
}

function canonical(address: string): string {
  const path = address.replace(/[?#].*$/s, '').replace(/\/+$/, '')
  const bare = path.replace(/\.(?:html?|mdx?|txt)$/i, '').replace(/\/(?:index|readme)$/i, '')
  try {
    return decodeURIComponent(bare) || '/'
  } catch {
    return bare || '/'
  }
}
