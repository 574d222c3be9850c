import { describe, expect, test } from 'vitest'
import { SPOKEN_SENTENCES, speakable, spokenAnswer } from '#edge/rules/spoken.ts'
import { readTranscript, shortened } from '#edge/rules/transcript.ts'
import { readVoiceQuestions, voiceReply } from '#edge/rules/voice-question.ts'
import { utf8 } from '#shared/bytes.ts'

describe('speakable text', () => {
  test.each([
    ['**Rotate** the *key* [1].', 'Rotate the key.'],
    ['Open [Keys](https://docs.example/keys) and press `New key`. [2]', 'Open Keys and press New key.'],
    ['See https://docs.example/a?b=c for more.', 'See for more.'],
    ['Write to <mailto:a@docs.example>.', 'Write to.'],
    ['# Keys\n\n- First\n- Second:\n\n1. Third', 'Keys. First. Second. Third.'],
    ['> > Quoted.', 'Quoted.'],
    ['Run:\n\n```sh\nnpm install --global x\n```\n\nThen start.', 'Run. Then start.'],
    ['```\nonly code\n```', ''],
    ['~~~\n``` inside\n~~~\nAfter.', 'After.'],
    ['| Plan | Price |\n| --- | ---: |\n| Free | 0 |', 'Free, 0.'],
    ['Set `data-key` to `pnx_pk_live`.', 'Set data-key to pnx pk live.'],
    ['<b>Bold</b> &amp; plain.', 'Bold & plain.'],
    ['', ''],
  ])('%j is said %j', (markdown, said) => {
    expect(speakable(markdown)).toBe(said)
  })

  test('is cut after a sentence, or after a word where there is none', () => {
    expect(speakable('A sentence of some length. '.repeat(60))).toMatch(/^.{700,900}length\.$/s)
    expect(speakable('word '.repeat(400))).toMatch(/^(?:word )+word\.$/)
    expect(speakable('x'.repeat(5000)).length).toBeLessThanOrEqual(901)
  })

  const markdown = 'Press *Rotate* [1].'
  const from = (...titles: string[]) => ({
    outcome: 'answered' as const,
    markdown,
    citations: titles.map((title) => ({ title })),
  })
  test('names its sources by title, each once', () => {
    expect(spokenAnswer(from('Keys'))).toEqual({
      answer: "Press Rotate. That is from the page 'Keys'.",
      sources: ['Keys'],
    })
    expect(spokenAnswer(from('Keys', 'Keys', '`npm` *tips*')).answer).toContain("from the pages 'Keys' and 'npm tips'.")
    expect(spokenAnswer(from('A', 'B', 'C', 'D')).sources).toEqual(['A', 'B', 'C'])
    expect(spokenAnswer(from()).answer).toBe('Press Rotate.')
  })

  test('says where there is no answer, and where it is all code', () => {
    const nearby = { ...from('Keys'), outcome: 'abstained' as const }
    expect(spokenAnswer(nearby)).toEqual({ answer: SPOKEN_SENTENCES.abstained, sources: [] })
    expect(spokenAnswer({ ...from('Keys'), markdown: '```\nx\n```' }).answer).toBe(
      `${SPOKEN_SENTENCES.onlyCode} That is from the page 'Keys'.`,
    )
  })
})

const spoken = (answer: string) => ({ answer, sources: ['Keys'] })

describe('a question in a call', () => {
  test('by Vapi: several, their arguments as an object or as text, answered in their order', () => {
    const asked = readVoiceQuestions(
      {
        message: {
          type: 'tool-calls',
          call: { id: 'call-1' },
          toolCallList: [
            { id: 'a', name: 'docs', arguments: { question: ' How? ' } },
            { id: 'b', type: 'function', function: { name: 'docs', arguments: '{"question":"Why?"}' } },
            { id: 'c', arguments: '{broken' },
          ],
        },
      },
      'msg_1',
    )
    if (asked === null) throw new Error('asks nothing')
    const questions = [
      { id: 'a', question: 'How?' },
      { id: 'b', question: 'Why?' },
      { id: 'c', question: null },
    ]
    expect(asked).toEqual({ shape: 'vapi', callId: 'call-1', questions })
    expect(voiceReply(asked, ['1', '2', '3'].map(spoken))).toEqual({
      results: [
        { toolCallId: 'a', result: '1' },
        { toolCallId: 'b', result: '2' },
        { toolCallId: 'c', result: '3' },
      ],
    })
  })

  test('by Retell, and in the plain form', () => {
    const retell = readVoiceQuestions({ name: 'ask_docs', args: { question: 'How?' }, call: { call_id: 'r1' } }, null)
    expect(retell).toEqual({ shape: 'retell', callId: 'r1', questions: [{ id: null, question: 'How?' }] })
    expect(retell && voiceReply(retell, [spoken('So.')])).toEqual({ result: 'So.' })
    const plain = readVoiceQuestions({ question: 'How?', callId: 'p1' }, 'msg_1')
    expect(plain).toEqual({ shape: 'plain', callId: 'p1', questions: [{ id: 'msg_1', question: 'How?' }] })
    expect(plain && voiceReply(plain, [spoken('So.')])).toEqual({ answer: 'So.', sources: ['Keys'] })
  })

  test.each([[7], [''], [' '], ['a\0b'], ['x'.repeat(10_001)], [null]])('%j is none', (question) => {
    expect(readVoiceQuestions({ question }, null)?.questions).toEqual([{ id: null, question: null }])
  })

  test('of more than a few, the rest are told so', () => {
    const toolCallList = Array.from({ length: 40 }, (_, index) => ({ id: `${index}`, arguments: { question: 'How?' } }))
    const asked = readVoiceQuestions({ message: { type: 'tool-calls', toolCallList } }, null)
    expect(asked?.questions).toHaveLength(20)
    expect(asked?.questions.filter(({ question }) => question !== null)).toHaveLength(4)
  })

  test.each([
    { type: 'post_call_transcription', data: {} },
    { message: { type: 'end-of-call-report' } },
    { event: 'call_ended', call: {} },
    {},
  ])('%j is an event', (body) => {
    expect(readVoiceQuestions(body, 'msg_1')).toBeNull()
  })
})

