/**
 * What the widget costs a page: `npm run bench -- widget`. Chromium at a quarter of this machine's speed, a line of 40 ms
 * and 10 Mbit/s, medians of alternating rounds beside the bare page and the least that a Preact panel can cost.
 */
import type { CDPSession, Page } from 'playwright-core'
import { closeBrowser, openBrowser } from '#tests/browser/browser.ts'
import { ANSWER, type FakeApi, startFakeApi } from '#tests/browser/fake-api.ts'
import { type Site, serveSite } from '#tests/browser/site.ts'
import { FLOOR_LOADER, floorPanel } from './widget-floor.ts'

const ROUNDS = Number(process.env.ROUNDS ?? 5)
const SLOW_DOWN = 4
const LINE = { offline: false, latency: 40, downloadThroughput: 1_250_000, uploadThroughput: 1_250_000 }
const KINDS = ['bare', 'floor', 'widget'] as const
type Kind = (typeof KINDS)[number]

interface Opened {
  page: Page
  session: CDPSession
}

const median = (values: number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

async function openPage(address: string, cpu = SLOW_DOWN): Promise<Opened> {
  const browser = await openBrowser()
  const context = await browser.newContext({ reducedMotion: 'reduce' })
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  await session.send('Performance.enable')
  await session.send('Network.enable')
  await session.send('Network.emulateNetworkConditions', LINE)
  await session.send('Emulation.setCPUThrottlingRate', { rate: cpu })
  await page.addInitScript(() => {
    const seen = { tasks: [] as number[], shift: 0 }
    Object.assign(window, { seen })
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) seen.tasks.push(duration)
    }).observe({ type: 'longtask', buffered: true })
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.shift += (entry as unknown as { value: number }).value
    }).observe({ type: 'layout-shift', buffered: true })
  })
  await page.goto(address, { waitUntil: 'load' })
  await page.waitForTimeout(800)
  return { page, session }
}

async function metric(session: CDPSession, name: string): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics')
  return metrics.find((found) => found.name === name)?.value ?? Number.NaN
}

async function heap(session: CDPSession): Promise<number> {
  for (let pass = 0; pass < 3; pass++) await session.send('HeapProfiler.collectGarbage')
  return metric(session, 'JSHeapUsedSize')
}

const seen = (page: Page) =>
  page.evaluate(() => (window as unknown as { seen: { tasks: number[]; shift: number } }).seen)

/** Milliseconds from the click to the first frame with the panel in it, told by the page's own clock. No locator: they weigh on the heap. */
const clickToPanel = (page: Page) =>
  page.evaluate(async () => {
    const root = document.querySelector('pernoex-stage')?.shadowRoot
    const pressed = performance.now()
    root?.querySelector<HTMLElement>('[part=launcher]')?.click()
    while (!root?.querySelector('.panel')?.checkVisibility()) await new Promise(requestAnimationFrame)
    return performance.now() - pressed
  })

/** Asks by the page's own object and waits for the frame after the answer: a locator that looks for its end would itself be measured. */
const ask = (page: Page, question: string) =>
  page.evaluate(async (text) => {
    const answered = new Promise<void>((resolve) => {
      const off = window.Pernoex.on('answer', () => {
        off()
        resolve()
      })
    })
    window.Pernoex.ask(text)
    await answered
    await new Promise((frame) => requestAnimationFrame(() => setTimeout(frame, 50)))
  }, question)

interface Round {
  scriptMs: number
  openKiB: number
  coldMs: number
  warmMs: number
}

/** Script time at a quarter of the speed; then, at full speed, what a click takes before and after a reload. */
async function measure(site: Site, kind: Kind): Promise<Round> {
  const { page, session } = await openPage(`${site.origin}/${kind}`)
  const round: Round = { scriptMs: (await metric(session, 'ScriptDuration')) * 1000, openKiB: 0, coldMs: 0, warmMs: 0 }
  await session.send('Emulation.setCPUThrottlingRate', { rate: 1 })
  // What evaluating brings into the page weighs on each kind alike.
  await seen(page)
  if (kind !== 'bare') {
    round.coldMs = await clickToPanel(page)
    await page.reload({ waitUntil: 'load' })
    await page.waitForTimeout(500)
    round.warmMs = await clickToPanel(page)
    await page.waitForTimeout(600)
  }
  round.openKiB = (await heap(session)) / 1024
  await page.context().close()
  return round
}

async function compareCosts(site: Site): Promise<void> {
  const rounds: Record<Kind, Round[]> = { bare: [], floor: [], widget: [] }
  for (let round = 0; round < ROUNDS; round++)
    for (const kind of round % 2 ? [...KINDS].reverse() : KINDS) rounds[kind].push(await measure(site, kind))
  const of = (kind: Kind, name: keyof Round) => median(rounds[kind].map((round) => round[name]))
  for (const kind of KINDS)
    console.log(
      `${kind.padEnd(8)} script at idle ${of(kind, 'scriptMs').toFixed(1)} ms · heap ${of(kind, 'openKiB').toFixed(0)} KiB · click to panel, cold ${of(kind, 'coldMs').toFixed(0)} ms, warm ${of(kind, 'warmMs').toFixed(0)} ms`,
    )
  console.log(
    `script at idle above the bare page: ${(of('widget', 'scriptMs') - of('bare', 'scriptMs')).toFixed(1)} ms (limit 20)`,
  )
  console.log(
    `heap above the bare page, panel open: ${(of('widget', 'openKiB') - of('bare', 'openKiB')).toFixed(0)} KiB (limit 400)`,
  )
  for (const cache of ['coldMs', 'warmMs'] as const)
    console.log(
      `click to panel, ${cache.slice(0, 4)}: ${(of('widget', cache) / of('floor', cache)).toFixed(2)} × the floor (limit 1.3)`,
    )
}

