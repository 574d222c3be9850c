import type { Site } from './site-style.ts'
import { isMarkdownPath, joinBase, pagePath, siteBase } from './site-style.ts'

/** The page that links are resolved against. */
export interface LinkOrigin {
  site: Site
  /** The document's path in its source. */
  path: string
  /** The page's own address, as `pageAddress` gives it. */
  address: string
}

const SAFE_SCHEMES = new Set(['http:', 'https:', 'mailto:', 'tel:'])
/** Stands in for the unknown site while a URL is resolved; never leaves this file. */
const NOWHERE = 'https://nowhere.invalid'

/**
 * Makes a link or image address absolute (site-relative when the site's address is unknown). Null when there is nothing
 * safe to point at: `javascript:`, `data:`, other schemes, bundler aliases, garbage.
 */
export function resolveLink(href: string, from: LinkOrigin, kind: 'link' | 'image'): string | null {
  // What a browser's URL parser ignores must not hide a scheme from us.
  const whole = href.toWellFormed().replace(/[\t\n\r]/g, '')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: controls and blanks around an address
  const clean = whole.replace(/^[\u0000-\u0020]+|[\u0000-\u0020]+$/g, '')
  if (clean === '' || /^[~@]\//.test(clean)) return null
  if (clean.startsWith('#')) return kind === 'link' ? from.address + clean : null
  if (/^[a-z][a-z0-9+.-]*:/i.test(clean)) return safeUrl(clean, kind)
  if (/^[\\/]{2}/.test(clean)) return safeUrl(`https:${clean}`, kind)
  return resolveInSite(clean, from, kind)
}

function safeUrl(href: string, kind: 'link' | 'image'): string | null {
  const url = URL.parse(href)
  if (url === null || !SAFE_SCHEMES.has(url.protocol)) return null
  if (kind === 'image' && !url.protocol.startsWith('http')) return null
  // A site of the browser's making (`https://example.com/`) is not what the author wrote; keep theirs when it is whole.
  return /^https?:\/\//i.test(href) && !/[\s\\<>"`{}|^]/.test(href) ? href : url.href
}

function resolveInSite(href: string, from: LinkOrigin, kind: 'link' | 'image'): string | null {
  const [, path = '', rest = ''] = /^([^?#]*)(.*)$/s.exec(href) ?? []
  const { style } = from.site
  if (kind === 'link' && style !== 'github') {
    const document = documentPath(path, from)
    if (document !== null) return joinBase(from.site, document) + tail(rest)
  }
  if (style === 'github') return resolveOnGithub(path, rest, from, kind)
  const mayBeFile = kind === 'image' && !path.startsWith('/')
  const base = path.startsWith('/') || mayBeFile ? null : from.address
  if (base !== null) return browse(path, rest, base)
  if (mayBeFile) return joinBase(from.site, encodePath(joinFile(from.path, path))) + tail(rest)
  // VitePress puts its base before root-relative links; the other generators leave them to the site's root.
  if (style === 'vitepress') return joinBase(from.site, browse(path, rest, '/'))
  return (siteBase(from.site)?.origin ?? '') + browse(path, rest, '/')
}

/** The page a link to a source file means (`../guide/x.md`), or a VitePress link without its extension. */
function documentPath(path: string, from: LinkOrigin): string | null {
  const { style } = from.site
  const target = isMarkdownPath(path) ? path : style === 'vitepress' ? vitepressFile(path) : null
  if (target === null) return null
  const file = target.startsWith('/') ? joinFile('', target.slice(1)) : joinFile(from.path, target)
  return pagePath(decodeAll(file), style)
}

function vitepressFile(path: string): string | null {
  if (path === '') return null
  if (path.endsWith('/')) return `${path}index.md`
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (name === '.' || name === '..') return `${path}/index.md`
  if (name.endsWith('.html')) return `${path.slice(0, -'.html'.length)}.md`
  return name.includes('.') ? null : `${path}.md`
}

function resolveOnGithub(path: string, rest: string, from: LinkOrigin, kind: 'link' | 'image'): string {
  const base = siteBase(from.site)
  const [, repository] = /^(\/[^/]+\/[^/]+\/(?:blob|tree)\/[^/]+)(?:\/|$)/.exec(base?.pathname ?? '') ?? []
  const onGithub = base?.hostname === 'github.com' && repository !== undefined
  // A page on github.com shows the picture's file only with this parameter.
  const query = onGithub && kind === 'image' && rest === '' ? '?raw=true' : rest
  if (!path.startsWith('/')) return browse(path, query, from.address)
  if (onGithub) return base.origin + repository + browse(path, query, '/')
  return joinBase(from.site, browse(path, query, '/'))
}

/** Resolves like a browser on that page; site-relative in, site-relative out. */
function browse(path: string, rest: string, base: string): string {
  const url = URL.parse(path + rest, new URL(base, NOWHERE))
  if (url === null) return base
  return url.origin === NOWHERE ? url.pathname + url.search + url.hash : url.href
}

/** `from` is a file's path; `..` above the source's root stays at the root. */
function joinFile(from: string, path: string): string {
  const segments = from.split('/').slice(0, -1)
  for (const part of path.split('/')) {
    if (part === '..') segments.pop()
    else if (part !== '.' && part !== '') segments.push(part)
  }
  return segments.join('/')
}

function encodePath(path: string): string {
  return browse(`/${decodeAll(path)}`, '', '/')
}

function decodeAll(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

function tail(rest: string): string {
  const url = URL.parse(`/${rest}`, NOWHERE)
  return url === null ? '' : url.search + url.hash
}
