import type { ProjectDb } from '../project-db.ts'
import { confidence, type Evidence, evidenceOf } from '../rules/abstain.ts'
import { answerQuestion, type ComposedAnswer, inquiryOf } from '../rules/compose.ts'
import { loadLanguage } from '../rules/language.ts'
import { analyseQuestion } from '../rules/query.ts'
import { RETRIEVAL_DEPTH } from './answer.ts'

/** An answer with all that led to it, for whoever keeps the docs. */
export interface TriedAnswer extends ComposedAnswer {
  /** The best first, cited or not. */
  hits: {
    passageId: string
    title: string
    headings: string[]
    url: string
    text: string
    score: number
    /** Words of the question that it holds, as the index has them. */
    matched: string[]
  }[]
  /** What the question was taken to ask for; `passages`: how many hold it, and 0 where the docs never say it. */
  terms: { word: string; passages: number; repairedTo: string | null }[]
  /** Log-odds that the docs hold the answer: below 0 it abstains. */
  confidence: number
  evidence: Evidence
}

/** As a visitor would be answered, but nothing is stored, counted or sent to anybody. */
export async function tryQuestion(db: ProjectDb, languageTag: string, question: string): Promise<TriedAnswer> {
  const language = await loadLanguage(languageTag)
  const query = analyseQuestion(question, language)
  const result = await db.search(query, RETRIEVAL_DEPTH)
  const evidence = evidenceOf(inquiryOf(query, result, language), result)
  return {
    ...answerQuestion(query, result, language),
    hits: result.hits.map(({ passage: { passageId, title, headings, url, text }, score, matched }) => ({
      ...{ passageId, title, headings, url, text },
      score,
      matched,
    })),
    terms: result.terms.map(({ surface, documentFrequency, repairedTo }) => ({
      word: surface,
      passages: documentFrequency,
      repairedTo,
    })),
    confidence: confidence(evidence),
    evidence,
  }
}
