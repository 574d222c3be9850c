import type { StoredPassage } from './passage.ts'
import type { SearchResult } from './search.ts'

/** What stands under one heading of one page, as far as the search brought it. */
export interface FoundSection {
  /** Its best passage. */
  passage: StoredPassage
  /** All of its passages that are known, in reading order. */
  pieces: StoredPassage[]
  /** Of its best passage. */
  score: number
  /** Terms of the query that any of its pieces holds. */
  matched: Set<string>
}

/**
 * The hits put together by section, best first: long sections are cut for the index, and answered whole. Openings of pages
 * that were not hit themselves come last.
 */
export function sectionsOf({ hits, siblings = [] }: SearchResult): FoundSection[] {
  const sections = new Map<string, FoundSection>()
  for (const { passage, score, matched } of hits) {
    const section = sections.get(keyOf(passage))
    if (section) {
      section.pieces.push(passage)
      for (const term of matched) section.matched.add(term)
    } else sections.set(keyOf(passage), { passage, pieces: [passage], score, matched: new Set(matched) })
  }
  for (const passage of siblings) {
    const section = sections.get(keyOf(passage))
    if (!section) sections.set(keyOf(passage), { passage, pieces: [passage], score: 0, matched: new Set() })
    else if (section.pieces.every((piece) => piece.passageId !== passage.passageId)) section.pieces.push(passage)
  }
  for (const { pieces } of sections.values()) pieces.sort((left, right) => left.ordinal - right.ordinal)
  return [...sections.values()]
}

function keyOf({ documentId, url, headings }: StoredPassage): string {
  return JSON.stringify([documentId, url, headings])
}
