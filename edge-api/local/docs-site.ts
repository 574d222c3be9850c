import { createHash } from 'node:crypto'
import type { Element, Root as HastRoot } from 'hast'
import { toHtml } from 'hast-util-to-html'
import type { Code, Heading } from 'mdast'
import { type State, toHast } from 'mdast-util-to-hast'
import type { SiteStyle } from '#edge/rules/passage.ts'
import { readText } from '#edge/sources/document/blocks.ts'
import { readDocument } from '#edge/sources/document/read-document.ts'
import type { Admonition, Labelled } from '#edge/sources/document/tree.ts'
import { type Manifest, pathForAddress } from './docs-manifest.ts'
import { DOCS_STYLE } from './docs-style.ts'

export interface PageInput {
  path: string
  content: string
  siteStyle: SiteStyle
  /** Where the pages are served from, absolute, such as `http://localhost:8788/docs`. */
  siteBase: string
  /** With it, links to other documents open here even when they are written for the real site's folder. */
  manifest?: Manifest
}

/** Where `renderIndex` is expected: a document may well own `/`. */
export const INDEX_ADDRESS = '/all-pages'

/** The only style is the page's own; no script runs, pictures may come from where the document says. */
export const DOCS_PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(DOCS_STYLE).digest('base64')}'`,
  'img-src http: https:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

/**
 * An ingested document as a page, with the anchors that citations carry: both come from the same reading of the document.
 * Nothing of the document reaches the page as HTML; what cannot be read is said so.
 */
export function renderPage(input: PageInput): string {
  const read = readDocument({ ...input, siteUrl: input.siteBase })
  if (!read.ok)
    return shell('Page not readable', input.siteBase, [text('p', `This document makes no page: ${read.reason}.`)])
  const { title, root } = read.value
  const hasTitle = root.children.some((node) => node.type === 'heading' && node.depth === 1)
  const content = toHast(root, { handlers: { heading, code, admonition, labelled } as never }) as HastRoot
  localiseLinks(content, input)
  return shell(title, input.siteBase, [...(hasTitle ? [] : [text('h1', title)]), ...(content.children as Element[])])
}

/** All pages, folder by folder. */
export function renderIndex({ manifest, siteBase }: { manifest: Manifest; siteBase: string }): string {
  const folders = new Map<string, Element[]>()
  for (const { path, address, title } of manifest) {
    const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ''
    const link = element('a', { href: join(siteBase, address) }, [{ type: 'text', value: title }])
    folders.set(folder, [...(folders.get(folder) ?? []), element('li', {}, [link])])
  }
  const lists = [...folders].flatMap(([folder, items]) => [
    ...(folder === '' ? [] : [text('h2', folder)]),
    element('ul', { className: ['pages'] }, items),
  ])
  return shell('All pages', siteBase, [text('h1', 'All pages'), text('p', `${manifest.length} documents`), ...lists])
}

function shell(title: string, siteBase: string, content: Element[]): string {
  const head = element('head', {}, [
    element('meta', { charSet: 'utf-8' }),
    element('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    element('meta', { name: 'color-scheme', content: 'light dark' }),
    element('meta', { name: 'robots', content: 'noindex' }),
    text('title', title),
    text('style', DOCS_STYLE),
  ])
  const home = element('a', { href: join(siteBase, INDEX_ADDRESS) }, [{ type: 'text', value: 'All pages' }])
  const body = element('body', {}, [element('header', {}, [home]), element('main', {}, content)])
  const page: HastRoot = {
    type: 'root',
    children: [{ type: 'doctype' }, element('html', { lang: 'en' }, [head, body])],
  }
  return toHtml(page)
}

function heading(state: State, node: Heading): Element {
  const anchor = node.data?.anchor
  const children = state.all(node) as Element['children']
  if (!anchor) return element(`h${node.depth}`, {}, children)
  const link = element(
    'a',
    { className: ['anchor'], href: `#${encodeURI(anchor)}`, ariaLabel: `Link to “${readText(node)}”` },
    [{ type: 'text', value: '#' }],
  )
  return element(`h${node.depth}`, { id: anchor }, [...children, { type: 'text', value: ' ' }, link])
}

function code(_state: State, node: Code): Element {
  const className = node.lang ? { className: [`language-${node.lang}`] } : {}
  const pre = element('pre', { tabIndex: 0 }, [
    element('code', className, [{ type: 'text', value: `${node.value}\n` }]),
  ])
  return node.data?.label ? element('figure', {}, [text('figcaption', node.data.label), pre]) : pre
}

function admonition(state: State, node: Admonition): Element {
  const title = node.title ?? node.kind.charAt(0).toUpperCase() + node.kind.slice(1)
  const children = state.all(node as never) as Element['children']
  if (node.kind === 'details') return element('details', { open: true }, [text('summary', title), ...children])
  return element('aside', { className: ['box', node.kind.replace(/[^a-z]/g, '')] }, [
    text('p', title, ['box-title']),
    ...children,
  ])
}

function labelled(state: State, node: Labelled): Element {
  return element('section', { className: ['tab'] }, [
    text('p', node.label, ['tab-label']),
    ...(state.all(node as never) as Element['children']),
  ])
}

/** Points links that mean one of our documents at our page of it. Pictures are not ingested: ours are told in words. */
function localiseLinks(tree: HastRoot | Element, input: PageInput): void {
  for (const child of tree.children) {
    if (child.type !== 'element') continue
    const { href, src, alt } = child.properties
    if (child.tagName === 'a' && typeof href === 'string') child.properties.href = localAddress(href, input)
    if (child.tagName === 'img' && isHere(String(src), input.siteBase))
      Object.assign(child, text('em', alt ? `Picture: ${alt}` : 'Picture'))
    localiseLinks(child, input)
  }
}

function isHere(address: string, siteBase: string): boolean {
  return URL.parse(address, siteBase)?.origin === new URL(siteBase).origin
}

function localAddress(href: string, { siteBase, manifest }: PageInput): string {
  const url = URL.parse(href, siteBase)
  if (manifest === undefined || url === null || url.origin !== new URL(siteBase).origin) return href
  const path = pathForAddress(url.pathname, manifest)
  const entry = path === null ? undefined : manifest.find((page) => page.path === path)
  return entry === undefined ? href : join(siteBase, entry.address) + url.hash
}

function join(siteBase: string, address: string): string {
  return siteBase.replace(/\/+$/, '') + address
}

function element(tagName: string, properties: Element['properties'], children: Element['children'] = []): Element {
  return { type: 'element', tagName, properties, children }
}

function text(tagName: string, value: string, className?: string[]): Element {
  return element(tagName, className ? { className } : {}, [{ type: 'text', value }])
}
