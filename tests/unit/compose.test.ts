import { describe, expect, test } from 'vitest'
import { answerQuestion } from '#edge/rules/compose.ts'
import { english } from '#edge/rules/language.ts'
import type { StoredPassage } from '#edge/rules/passage.ts'
import { analyseQuestion } from '#edge/rules/query.ts'
import { ask, DOCS, passagesOf, search } from './compose-fixture.ts'

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
      // A name with a colon belongs to the list it announces.
      .split(/(?<!:|:\*\*)\n{2,}(?! |\n|[2-9]\. )/)
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

describe('what reads like an answer', () => {
  const guide = passagesOf({
    'guide.md': `# Hosting guide

## GitHub Pages

1. **Set the base path**

   Write the path of the repository into the configuration.

2. **Create a workflow**

   Add a file that builds the site and uploads it.

## Watcher limit reached

> Error: the watcher limit was reached

On Linux the system limits how many files a process may watch.

Raise the limit with \`sysctl\`, or leave large folders out.
`,
    'hydration.md': `# Islands

## A full reload happens instead of hydration

If hydration is not handled by the page, a full reload happens.

## Client scripts

Hydration is the moment at which a page becomes interactive.
`,
    'other.md': `# Unrelated

## Backend integration

Requests to the watcher pass through the backend, and the page reaches the limit.
`,
  })

  test('a list is announced by its name and a colon, and carries its marker at the very end', () => {
    expect(ask(guide, 'deploy to GitHub Pages').markdown).toMatch(
      /^\*\*GitHub Pages:\*\*\n\n1\. [\s\S]*2\. \*\*Create a workflow\*\*\n\n {3}Add a file that builds the site and uploads it\. \[1\]$/,
    )
  })

  test('an answer of one sentence goes on with what follows it', () => {
    const { markdown } = ask(guide, 'watcher limit reached')
    expect(markdown).toContain('On Linux the system limits')
    expect(markdown).toContain('Raise the limit with `sysctl`')
  })

  test('"If X is …" does not define X', () => {
    expect(ask(guide, 'What is hydration?').markdown).toMatch(/^Hydration is the moment/)
  })

  test('one source is the norm: another one must be named as asked or bring what is missing', () => {
    expect(ask(guide, 'why is the watcher limit reached').citations).toHaveLength(1)
    const keys = passagesOf({
      'keys.md': `# Access

## Public keys

A public key names the project in a web page.

## Secret keys

A secret key belongs on a server, where nobody else can read it.

## Rotation

Keys are replaced once a year.
`,
    })
    const headings = ask(keys, 'difference between public and secret keys').citations.map((each) =>
      each.headings.at(-1),
    )
    expect(headings.toSorted()).toEqual(['Public keys', 'Secret keys'])
  })

  test('a page of errors leads when one of them was asked for by name', () => {
    const docs = passagesOf({
      'errors.md': `# Errors

## rate_limited

Status 429. Wait for as many seconds as Retry-After says.
`,
      'api.md': `# API

## Limits

An answer that is rate_limited carries Retry-After.
`,
    })
    expect(ask(docs, 'what should I do on rate_limited').citations[0]?.title).toBe('Errors')
  })

  test('a second heading that names nothing more than the first is no second source', () => {
    const docs = passagesOf({
      'releases.md': `# Releases

## Node versions in long support

Even Node versions are supported until they reach their end.

## Schedule

A release comes every two months.
`,
      'api.md': `# Programming interface

## Version

The version of the program as a string.

## Build

Builds everything there is.
`,
    })
    expect(ask(docs, 'which node version').citations.map((each) => each.title)).toEqual(['Releases'])
  })
})

test('a page of errors leads only when the question says its very heading', () => {
  const docs = passagesOf({
    'reference/errors/invalid-dynamic-route.md': '# InvalidDynamicRoute\n\nA dynamic route param is invalid.\n',
    'guides/routing.md':
      '# Routes\n\n## Dynamic routes by name\n\nYou make a dynamic route with brackets in the file name.\n',
  })
  expect(ask(docs, 'how do I make a dynamic route?').citations[0]?.title).toBe('Routes')
  expect(ask(docs, 'what does InvalidDynamicRoute mean?').citations[0]?.title).toBe('InvalidDynamicRoute')
})

describe('which section leads', () => {
  const tool = passagesOf({
    'install.md': `# Install the widget

Add the script tag to every page on which visitors may ask.

## What the widget stores

The widget installs no cookies. The widget stores the conversation in the tab.
`,
    'releases.md': `# Releases

## Node.js versions without support

Odd-numbered versions of Node.js are not tested, and the version of Node.js is not checked.
`,
    'start.md': `# Getting started

## Scaffold a project

Acme requires Node.js version 20.19 or newer. Then run the command.
`,
  })

  test('of a page whose title names what was asked, its opening', () => {
    const { markdown, citations } = ask(tool, 'How do I install the widget?')
    expect(markdown).toMatch(/^Add the script tag/)
    expect(citations[0]?.headings).toEqual([])
  })

  test('the opening of a page, though only another of its sections was hit', () => {
    const question = 'How do I install the widget?'
    const [opening, ...rest] = tool
    const found = search(rest, question)
    const result = { ...found, siblings: [opening as StoredPassage] }
    const { markdown } = answerQuestion(analyseQuestion(question, english), result, english)
    expect(markdown).toMatch(/^Add the script tag/)
  })

  test('asked for a version, the sentence that holds one', () => {
    expect(ask(tool, 'which version of node is required').markdown).toMatch(/Node\.js version 20\.19/)
  })
})
