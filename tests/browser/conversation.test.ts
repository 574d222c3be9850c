import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { closeBrowser, browserTest as it } from './browser.ts'
import {
  ask,
  type CustomerPage,
  field,
  openPanel,
  panel,
  serveCustomerPage,
  type Visit,
  visit,
} from './customer-page.ts'
import { CITATIONS, type FakeApi, startFakeApi } from './fake-api.ts'

let api: FakeApi
let site: CustomerPage
let open: Visit[] = []

beforeAll(async () => {
  api = await startFakeApi()
  site = await serveCustomerPage(api.origin)
})
beforeEach(() => api.reset())
afterEach(async () => {
  api.release()
  for (const { page } of open) await page.context().close()
  open = []
})
afterAll(async () => {
  await closeBrowser()
  await site.close()
  await api.close()
})

async function start() {
  const opened = await visit(site.origin)
  open.push(opened)
  await openPanel(opened.page)
  return opened.page
}

it('an answer is drawn as nodes: code with its label, nested lists, a table, safe links', async () => {
  const page = await start()
  await ask(page, 'How do I proxy?')
  const answer = page.locator('.answer')
  await expect.poll(() => answer.locator('figcaption').innerText()).toContain('vite.config.ts')
  expect(await answer.locator('pre').innerText()).toContain("'/api': { target: 'http://localhost:3000'")
  expect(await answer.locator('ul > li > ol > li').allInnerTexts()).toEqual(['restart the server,', 'reload the page.'])
  expect(await answer.locator('tbody tr').count()).toBe(2)
  expect(await answer.locator('strong code').first().innerText()).toBe('server.proxy')
  const link = answer.getByRole('link', { name: 'in its guide' })
  expect(await link.getAttribute('rel')).toContain('noopener')
  expect(await link.getAttribute('target')).toBe('_blank')
})

it('the ask is one simple request: no preflight, no cookie, the key in the address, the page without its query', async () => {
  const page = await start()
  await page.evaluate(() => history.replaceState(null, '', '/?token=secret#part'))
  await ask(page, 'How do I proxy?')
  const [request] = api.received.filter(({ path }) => path === '/v1/answers')
  expect(api.received.some(({ method }) => method === 'OPTIONS')).toBe(false)
  expect(request?.headers['content-type']).toBe('text/plain;charset=UTF-8')
  expect(request?.headers.cookie).toBeUndefined()
  expect(request?.headers.origin).toBe(site.origin)
  expect(api.asks()[0]).toMatchObject({ question: 'How do I proxy?', page: { url: `${site.origin}/` }, locale: 'en' })
})

it('[n] opens the card of its source, with quote and deep link; Escape closes only the card', async () => {
  const page = await start()
  await ask(page, 'How do I proxy?')
  const cite = page.getByRole('button', { name: 'Source 2: Backend integration' })
  await cite.click()
  const card = page.getByRole('complementary', { name: 'Source 2' })
  expect(await card.getByRole('blockquote').innerText()).toBe(CITATIONS[1]?.quote)
  expect(await card.innerText()).toContain('Working with a backend › During development')
  const href = await card.getByRole('link', { name: 'Open the page' }).getAttribute('href')
  expect(href).toBe(`${CITATIONS[1]?.url}:~:text=If%20you%20need%20a%20custom%20integration%2C%20you%20can`)
  await page.keyboard.press('Escape')
  await card.waitFor({ state: 'detached' })
  expect(await panel(page).isVisible()).toBe(true)
  expect(await cite.evaluate((button) => (button.getRootNode() as ShadowRoot).activeElement === button)).toBe(true)
})

it('square brackets that are no citation stay text', async () => {
  api.script.markdown = 'Read list[0] and list[7], see [1].'
  const page = await start()
  await ask(page, 'How?')
  expect(await page.locator('.answer').innerText()).toBe('Read list[0] and list[7], see 1.')
})

it('follow-ups go to the same thread', async () => {
  const page = await start()
  await ask(page, 'How do I proxy?')
  await ask(page, 'And WebSockets?')
  expect(api.asks()[0]?.thread).toBeUndefined()
  expect(api.asks()[1]?.thread).toEqual({ id: 'thr_0000000000000000000001', secret: 'a-secret' })
})

it('a starter asks its question', async () => {
  const page = await start()
  await page.getByRole('button', { name: 'How do I roll back?' }).click()
  await page.getByText('Was this helpful?').waitFor()
  expect(api.asks()[0]?.question).toBe('How do I roll back?')
})

it('stopping keeps what was shown and ends the request; trying again asks with the same requestId', async () => {
  api.turns = ['hang', 'answer']
  const page = await start()
  await field(page).fill('How do I proxy?')
  await field(page).press('Enter')
  await page.locator('.answer pre').waitFor()
  await page.getByRole('button', { name: 'Stop' }).click()
  await page.getByText('Stopped.').last().waitFor()
  expect(await page.locator('.answer pre').isVisible()).toBe(true)
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByText('Was this helpful?').waitFor()
  const [first, second] = api.asks()
  expect(second?.requestId).toBe(first?.requestId)
})

it('a connection that breaks in the middle resumes by itself, and nothing that was shown goes away', async () => {
  api.turns = ['drop', 'answer']
  api.script.pauseMs = 8
  const page = await start()
  await field(page).fill('How do I proxy?')
  await field(page).press('Enter')
  await page.locator('.answer pre').waitFor()
  const shortest = page.evaluate(async () => {
    const answer = document.querySelector('pernoex-stage')?.shadowRoot?.querySelector('.answer') as HTMLElement
    const lengths: number[] = []
    while (!answer.parentElement?.querySelector('.feedback')) {
      lengths.push(answer.innerText.length)
      await new Promise(requestAnimationFrame)
    }
    return lengths.every((length, index) => length >= (lengths[index - 1] ?? 0) - 2)
  })
  await page.getByText('Was this helpful?').waitFor()
  expect(await shortest).toBe(true)
  const [first, second] = api.asks()
  expect(second?.requestId).toBe(first?.requestId)
  expect(api.asks()).toHaveLength(2)
})

