/**
 * Takes the handbook's pictures of the widget: `node tests/browser/take-pictures.ts [FOLDER]`. Look at them before they are
 * committed; no test compares them.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import type { WidgetOptions } from '#widget/options.ts'
import { ANSWER, startFakeApi } from './fake-api.ts'
import { openPage, ready, serveSite, tagged, type Visitor } from './site.ts'

interface Picture {
  name: string
  options?: Pick<WidgetOptions, 'mode' | 'position'> & { target?: string }
  visitor?: Visitor
  arabic?: boolean
}

const DESKTOP = { width: 1100, height: 720 }
const PHONE = { width: 390, height: 780, touch: true }
const PICTURES: Picture[] = [
  { name: 'widget-bubble', visitor: DESKTOP },
  { name: 'widget-dark', visitor: { ...DESKTOP, dark: true } },
  { name: 'widget-side', options: { mode: 'side' }, visitor: DESKTOP },
  { name: 'widget-modal', options: { mode: 'modal' }, visitor: DESKTOP },
  { name: 'widget-inline', options: { mode: 'inline', target: '#ask' }, visitor: DESKTOP },
  { name: 'widget-arabic', arabic: true, options: { position: 'bottom-left' }, visitor: DESKTOP },
  { name: 'widget-phone', visitor: PHONE },
  { name: 'widget-phone-dark', visitor: { ...PHONE, dark: true } },
]

const ENGLISH = {
  html: 'lang="en"',
  text: '<h1>Fernway</h1><p>Previews for every branch, at the edge.</p><h2>Start</h2><p>Install the command line tool, sign in, and push. Each branch gets an address of its own within seconds.</p>',
  question: 'How do I proxy API requests in development?',
  answer: ANSWER,
}
const ARABIC = {
  html: 'lang="ar" dir="rtl"',
  text: '<h1>فيرنواي</h1><p>معاينة لكل فرع، على حافة الشبكة.</p><h2>البداية</h2><p>ثبّت أداة سطر الأوامر، ثم سجّل الدخول وادفع التغييرات. يحصل كل فرع على عنوان خاص به خلال ثوانٍ.</p>',
  question: 'كيف أوجّه طلبات الواجهة أثناء التطوير؟',
  answer: `اضبط **\`server.proxy\`** في ملف الإعداد. تُرسَل الطلبات التي يبدأ مسارها بالمفتاح إلى الهدف. [1]

\`\`\`ts [vite.config.ts]
export default defineConfig({
  server: { proxy: { '/api': 'http://localhost:3000' } },
})
\`\`\`

- تُقرأ المفاتيح التي تبدأ بـ \`^\` كتعابير نمطية. [1]
- فعّل \`ws: true\` لمقابس الويب، ثم أعد تشغيل الخادم. [2]
`,
}
const STYLE = `<style>
  :root { color-scheme: light dark; font: 16px/1.6 system-ui; color: light-dark(#1c2a22, #dfe9e2); background: light-dark(#f6f8f4, #16201a) }
  body { max-width: 36rem; margin: 3rem } h1 { font-size: 2.4rem; margin: 0 } #ask { --pernoex-height: 520px }
</style>`

const folder = process.argv[2] ?? join(import.meta.dirname, '../../examples/docs/images')
const api = await startFakeApi()
api.config.widget.greeting = ''
let html = ''
const site = await serveSite(async (path) => (path === '/' ? { body: html } : null))

async function talk(page: Page, { options = {}, arabic }: Picture): Promise<void> {
  const { question, answer } = arabic ? ARABIC : ENGLISH
  api.script = { markdown: answer, pieces: 20, pauseMs: 0 }
  await page.evaluate((change) => {
    window.Pernoex.update(change)
    window.Pernoex.open()
  }, options)
  await page.locator('pernoex-stage textarea').fill(question)
  await page.locator('pernoex-stage textarea').press('Enter')
  await page.locator('pernoex-stage .sources').first().waitFor()
  await page.locator('pernoex-stage .thread').evaluate((thread) => thread.scrollTo({ top: 0 }))
}

async function save(page: Page, name: string): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 82 })
  await writeFile(join(folder, `${name}.webp`), Buffer.from(data, 'base64'))
}

await mkdir(folder, { recursive: true })
for (const picture of PICTURES) {
  const { html: attributes, text } = picture.arabic ? ARABIC : ENGLISH
  html = tagged(api.origin, '', { head: STYLE, body: `${text}<section id="ask"></section>`, html: attributes })
  const { page } = await openPage(site.origin, picture.visitor)
  await ready(page)
  await talk(page, picture)
  await save(page, picture.name)
  await page.context().close()
}
await site.close()
await api.close()
process.exit(0)
