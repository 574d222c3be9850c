import type { AnswerEvent, Citation } from '#shared/wire.ts'

/** Lines of a code block that travel together. */
const CODE_LINES = 6

/**
 * An answer as it is told: text cut where a reader pauses (a sentence, a list item, a few lines of code), and each citation
 * right after the piece whose marker first names it. The pieces joined are the answer, to the character.
 */
export function* answerEvents(markdown: string, citations: readonly Citation[]): Generator<AnswerEvent> {
  const waiting = [...citations]
  for (const piece of joinBlank(pieces(markdown))) {
    yield { event: 'answer.delta', data: { markdown: piece.text } }
    const named = piece.isCode ? [] : waiting.filter(({ n }) => piece.text.includes(`[${n}]`))
    for (const citation of named) {
      waiting.splice(waiting.indexOf(citation), 1)
      yield { event: 'answer.citation', data: citation }
    }
  }
  // The nearest pages of an abstention are offered without a marker.
  for (const citation of waiting) yield { event: 'answer.citation', data: citation }
}

interface Piece {
  text: string
  isCode: boolean
}

/** Blank lines travel with the piece before them. */
function* joinBlank(all: Iterable<Piece>): Generator<Piece> {
  let held: Piece | null = null
  for (const piece of all) {
    if (held === null || piece.text.trim() !== '') {
      if (held !== null) yield held
      held = piece
    } else held = { text: held.text + piece.text, isCode: held.isCode }
  }
  if (held !== null) yield held
}

function* pieces(markdown: string): Generator<Piece> {
  let fence: string | null = null
  let held: string[] = []
  for (const line of markdown.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
    const marks = /^\s*(`{3,})/.exec(line)?.[1]
    if (fence !== null) {
      held.push(line)
      const closes = marks !== undefined && marks.length >= fence.length && line.trim() === marks
      if (closes) fence = null
      if (closes || held.length >= CODE_LINES) {
        yield { text: held.join(''), isCode: true }
        held = []
      }
    } else if (marks !== undefined) {
      fence = marks
      held = [line]
    } else for (const text of sentencePieces(line)) yield { text, isCode: false }
  }
  if (held.length > 0) yield { text: held.join(''), isCode: true }
}

/** Cuts after a sentence with its markers, and not after the number of a list item. */
function sentencePieces(line: string): string[] {
  return line.split(/(?<=[^\d\s][.!?…](?: \[\d+\])* |[。！？](?: \[\d+\])*)(?! ?\[\d+\])/)
}