async function visitWithAnswer(site: Site, api: FakeApi): Promise<void> {
  const tasks: number[][] = []
  const shifts: number[] = []
  let before: string[] = []
  for (let round = 0; round < ROUNDS; round++) {
    api.received = []
    const { page } = await openPage(`${site.origin}/widget`)
    before = api.received.map(({ path }) => path)
    await ask(page, 'How do I proxy?')
    const { tasks: long, shift } = await seen(page)
    tasks.push(long)
    shifts.push(shift)
    await page.context().close()
  }
  console.log(
    `long tasks over 50 ms from navigation to the answer: ${median(tasks.map((list) => list.length))} (worst round: ${tasks.map((list) => list.map(Math.round).join('+') || '0').join(' · ')} ms)`,
  )
  console.log(`layout shift added: ${Math.max(...shifts)} · requests before intent: ${before.length}`)
}

async function manyCycles(site: Site): Promise<void> {
  const { page, session } = await openPage(`${site.origin}/widget`, 1)
  const cycle = async () => {
    await ask(page, 'How do I proxy?')
    await page.evaluate(() => {
      document.querySelector('pernoex-stage')?.shadowRoot?.querySelector<HTMLElement>('.fresh')?.click()
      window.Pernoex.close()
    })
  }
  for (let warm = 0; warm < 5; warm++) await cycle()
  const start = await heap(session)
  for (let round = 0; round < 50; round++) await cycle()
  const end = await heap(session)
  console.log(`heap after 50 open-ask-close cycles: ${(end / start).toFixed(3)} × (limit 1.1)`)
  await page.context().close()
}

const PIECES = {
  mixed: ANSWER,
  'one list': '- an item that goes on and on [1]\n',
  'one code block': 'const line = compute(value)\n',
}

/** What drawing this much costs, in deltas of 50 characters; the code is there and warm. */
async function streamOnce(site: Site, api: FakeApi, name: keyof typeof PIECES, length: number) {
  const piece = PIECES[name]
  const text = piece.repeat(Math.ceil(length / piece.length)).slice(0, length)
  const { page, session } = await openPage(`${site.origin}/widget`)
  api.script = { markdown: ANSWER, pieces: 10, pauseMs: 0 }
  await ask(page, 'First')
  await page.evaluate(() => {
    const watch = { longest: 0 }
    Object.assign(window, { watch })
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) watch.longest = Math.max(watch.longest, duration)
    }).observe({ type: 'long-animation-frame' })
  })
  api.script = { markdown: name === 'one code block' ? `\`\`\`ts\n${text}` : text, pieces: length / 50, pauseMs: 8 }
  const before = await metric(session, 'TaskDuration')
  await ask(page, 'Tell me all')
  const work = ((await metric(session, 'TaskDuration')) - before) * 1000
  const frame = await page.evaluate(() => (window as unknown as { watch: { longest: number } }).watch.longest)
  await page.context().close()
  return { work, frame }
}

async function longStream(site: Site, api: FakeApi): Promise<void> {
  for (const name of Object.keys(PIECES) as (keyof typeof PIECES)[]) {
    const short: number[] = []
    const long: { work: number; frame: number }[] = []
    for (let round = 0; round < ROUNDS; round++) {
      short.push((await streamOnce(site, api, name, 10_000)).work)
      long.push(await streamOnce(site, api, name, 20_000))
    }
    const work = median(long.map((once) => once.work))
    const frame = median(long.map((once) => once.frame))
    console.log(
      `${name}, 20 kB in 400 deltas: work ${work.toFixed(0)} ms, ${(work / median(short)).toFixed(2)} × that of 10 kB; longest frame ${frame > 0 ? `${frame.toFixed(0)} ms` : 'under 50 ms'}`,
    )
  }
}

const api = await startFakeApi()
api.config.capabilities = ['answers', 'feedback', 'threads']
const panelCode = await floorPanel()
const head =
  '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Page</title><link rel="icon" href="data:,">'
const body = `</head><body>${'<h2>Heading</h2><p>Words of an ordinary page.</p>'.repeat(40)}</body></html>`
const pages: Record<string, string> = {
  '/bare': head + body,
  '/floor': `${head}<script async src="/floor.js"></script>${body}`,
  '/widget': `${head}<script async src="${api.origin}/widget.js" data-key="pnx_pk_live_example"></script>${body}`,
}
const site = await serveSite(async (path) => {
  const headers = { 'cache-control': 'max-age=3600' }
  if (path === '/floor.js') return { body: FLOOR_LOADER, type: '.js', headers }
  if (path === '/floor-panel.js') return { body: panelCode, type: '.js', headers }
  const page = pages[path]
  return page === undefined ? null : { body: page }
})
const parts: Record<string, () => Promise<void>> = {
  costs: () => compareCosts(site),
  answer: () => visitWithAnswer(site, api),
  cycles: () => manyCycles(site),
  stream: () => longStream(site, api),
}
for (const [name, run] of Object.entries(parts)) if (process.argv.length < 3 || process.argv.includes(name)) await run()
await closeBrowser()
await site.close()
await api.close()
