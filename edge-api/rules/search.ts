import type { StoredPassage } from './passage.ts'

/** One thing the question asks for, as the index knows it. */
export interface QueryTerm {
  /** Normalised (folded, stemmed) form, equal to the one that indexing makes. */
  term: string
  /** As the visitor wrote it; for a part, the whole identifier it is a part of. */
  surface: string
  /** In lower case and without accents, a part by itself: what a slip of the pen is judged by. */
  word: string
  /** An identifier is looked up whole as well as by its parts; scripts without spaces go by character bigrams. */
  kind: 'word' | 'identifier' | 'part' | 'bigram'
  /** What docs may call it instead, normalised; looked for at a lower weight. Such a word is no slip for another. */
  related?: string[]
}

export interface SearchQuery {
  text: string
  /** BCP 47 primary language of the project; picks stemmer and stop words. */
  language: string
  terms: QueryTerm[]
}

/** What the index knows of a query term: rare terms carry the question, absent ones say that the docs do not hold it. */
export interface TermStatistics extends QueryTerm {
  /** Passages holding the term; 0 when it is absent from the project's vocabulary. */
  documentFrequency: number
  /** The vocabulary's word that was searched instead of an absent one, or null. */
  repairedTo: string | null
  /** Of `related`, those that the vocabulary holds, with the passages of the most frequent one. */
  relatedFrequency?: number
}

export interface PassageHit {
  passage: StoredPassage
  score: number
  /** Terms of the query (normalised, after repair) that the passage holds. */
  matched: string[]
}

export interface SearchResult {
  /** Best first. */
  hits: PassageHit[]
  terms: TermStatistics[]
  /**
   * Other pieces of the best hits' sections: a long section is cut in several passages, and an answer may need the example
   * that stands in the next one.
   */
  siblings?: StoredPassage[]
  /** Passages in the project's index. */
  passageCount: number
}