it('a connection that keeps breaking leaves what has arrived and offers the rest', async () => {
  api.turns = ['drop', 'drop', 'answer']
  const page = await start()
  await field(page).fill('How do I proxy?')
  await field(page).press('Enter')
  await panel(page).getByText('The connection broke off. What has arrived is kept.').first().waitFor()
  expect(await page.locator('.answer pre').isVisible()).toBe(true)
  await page.getByRole('button', { name: 'Get the rest' }).click()
  await page.getByText('Was this helpful?').waitFor()
  expect(new Set(api.asks().map(({ requestId }) => requestId)).size).toBe(1)
})

it.each([
  [{ status: 429, code: 'rate_limited', retryAfter: 40 } as const, /You can ask again in 40 seconds/],
  [{ status: 429, code: 'quota_exceeded', retryAfter: 7200 } as const, /used up.*in 2 hours/],
  [{ status: 503, code: 'unavailable' } as const, /having trouble.*try again/],
  [{ status: 401, code: 'key_revoked' } as const, /not set up correctly.*key_revoked/],
  [{ status: 400, code: 'body_invalid' } as const, /too long or cannot be read/],
])('%j is said in words', async (turn, words) => {
  api.turns = [turn]
  const page = await start()
  await field(page).fill('How do I proxy?')
  await field(page).press('Enter')
  await expect.poll(() => page.locator('.notice').innerText()).toMatch(words)
})

it('an origin that is not allowed reads whose task it is, although the browser hides the refusal', async () => {
  api.allowed = false
  const page = await start()
  const notice = page.locator('.notice')
  await expect.poll(() => notice.innerText()).toContain(`add ${site.origin} to the allowed domains`)
  expect(await notice.getByRole('button').count()).toBe(0)
})

it('a call that fails on a page which was answered before is no refusal: it can be tried again', async () => {
  const page = await start()
  await ask(page, 'How do I proxy?')
  await page.route('**/v1/answers**', (route) => route.abort(), { times: 1 })
  await field(page).fill('How do I roll back?')
  await field(page).press('Enter')
  await panel(page).getByText('The assistant cannot be reached.').first().waitFor()
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect.poll(() => page.getByText('Was this helpful?').count()).toBe(2)
})

it('offline is said as such, and the same question works once connected', async () => {
  const page = await start()
  await field(page).pressSequentially('How')
  await expect.poll(() => api.received.some(({ path }) => path.startsWith('/answer-'))).toBe(true)
  await page.context().setOffline(true)
  await field(page).press('Enter')
  await panel(page).getByText('You are offline.').first().waitFor()
  await page.context().setOffline(false)
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByText('Was this helpful?').waitFor()
})

it('a thumb down is sent at once, then again with its reasons and comment', async () => {
  const page = await start()
  await ask(page, 'How do I proxy?')
  await page.getByRole('button', { name: 'No, not helpful' }).click()
  await page.getByLabel('Out of date').check({ force: true })
  await page.getByLabel('Anything else?').fill('Version 5 did that.')
  await page.getByRole('button', { name: 'Send feedback' }).click()
  await page.getByText('Thank you for telling us.').waitFor()
  const bodies = api.received.filter(({ path }) => path === '/v1/feedback').map(({ body }) => JSON.parse(body))
  expect(bodies[0]).toMatchObject({ answerId: 'ans_0000000000000000000001', rating: 'down' })
  expect(bodies[1]).toMatchObject({ rating: 'down', reasons: ['outdated'], comment: 'Version 5 did that.' })
  expect(bodies[1].thread).toEqual({ id: 'thr_0000000000000000000001', secret: 'a-secret' })
})

it('an abstention names its pages once, in its own text', async () => {
  api.turns = ['abstain']
  const page = await start()
  await ask(page, 'What is the weather?')
  expect(await page.getByRole('link', { name: 'Server options' }).count()).toBe(1)
  expect(await page.getByRole('heading', { name: 'Sources' }).count()).toBe(0)
})

it('a new conversation forgets the thread', async () => {
  const page = await start()
  await ask(page, 'How do I proxy?')
  await page.getByRole('button', { name: 'New conversation' }).click()
  await page.getByText('What would you like to know about Fernway?').waitFor()
  await ask(page, 'How do I roll back?')
  expect(api.asks()[1]?.thread).toBeUndefined()
})

it('works where the page may not use storage', async () => {
  const opened = await visit(site.origin)
  open.push(opened)
  const { page } = opened
  await page.evaluate(() => {
    const get = () => {
      throw new DOMException('blocked', 'SecurityError')
    }
    Object.defineProperties(window, { sessionStorage: { get }, localStorage: { get } })
  })
  await openPanel(page)
  await ask(page, 'How do I proxy?')
  await ask(page, 'And WebSockets?')
  expect(api.asks()[1]?.thread?.secret).toBe('a-secret')
})

it('what is typed in the panel never reaches the shortcuts of the page', async () => {
  const page = await start()
  await page.evaluate(() => {
    Object.assign(window, { heard: 0 })
    document.addEventListener('keydown', () => ((window as unknown as { heard: number }).heard += 1))
  })
  await field(page).pressSequentially('/search?')
  expect(await page.evaluate(() => (window as unknown as { heard: number }).heard)).toBe(0)
})
