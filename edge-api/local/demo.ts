import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { SiteStyle } from '../rules/passage.ts'
import { type DemoPage, type DemoSite, serveDemoSite } from './demo-site.ts'
import { type Manifest, pathForAddress } from './docs-manifest.ts'
import { DOCS_PAGE_POLICY, INDEX_ADDRESS, renderIndex, renderPage } from './docs-site.ts'
import type { ReadIngested } from './ingested-pages.ts'

const EXAMPLE = fileURLToPath(new URL('../../examples/01-script-tag/', import.meta.url))
const TYPES: Record<string, string> = { '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml' }

export interface Demo {
  firstPort: number
  /** The edge host's base address. */
  edge: string
  publicKey: string
}

/** The ingested pages, once there are any. */
export interface DemoDocs {
  siteStyle: SiteStyle
  manifest: Manifest
  read: ReadIngested
}

export interface RunningDemo extends DemoSite {
  /** Where `showDocs` puts the pages. */
  docsBase: string
  showDocs(docs: DemoDocs): void
}

/** The example page with the widget at `/`, and the ingested pages under `/docs`, so that every source opens offline. */
export async function serveDemo(demo: Demo): Promise<RunningDemo> {
  let docs: DemoDocs | null = null
  const site = await serveDemoSite(demo.firstPort, async (path) => {
    if (path === '/') return demoPage(demo)
    if (path === '/favicon.ico') return { status: 204, type: 'image/x-icon', body: '' }
    if (path === '/docs' || path.startsWith('/docs/')) return docsPage(path.slice('/docs'.length), docsBase, docs)
    return exampleFile(path) ?? strayLink(path, docsBase, docs)
  })
  const docsBase = `${site.origin}/docs`
  return {
    ...site,
    docsBase,
    showDocs: (shown) => {
      docs = shown
    },
  }
}

function demoPage({ edge, publicKey }: Demo): DemoPage {
  const template = readFileSync(`${EXAMPLE}index.html`, 'utf8')
  return {
    status: 200,
    type: 'text/html',
    body: template.replaceAll('%EDGE%', edge).replaceAll('%KEY%', publicKey),
    // What a page needs to carry the widget, and not one thing more.
    contentSecurityPolicy: `default-src 'none'; script-src ${edge}; connect-src ${edge}; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types pernoex`,
  }
}

async function docsPage(address: string, siteBase: string, docs: DemoDocs | null): Promise<DemoPage> {
  if (docs === null) return { status: 503, type: 'text/plain', body: 'The pages are still being ingested.\n' }
  const { manifest, siteStyle, read } = docs
  const html = (body: string): DemoPage => ({
    status: 200,
    type: 'text/html',
    body,
    contentSecurityPolicy: DOCS_PAGE_POLICY,
  })
  const path = pathForAddress(encodeURI(address), manifest)
  const content = path === null ? null : await read(path)
  if (path !== null && content !== null) return html(renderPage({ path, content, siteStyle, siteBase, manifest }))
  if (address === '' || address === '/' || address === INDEX_ADDRESS) return html(renderIndex({ manifest, siteBase }))
  return NOT_FOUND
}

/** Stylesheets and scripts beside the example's page. */
function exampleFile(path: string): DemoPage | null {
  const type = TYPES[extname(path)]
  if (type === undefined || !/^\/[a-z0-9.-]+$/.test(path)) return null
  try {
    return { status: 200, type, body: readFileSync(EXAMPLE + path.slice(1), 'utf8') }
  } catch {
    return null
  }
}

/** Documents link to each other as on their real site, from its root: those links are led to the page under `/docs`. */
function strayLink(path: string, docsBase: string, docs: DemoDocs | null): DemoPage {
  const found = docs === null ? null : pathForAddress(encodeURI(path), docs.manifest)
  const entry = docs?.manifest.find((page) => page.path === found)
  if (entry === undefined) return NOT_FOUND
  return { status: 302, type: 'text/plain', body: 'Found.\n', location: docsBase + entry.address }
}

const NOT_FOUND: DemoPage = { status: 404, type: 'text/plain', body: 'There is no such page.\n' }
