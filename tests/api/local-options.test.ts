import { expect, test } from 'vitest'
import { parseOptions } from '#edge/local/options.ts'
import { createProgressBar } from '#edge/local/progress.ts'
import { createStopSteps } from '#edge/local/stop-steps.ts'

const parse = (...args: string[]) => parseOptions(args, '/home/me', '/repo/.pernoex')

test('without options the handbook is served from the default folder with limits on', () => {
  expect(parse()).toEqual({
    ok: true,
    value: {
      docs: null,
      siteUrl: null,
      siteStyle: 'github',
      origins: [],
      port: null,
      data: '/repo/.pernoex',
      fresh: false,
      limits: 'on',
      json: false,
      help: false,
    },
  })
})

test('every option of the usage is understood, relative paths are those of whoever typed them', () => {
  const parsed = parse(
    ...['--docs', '../docs', '--site-url', 'https://docs.example/v2/', '--site-style', 'starlight'],
    ...['--origin', 'a.example', '--origin', '*.b.example', '--port', '9000', '--data=state', '--fresh'],
    ...['--limits', 'off', '--json'],
  )
  expect(parsed).toMatchObject({
    value: {
      docs: '/home/docs',
      siteUrl: 'https://docs.example/v2',
      siteStyle: 'starlight',
      origins: ['a.example', '*.b.example'],
      port: 9000,
      data: '/home/me/state',
      fresh: true,
      limits: 'off',
      json: true,
    },
  })
})

test.each([
  [['--colour'], /^Unknown option '--colour'\.$/],
  [['docs'], /^Unexpected argument 'docs'/],
  [['--docs'], /argument missing/],
  [['--port', '0'], /^--port must be/],
  [['--port', '70000'], /^--port must be/],
  [['--port', '80a'], /^--port must be/],
  [['--limits', 'none'], /^--limits must be on or off\.$/],
  [['--site-style', 'hugo'], /^--site-style must be one of github, vitepress/],
  [['--site-url', 'docs.example'], /^--site-url must be an address/],
  [['--site-url', 'https://me:pw@docs.example'], /^--site-url must be a plain address/],
])('%j is refused with a sentence', (args, sentence) => {
  expect(parse(...args)).toMatchObject({ ok: false, reason: expect.stringMatching(sentence) })
})

function fakeStream(isTTY: boolean) {
  const written: string[] = []
  const stream = { isTTY, columns: 80, write: (text: string) => written.push(text) }
  return { stream: stream as unknown as NodeJS.WriteStream, written }
}

test('progress redraws one line on a terminal, and writes a line per tenth to a file', () => {
  const terminal = fakeStream(true)
  const bar = createProgressBar(terminal.stream)
  bar.show({ done: 1, total: 2, note: '5 passages' })
  bar.show({ done: 2, total: 2, note: '9 passages' })
  bar.end()
  expect(terminal.written.join('')).toMatch(/^\r.*1\/2 documents, 5 passages\r.*2\/2 documents, 9 passages\n$/s)

  const file = fakeStream(false)
  const lines = createProgressBar(file.stream)
  for (let done = 0; done <= 1000; done++) lines.show({ done, total: 1000, note: '' })
  expect(file.written).toHaveLength(11)
  expect(file.written.join('')).not.toContain('\r')
})

test('stopping runs the newest step first, and one that hangs or throws does not hold up the others', async () => {
  const order: string[] = []
  const stops = createStopSteps()
  stops.add('first', () => order.push('first'))
  stops.add('throws', () => {
    throw new Error('no')
  })
  stops.add('hangs', () => new Promise(() => {}))
  stops.add('last', () => order.push('last'))
  expect(await stops.run(20)).toEqual(['hangs', 'throws'])
  expect(order).toEqual(['last', 'first'])
})
