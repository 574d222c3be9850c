import type { Language } from './language.ts'
import type { QueryTerm, SearchQuery } from './search.ts'
import { normalise, terms } from './terms.ts'
import { rephrasings } from './thesaurus.ts'
import { otherSpelling } from './variety.ts'

/** More than any honest question holds; a bound on what junk can cost. */
const MAX_TERMS = 64

/** What people wrap a question in. Dropped only when something else is left: "help" may be the question itself. */
const FILLERS: Readonly<Record<string, ReadonlySet<string>>> = {
  en: new Set(
    `anybody anyone hello hey hi please thanks thank want wants wanted need needs needed like know tell explain help
    possible way ways trying try tried get getting got make sure work works working question wonder wondering
    someone something anything docs documentation us let really just also able use using used does best
    come go happen happens mean means exactly whats wheres whos whys hows thats theres heres im ive youre dont doesnt
    didnt isnt arent wasnt wont cant couldnt wouldnt shouldnt havent`.split(/\s+/),
  ),
}

/**
 * What a question asks for. Stop words alone give no terms: there is nothing to look for. Terms keep the order of the
 * question, each once.
 */
export function analyseQuestion(text: string, language: Language): SearchQuery {
  const distinct = new Map<string, QueryTerm>()
  for (const term of terms(text, language)) {
    const known = distinct.get(term.term)
    // A word written for itself counts as such, even where it is also a part of an identifier.
    if (!known || (known.kind === 'part' && term.kind !== 'part')) distinct.set(term.term, term)
    if (distinct.size === MAX_TERMS) break
  }
  const all = [...distinct.values()]
  const fillers = FILLERS[language.code]
  const telling = all.filter(({ surface }) => !fillers?.has(surface.toLowerCase()))
  return { text, language: language.code, terms: withRelated(telling.length > 0 ? telling : all, text, language) }
}

/** A rephrased word or phrase hangs on the last of its words that is asked for. What is asked for itself stands for itself alone. */
function withRelated(asked: readonly QueryTerm[], text: string, language: Language): QueryTerm[] {
  const related = new Map<string, string[]>()
  for (const rephrasing of rephrasings(text, language)) {
    const carrier = rephrasing.words.findLast((word) =>
      asked.some(({ term, kind }) => term === word && kind === 'word'),
    )
    const others = rephrasing.related.filter((word) => asked.every(({ term }) => term !== word))
    if (carrier !== undefined) related.set(carrier, others)
  }
  return asked.map((term) => {
    const other = term.kind === 'word' && language.code === 'en' ? otherSpelling(term.word) : null
    const spelt = other === null ? [] : [normalise(other, language)]
    const found = [...spelt, ...(related.get(term.term) ?? [])].filter((each) => each !== term.term)
    return found.length === 0 ? term : { ...term, related: found }
  })
}
