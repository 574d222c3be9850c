import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { browserTest as it } from './browser.ts'
import { ask, field, launcher, openPanel, panel } from './customer-page.ts'
import { ready, tagged } from './site.ts'
import { useWrittenPages } from './written-pages.ts'

const pages = useWrittenPages()

async function start(body: string): Promise<Page> {
  const visit = await pages.open(body)
  await ready(visit.page)
  return visit.page
}

it.each([false, true])(
  'events come in their order; with the question in them: %s, as the page asked',
  async (share) => {
    const page = await start(tagged(pages.api.origin, share ? 'data-share-question="true"' : ''))
    await page.evaluate(() => {
      window.log = []
      for (const name of ['open', 'close', 'ask', 'answer', 'citation', 'feedback', 'error'] as const)
        window.Pernoex.on(name, (detail) => window.log.push([name, detail]))
      window.Pernoex.on('open', () => window.log.push('taken off'))()
    })
    await openPanel(page)
    await ask(page, 'How do I proxy?')
    await page.getByRole('button', { name: 'Source 1: Server options' }).first().click()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Yes, helpful' }).click()
    await page.getByText('Thank you').waitFor()
    await page.keyboard.press('Escape')
    const log = (await page.evaluate(() => window.log)) as [string, unknown][]
    expect(log.map(([name]) => name)).toEqual(['open', 'ask', 'answer', 'citation', 'feedback', 'close'])
    expect(JSON.stringify(log).includes('How do I proxy?')).toBe(share)
  },
)

it('a modal opens from the page’s own link, keeps the focus and gives it back; update() keeps the conversation', async () => {
  const body = '<h1>Help</h1><p><a href="/help" class="help">Ask</a> <a href="#">Other</a></p>'
  const page = await start(tagged(pages.api.origin, 'data-mode="modal" data-trigger=".help"', { body }))
  await page.waitForLoadState('networkidle')
  expect(await launcher(page).count()).toBe(0)
  await page.getByRole('link', { name: 'Ask' }).click()
  await panel(page).waitFor()
  expect(page.url()).toBe(`${pages.site.origin}/`)
  await ask(page, 'How do I proxy?')
  for (let step = 0; step < 20; step++) {
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.localName)).toBe('pernoex-stage')
  }
  for (const change of [{ mode: 'side' }, { theme: 'dark' }, { words: { title: 'Hello {name}' } }] as const)
    await page.evaluate((given) => window.Pernoex.update(given), change)
  await page.getByText('Hello Fernway').waitFor()
  await page.getByRole('heading', { name: 'How do I proxy?' }).waitFor()
  await ask(page, 'And WebSockets?')
  expect(pages.api.asks()[1]?.thread?.id).toBe('thr_0000000000000000000001')
  await page.keyboard.press('Escape')
  await panel(page).waitFor({ state: 'hidden' })
  expect(await page.evaluate(() => document.activeElement?.className)).toBe('help')
})

it.each([
  ['de-AT', 'ltr', 'Frag die Doku', 'Deine Frage', /^\/words-de-/, 'War das hilfreich?'],
  ['ar', 'rtl', 'اسأل', 'سؤالك', /^\/words-ar-/, 'هل كان هذا مفيداً؟'],
])('a page in %s has a widget in its language and direction, and fetches no other', async (...row) => {
  const [lang, direction, label, question, file, end] = row
  const page = await start(tagged(pages.api.origin, '', { html: `lang="${lang}"` }))
  await page.getByRole('button', { name: label }).click()
  await page.getByLabel(question).fill('How?')
  await page.getByLabel(question).press('Enter')
  await page.getByText(end).waitFor()
  const words = pages.api.received.map(({ path }) => path).filter((path) => path.includes('words'))
  expect(words).toEqual([expect.stringMatching(file)])
  expect(await page.locator('pernoex-stage').getAttribute('dir')).toBe(direction)
})

it('words that cannot be had are English; those of the project and of the page go before any', async () => {
  pages.api.config.widget.labels = { subtitle: 'By the project', note: 'By the project too' }
  const page = await start(tagged(pages.api.origin, '', { html: 'lang="de"' }))
  await page.route('**/words-*.js', (route) => route.abort())
  await page.evaluate(() => window.Pernoex.update({ words: { note: 'By the page' } }))
  await launcher(page).click()
  await page.getByText('Ask Fernway').waitFor()
  await page.getByText('By the project').waitFor()
  await page.getByText('By the page').waitFor()
  await field(page).waitFor()
})
