import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { closeBrowser } from './browser.ts'
import { type FakeApi, startFakeApi } from './fake-api.ts'
import { openPage, type Site, serveSite, type Visit } from './site.ts'

/** Pages that each test writes itself, on one site, with the widget's files and the API that they ask; all closed after the test. */
export interface WrittenPages {
  api: FakeApi
  site: Site
  /** Serves this as the page, and opens it. */
  open(html: string): Promise<Visit>
}

const OTHER = { body: '<!doctype html><title>Other</title><h1>Other</h1>' }

/** To be called at the top of a file. `/other` is another page of the site. */
export function useWrittenPages(): WrittenPages {
  let html = ''
  let visits: Visit[] = []
  const pages = {
    open: async (written: string) => {
      html = written
      const visit = await openPage(pages.site.origin)
      visits.push(visit)
      return visit
    },
  } as WrittenPages
  beforeAll(async () => {
    pages.api = await startFakeApi()
    pages.site = await serveSite(async (path) => (path === '/' ? { body: html } : path === '/other' ? OTHER : null))
  })
  beforeEach(() => pages.api.reset())
  afterEach(async () => {
    pages.api.release()
    for (const { page } of visits) await page.context().close()
    visits = []
  })
  afterAll(async () => {
    await closeBrowser()
    await pages.site.close()
    await pages.api.close()
  })
  return pages
}
