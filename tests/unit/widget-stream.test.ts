import { createParser } from 'eventsource-parser'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createEventParser, readEvents, type StreamEvent } from '#widget/stream.ts'

/** What the standard's reference reader makes of the same text, all at once. */
function reference(text: string): StreamEvent[] {
  const events: StreamEvent[] = []
  createParser({ onEvent: ({ event, data }) => events.push({ event: event || 'message', data }) }).feed(text)
  return events
}

function parse(pieces: string[]): StreamEvent[] {
  const events: StreamEvent[] = []
  const push = createEventParser((event) => events.push(event))
  for (const piece of pieces) push(piece)
  return events
}

const ending = fc.constantFrom('\n', '\r\n', '\r')
const value = fc.string({ unit: fc.constantFrom('a', ' ', ':', 'é', '🎣', '{', '"') })
const line = fc.oneof(
  value.map((text) => `data:${text}`),
  value.map((text) => `data: ${text}`),
  fc.constantFrom(
    'event: answer.delta',
    'event:answer.done',
    'data',
    ': a comment',
    'id: 7',
    'retry: 5',
    'odd: field',
    '',
  ),
)
/** Ends with a blank line, so that the last event is complete for either reader. */
const streams = fc
  .array(fc.tuple(line, ending), { maxLength: 40 })
  .map((lines) => `${lines.map((parts) => parts.join('')).join('')}\n\n`)
const cuts = fc.array(fc.nat({ max: 400 }), { maxLength: 30 })

function cutAt(text: string, places: number[]): string[] {
  const sorted = [...new Set(places.filter((place) => place < text.length))].sort((a, b) => a - b)
  return [...sorted, text.length].map((end, index) => text.slice(index === 0 ? 0 : sorted[index - 1], end))
}

test('any stream, cut anywhere, gives the events that eventsource-parser finds in the whole', () => {
  fc.assert(
    fc.property(streams, cuts, (text, places) => {
      expect(parse(cutAt(text, places))).toEqual(reference(text))
    }),
    { numRuns: 500, seed: 20260601 },
  )
})

test('bytes cut in the middle of a character give the same events', async () => {
  await fc.assert(
    fc.asyncProperty(streams, cuts, async (text, places) => {
      const bytes = new TextEncoder().encode(text)
      const ends = [...new Set(places.filter((place) => place < bytes.length))].sort((a, b) => a - b)
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          let from = 0
          for (const end of [...ends, bytes.length]) {
            controller.enqueue(bytes.slice(from, end))
            from = end
          }
          controller.close()
        },
      })
      const events: StreamEvent[] = []
      for await (const event of readEvents(body)) events.push(event)
      expect(events).toEqual(reference(text))
    }),
    { numRuns: 200, seed: 20260601 },
  )
})

test('an event that the connection cut off is not delivered', () => {
  expect(parse(['event: answer.delta\ndata: {"mark'])).toEqual([])
  expect(parse(['data: whole\n\ndata: half\n'])).toEqual([{ event: 'message', data: 'whole' }])
})

test('a reader that stops early cancels the body, so that the server can stop too', async () => {
  let cancelled = false
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new TextEncoder().encode('data: x\n\n')),
    cancel: () => {
      cancelled = true
    },
  })
  for await (const _ of readEvents(body)) break
  await Promise.resolve()
  expect(cancelled).toBe(true)
})
