import { stopwords as englishStopWords } from '@orama/stopwords/english'
import { stem as stemEnglish } from 'porter2'

/** What makes terms of one language: both indexing and asking must use the same. */
export interface Language {
  /** BCP 47 primary subtag. */
  code: string
  /** Takes a lower-case word. */
  stem(word: string): string
  stopWords: ReadonlySet<string>
}

interface Parts {
  stemmer: () => Promise<{ stemmer: (word: string) => string }>
  stopWords: () => Promise<{ stopwords: string[] }>
}

/** English needs no loading: it is what almost every docs site is written in. `a` is missing from the list it is built on. */
export const english: Language = {
  code: 'en',
  stem: stemEnglish,
  stopWords: new Set(['a', ...englishStopWords.flatMap(withoutApostrophe)]),
}

/** Loaded on first use, so that the other languages cost the public path nothing. */
const LANGUAGES: Readonly<Record<string, Parts>> = {
  ar: { stemmer: () => import('@orama/stemmers/arabic'), stopWords: () => import('@orama/stopwords/arabic') },
  bg: { stemmer: () => import('@orama/stemmers/bulgarian'), stopWords: () => import('@orama/stopwords/bulgarian') },
  da: { stemmer: () => import('@orama/stemmers/danish'), stopWords: () => import('@orama/stopwords/danish') },
  de: { stemmer: () => import('@orama/stemmers/german'), stopWords: () => import('@orama/stopwords/german') },
  el: { stemmer: () => import('@orama/stemmers/greek'), stopWords: () => import('@orama/stopwords/greek') },
  es: { stemmer: () => import('@orama/stemmers/spanish'), stopWords: () => import('@orama/stopwords/spanish') },
  fi: { stemmer: () => import('@orama/stemmers/finnish'), stopWords: () => import('@orama/stopwords/finnish') },
  fr: { stemmer: () => import('@orama/stemmers/french'), stopWords: () => import('@orama/stopwords/french') },
  hu: { stemmer: () => import('@orama/stemmers/hungarian'), stopWords: () => import('@orama/stopwords/hungarian') },
  id: { stemmer: () => import('@orama/stemmers/indonesian'), stopWords: () => import('@orama/stopwords/indonesian') },
  it: { stemmer: () => import('@orama/stemmers/italian'), stopWords: () => import('@orama/stopwords/italian') },
  nl: { stemmer: () => import('@orama/stemmers/dutch'), stopWords: () => import('@orama/stopwords/dutch') },
  no: { stemmer: () => import('@orama/stemmers/norwegian'), stopWords: () => import('@orama/stopwords/norwegian') },
  pt: { stemmer: () => import('@orama/stemmers/portuguese'), stopWords: () => import('@orama/stopwords/portuguese') },
  ro: { stemmer: () => import('@orama/stemmers/romanian'), stopWords: () => import('@orama/stopwords/romanian') },
  ru: { stemmer: () => import('@orama/stemmers/russian'), stopWords: () => import('@orama/stopwords/russian') },
  sv: { stemmer: () => import('@orama/stemmers/swedish'), stopWords: () => import('@orama/stopwords/swedish') },
  tr: { stemmer: () => import('@orama/stemmers/turkish'), stopWords: () => import('@orama/stopwords/turkish') },
  uk: { stemmer: () => import('@orama/stemmers/ukrainian'), stopWords: () => import('@orama/stopwords/ukrainian') },
}

/**
 * The language of a BCP 47 tag (`pt-BR` → Portuguese). One that has no stemmer here (Chinese, Japanese, Thai, …) keeps
 * its words as they are; scripts without spaces do not need one.
 */
export async function loadLanguage(tag: string): Promise<Language> {
  const code = tag.toLowerCase().split(/[-_]/)[0] ?? ''
  if (code === 'en' || code === '') return english
  const parts = LANGUAGES[code === 'nb' || code === 'nn' ? 'no' : code]
  if (!parts) return { code, stem: (word) => word, stopWords: new Set() }
  const [{ stemmer }, { stopwords }] = await Promise.all([parts.stemmer(), parts.stopWords()])
  return { code, stem: stemmer, stopWords: new Set(stopwords.flatMap(withoutApostrophe)) }
}

/** Tokens never hold an apostrophe: `don't` arrives as `don`. */
function withoutApostrophe(word: string): string[] {
  return word.includes("'") ? [word.split("'")[0] ?? word] : [word]
}
