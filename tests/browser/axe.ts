import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults, RunOptions } from 'axe-core'
import type { Page } from 'playwright-core'

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** There are no frames in the widget, and nothing to wait for. */
const OPTIONS: RunOptions = { iframes: false, preload: false, resultTypes: ['violations'] }

/**
 * What axe finds inside the widget's shadow root; `rules` are some of its own, all of them without it. The page must allow
 * script text: axe itself writes some.
 */
export async function axeViolations(page: Page, rules?: string[]): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe)
  const results = await page.evaluate(
    (options) =>
      (window as unknown as { axe: { run(scope: object, options: object): Promise<AxeResults> } }).axe.run(
        { include: ['pernoex-stage'] },
        options,
      ),
    rules ? { ...OPTIONS, runOnly: rules } : OPTIONS,
  )
  return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
}
