import { slug as githubSlug } from 'github-slugger'
import type { SiteStyle } from '#edge/rules/passage.ts'

/** Where the documents are published. `url` null: nobody knows, so addresses begin with `/`. */
export interface Site {
  url: string | null
  style: SiteStyle
}

/** The parts of a page's front matter that move its address. */
export interface AddressHints {
  slug?: string | undefined
  id?: string | undefined
}

const MARKDOWN_FILE = /\.(?:md|mdx|markdown)$/i

export function isMarkdownPath(path: string): boolean {
  return MARKDOWN_FILE.test(path)
}

/**
 * The page's path on its site, percent-encoded, beginning with `/`.
 *
 * - github: the file's own path, so that a `…/blob/main` address as base gives the rendered file.
 * - vitepress: `guide/features.md` → `/guide/features.html`, `guide/index.md` → `/guide/`. `.html` is the generator's
 *   default, and the file that exists on every host; sites with clean URLs answer it too (or redirect, keeping the anchor).
 * - docusaurus: no extension and no trailing slash (its default); number prefixes, `index`, `README` and a file named as its
 *   folder are folded; `slug` and `id` of the front matter obeyed.
 * - starlight: each segment slugged, trailing slash; `slug` of the front matter obeyed.
 *
 * HTML and plain text files are served as they are, whatever the style.
 */
export function pagePath(path: string, style: SiteStyle, hints: AddressHints = {}): string {
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.')
  if (style === 'github' || !isMarkdownPath(path)) return encodePath(segments)
  const directories = segments.slice(0, -1)
  const file = (segments.at(-1) ?? '').replace(MARKDOWN_FILE, '')
  if (style === 'vitepress') return vitepressPath(directories, file)
  if (style === 'docusaurus') return docusaurusPath(directories, file, hints)
  return starlightPath(directories, file, hints)
}

function vitepressPath(directories: string[], file: string): string {
  if (file === 'index') return encodePath([...directories, ''])
  return encodePath([...directories, `${file}.html`])
}

function docusaurusPath(directories: string[], file: string, hints: AddressHints): string {
  const folders = directories.map(withoutNumberPrefix)
  if (hints.slug !== undefined) return joinPath(hints.slug.startsWith('/') ? [] : folders, hints.slug)
  const name = file.toLowerCase()
  const isFolderIndex = name === 'index' || name === 'readme' || name === directories.at(-1)?.toLowerCase()
  if (isFolderIndex) return encodePath([...folders, ''])
  return joinPath(folders, hints.id ?? withoutNumberPrefix(file))
}

/** `01-intro` and `1. intro` are ordered; `2021-11-news` and `7.0-notes` are dates and versions and stay. */
function withoutNumberPrefix(segment: string): string {
  if (/^\d+[-_.]\d+/.test(segment)) return segment
  return /^\d+\s*[-_.]+\s*([^-_.\s].*)$/.exec(segment)?.[1] ?? segment
}

function starlightPath(directories: string[], file: string, hints: AddressHints): string {
  const slug = hints.slug ?? [...directories, file].map((segment) => githubSlug(segment)).join('/')
  const segments = slug.split('/').filter((segment) => segment !== '')
  if (segments.at(-1) === 'index') segments.pop()
  return encodePath([...segments, ''])
}

function joinPath(folders: string[], slug: string): string {
  const segments = [...folders]
  const parts = slug.split('/')
  for (const part of parts) {
    if (part === '..') segments.pop()
    else if (part !== '' && part !== '.') segments.push(part)
  }
  return encodePath(slug.endsWith('/') && segments.length > 0 ? [...segments, ''] : segments)
}

function encodePath(segments: string[]): string {
  return `/${segments.map(encodeSegment).join('/')}`
}

function encodeSegment(segment: string): string {
  return encodeURI(segment.toWellFormed()).replaceAll('?', '%3F').replaceAll('#', '%23')
}

/** The page's address: absolute when the site's is known, else site-relative. */
export function pageAddress(path: string, site: Site, hints: AddressHints = {}): string {
  return joinBase(site, pagePath(path, site.style, hints))
}

/** Puts a site-relative path under the site's base, which may itself have a path. */
export function joinBase(site: Site, path: string): string {
  const base = siteBase(site)
  if (base === null) return path
  return `${base.origin}${base.pathname.replace(/\/+$/, '')}${path}`
}

/** The site's base as a URL, or null when there is none or it is no http(s) address. */
export function siteBase(site: Site): URL | null {
  if (site.url === null || !URL.canParse(site.url)) return null
  const base = new URL(site.url)
  return base.protocol === 'https:' || base.protocol === 'http:' ? base : null
}

/** An anchor as it stands after `#` in an address. */
export function fragment(anchor: string): string {
  return `#${encodeURI(anchor.toWellFormed()).replaceAll('#', '%23')}`
}

/**
 * Whether the generator leaves the page out of the site: its own answers must not cite what visitors cannot open.
 * Docusaurus and Starlight skip drafts, and files or folders that begin with an underscore.
 */
export function isUnpublished(path: string, style: SiteStyle, isDraft: boolean): boolean {
  if ((style !== 'docusaurus' && style !== 'starlight') || !isMarkdownPath(path)) return false
  return isDraft || path.split('/').some((segment) => segment.startsWith('_'))
}
