import { RETRIEVAL_DEPTH } from '#edge/flows/answer.ts'
import { evidenceOf } from '#edge/rules/abstain.ts'
import { inquiryOf } from '#edge/rules/compose.ts'
import { english } from '#edge/rules/language.ts'
import type { SiteStyle } from '#edge/rules/passage.ts'
import { analyseQuestion } from '#edge/rules/query.ts'
import { readLines } from './collection.ts'
import { fitLogistic, type Sample, scoreOf } from './logistic.ts'
import { mean } from './measures.ts'
import { openDocs, type Question } from './questions.ts'

/** One docs site with its questions. */
export interface Site {
  name: string
  questions: string
  folder: string
  siteStyle: SiteStyle
}

export interface FitFigures {
  weights: Record<string, number>
  bar: number
  /** Of every site, judged by a model fitted on the others, over a bar that follows from the others too. */
  leftOut: { site: string; answered: number; abstainedRightly: number }[]
  /** The same, all sites together, each counting alike. */
  answered: number
  abstainedRightly: number
}

/** Shares wanted: of answers to what can be answered, and of abstentions from what cannot. */
const WANTED = { answered: 0.9, abstained: 0.8 }

interface Judged extends Sample {
  site: string
}

/** Fits the model of `rules/abstain.ts`: whether the docs hold the answer, from the evidence that answering itself goes by. */
export async function fitAbstention(sites: readonly Site[]): Promise<FitFigures> {
  const samples: Judged[] = []
  for (const site of sites) samples.push(...(await samplesOf(site)))
  const model = fitLogistic(samples)
  const leftOut = sites.map(({ name }) => {
    const others = samples.filter(({ site }) => site !== name)
    const judge = fitLogistic(others)
    const bar = barOf(others.map((sample) => ({ ...sample, score: scoreOf(judge, sample) })))
    const own = samples.filter(({ site }) => site === name).map((each) => ({ ...each, score: scoreOf(judge, each) }))
    return { site: name, ...sharesAt(own, bar) }
  })
  const bar = barOf(samples.map((sample) => ({ ...sample, score: scoreOf(model, sample) })))
  return {
    weights: model.weights,
    bar,
    leftOut,
    answered: mean(leftOut.map(({ answered }) => answered)),
    abstainedRightly: mean(leftOut.map(({ abstainedRightly }) => abstainedRightly)),
  }
}

async function samplesOf({ name, questions, folder, siteStyle }: Site): Promise<Judged[]> {
  const project = await openDocs(folder, siteStyle)
  try {
    const samples: Judged[] = []
    for (const line of readLines(questions)) {
      const { question, kind } = JSON.parse(line) as Question
      const query = analyseQuestion(question, english)
      const result = await project.db.search(query, RETRIEVAL_DEPTH)
      const evidence = evidenceOf(inquiryOf(query, result, english), result)
      samples.push({ site: name, isTrue: kind !== 'unanswerable', features: { ...evidence } })
    }
    return samples
  } finally {
    await project.close()
  }
}

type Scored = Judged & { score: number }

/** The bar that leaves the smaller of the two margins over what is wanted as large as can be. */
function barOf(scored: readonly Scored[]): number {
  const margin = (bar: number) => {
    const { answered, abstainedRightly } = sharesAt(scored, bar)
    return Math.min(answered - WANTED.answered, abstainedRightly - WANTED.abstained)
  }
  const bars = scored.map(({ score }) => score).toSorted((left, right) => left - right)
  const best = Math.max(...bars.map(margin))
  const good = bars.filter((bar) => margin(bar) === best)
  return good[Math.floor(good.length / 2)] ?? 0
}

function sharesAt(scored: readonly Scored[], bar: number): { answered: number; abstainedRightly: number } {
  const share = (isTrue: boolean, isAbove: boolean) =>
    mean(scored.filter((each) => each.isTrue === isTrue).map(({ score }) => Number(score >= bar === isAbove)))
  return { answered: share(true, true), abstainedRightly: share(false, false) }
}