describe('the transcript of a call', () => {
  const read = (event: unknown) => readTranscript(utf8(JSON.stringify(event)))
  const turns = [
    { role: 'assistant', text: 'Hello.' },
    { role: 'visitor', text: 'How do I rotate?' },
    { role: 'assistant', text: 'Press it. Then wait.' },
  ]
  test.each([
    [
      'ElevenLabs',
      {
        type: 'post_call_transcription',
        data: {
          conversation_id: 'c1',
          transcript: [
            { role: 'agent', message: 'Hello.' },
            { role: 'user', message: 'How do I rotate?' },
            { role: 'agent', message: null, tool_calls: [] },
            { role: 'agent', message: 'Press it.' },
            { role: 'agent', message: 'Then wait.' },
          ],
        },
      },
    ],
    [
      'Retell',
      {
        event: 'call_analyzed',
        call: {
          call_id: 'c1',
          transcript_object: [
            { role: 'agent', content: 'Hello.', words: [] },
            { role: 'user', content: 'How do I rotate?' },
            { role: 'agent', content: 'Press it. Then wait.' },
          ],
        },
      },
    ],
    [
      'Vapi',
      {
        message: {
          type: 'end-of-call-report',
          call: { id: 'c1' },
          artifact: {
            messages: [
              { role: 'system', message: 'Be kind.' },
              { role: 'bot', message: 'Hello.' },
              { role: 'user', message: 'How do I\nrotate?' },
              { role: 'tool_calls', toolCalls: [] },
              { role: 'bot', message: 'Press it. Then wait.' },
            ],
          },
        },
      },
    ],
  ])('by %s', (_, event) => {
    expect(read(event)).toEqual({ transcript: { callId: 'c1', turns } })
  })

  test('is read again from its short form', () => {
    const transcript = { callId: 'c1', turns: turns as { role: 'visitor' | 'assistant'; text: string }[] }
    expect(readTranscript(shortened(transcript))).toEqual({ transcript })
  })

  const plain = (data: unknown) => ({ type: 'call.transcript', data })
  test.each([
    [[], 'dead', /not a JSON object/],
    [plain({ turns: [] }), 'dead', /which call/],
    [plain({ callId: 'c', turns: {} }), 'dead', /not a list/],
    [plain({ callId: 'c', turns: [{ role: 'user', text: 'a' }, 7] }), 'dead', /Turn 2/],
    [plain({ callId: 'c', turns: [{ role: 'user', text: { a: 1 } }] }), 'dead', /Turn 1/],
    [plain({ callId: 'c' }), 'ignored', /no transcript/],
    [plain({ callId: 'c', turns: [{ role: 'user', text: ' ' }] }), 'ignored', /Nothing was said/],
    [{ type: 'post_call_audio', data: {} }, 'ignored', /Only questions/],
    [{ type: 'documents.upsert', data: { path: 'a', content: 'b' } }, 'ignored', /Only questions/],
  ])('%j is %s', (event, state, reason) => {
    expect(read(event)).toEqual({ end: { state, reason: expect.stringMatching(reason) } })
  })

  test('is bounded, and clean of what the database refuses', () => {
    const long = Array.from({ length: 2000 }, (_, n) => ({
      role: n % 2 ? 'user' : 'agent',
      text: `\0${'é'.repeat(9000)}`,
    }))
    const result = read(plain({ callId: 'c', turns: long }))
    if (!('transcript' in result)) throw new Error('no transcript')
    expect(utf8(JSON.stringify(result)).length).toBeLessThan(65_000)
    expect(result.transcript.turns[0]?.text).toMatch(/^é{4000}…$/)
  })
})
