export interface StreamEvent {
  event: string
  data: string
}

/**
 * Incremental parser of `text/event-stream` (WHATWG HTML 9.2.6) for the fields an answer uses: `event` and `data`.
 * Takes decoded text cut anywhere, also between CR and LF; looks at each character once.
 */
export function createEventParser(emit: (event: StreamEvent) => void): (text: string) => void {
  let unfinished = ''
  let endedInReturn = false
  let name = ''
  let data: string[] = []

  const readLine = (line: string) => {
    if (line === '') {
      if (data.length > 0) emit({ event: name || 'message', data: data.join('\n') })
      name = ''
      data = []
      return
    }
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)
    if (field === 'event') name = value
    else if (field === 'data') data.push(value)
  }

  return (text) => {
    const fresh = endedInReturn && text[0] === '\n' ? text.slice(1) : text
    if (text !== '') endedInReturn = text.endsWith('\r')
    const lines = fresh.split(/\r\n?|\n/)
    lines[0] = unfinished + lines[0]
    unfinished = lines.pop() ?? ''
    for (const line of lines) readLine(line)
  }
}

/**
 * Reads a response body as events. Bytes of one character may arrive in two chunks, so decoding is incremental too.
 * `onBytes` is told about every chunk, whether or not it completed an event.
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  onBytes: () => void = () => {},
): AsyncGenerator<StreamEvent> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  const ready: StreamEvent[] = []
  const parse = createEventParser((event) => ready.push(event))
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      onBytes()
      parse(decoder.decode(value, { stream: true }))
      yield* ready.splice(0)
    }
  } finally {
    // Reached also when the consumer stops early: tells the server to stop working.
    reader.cancel().catch(() => {})
  }
}
