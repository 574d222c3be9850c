import { describe, expect, test } from 'vitest'
import { ask, DOCS, passagesOf } from './compose-fixture.ts'

const passages = passagesOf(DOCS)
const prose = (markdown: string) => markdown.replace(/^ *(`{3,})[\s\S]*?^ *\1/gm, '').replace(/`[^`\n]*`/g, '')
const markers = (markdown: string) => [...prose(markdown).matchAll(/\[(\d+)\]/g)].map(([, n]) => Number(n))

describe('what an answer says', () => {
  test('a how-to leads with the sentence that answers and shows the code after it', () => {
    const { outcome, markdown } = ask(passages, 'How do I proxy requests in development?')
    expect(outcome).toBe('answered')
    expect(markdown).toMatch(/^`server\.proxy` — Configure proxy rules for the development server\./)
    expect(markdown).toContain("```js\nexport default { server: { proxy: { '/api': 'http://localhost:4567' } } }\n```")
    expect(markdown).not.toContain('Example:')
  })

  test('an option is told with its type and default, after what it does', () => {
    const { markdown } = ask(passages, 'server.port')
    expect(markdown).toMatch(
      /The port that the development server listens on\.[\s\S]*\*\*Type:\*\* `number`\n- \*\*Default:\*\* `5173`/,
    )
  })

  test('steps come complete and in order, with one package manager and its code inside the step', () => {
    const { markdown } = ask(passages, 'how to deploy to netlify')
    expect(markdown).toMatch(
      /1\. Install[\s\S]*```sh\n {3}npm install -g netlify-cli[\s\S]*2\. Create[\s\S]*3\. Deploy it/,
    )
    expect(markdown).not.toContain('yarn')
    expect(ask(passages, 'how to deploy to netlify with yarn').markdown).toContain('yarn global add')
  })

  test('a definition leads with the sentence that defines', () => {
    expect(ask(passages, 'What is hydration?').markdown).toMatch(/^Hydration is the moment/)
  })

  test('nothing is announced that does not follow', () => {
    expect(ask(passages, 'show the broken sample workflow').markdown).not.toMatch(/:\s*(\[\d+\])?\s*$/)
  })
})

describe('what an answer rests on', () => {
  const questions = [
    'How do I proxy requests?',
    'server.port',
    'netlify deploy',
    'hydration',
    'security of the bundle secrets',
  ]

  test.each(questions)(
    '%s: every marker has its citation, numbered by first use, and every quote is in its passage',
    (question) => {
      const { markdown, citations } = ask(passages, question)
      const used = [...new Set(markers(markdown))]
      expect(used.length).toBeGreaterThan(0)
      expect(used).toEqual(citations.map(({ n }) => n))
      expect(used).toEqual(used.map((_, index) => index + 1))
      for (const { passageId, quote } of citations) {
        expect(quote).not.toBe('')
        expect(passages.find((passage) => passage.passageId === passageId)?.text).toContain(quote)
      }
    },
  )

  test.each(questions)('%s: every paragraph and list carries its marker', (question) => {
    const { markdown } = ask(passages, question)
    const blocks = prose(markdown)
      .split(/\n{2,}(?! |\n|[2-9]\. )/)
      .filter((block) => block.trim() !== '')
    for (const block of blocks) expect(block).toMatch(/\[\d+\]/)
  })

  test('a number in brackets that the docs wrote is not a citation', () => {
    const { markdown, citations } = ask(passages, 'which port does the development server listen on')
    expect(Math.max(...markers(markdown))).toBe(citations.length)
  })

  test('the same question over the same passages is the same answer, to the letter', () => {
    expect(ask(passages, 'netlify deploy')).toEqual(ask(passages, 'netlify deploy'))
  })
})

test('docs that give orders or carry markup are only quoted', () => {
  const { markdown } = ask(passages, 'may I put secrets into the bundle for security')
  expect(markdown).toMatch(/Never put secrets into the bundle\./)
  expect(markdown).not.toMatch(/<script/)
})
