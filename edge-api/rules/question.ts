import { english } from './language.ts'

/** What kind of answer a question asks for. English cues only; anything else is `open`, which is a good default. */
export type QuestionKind = 'how' | 'definition' | 'error' | 'yes-no' | 'why' | 'open'

const TROUBLE = /\b(error|exception|fail(s|ed|ing|ure)?|not working|doesn'?t work|cannot|can'?t find|undefined|crash)\b/
const DEFINITION = /^(what( is|'s| are| does)|whats|define|explain|meaning of|tell me about)\b/

export function questionKind(question: string): QuestionKind {
  const text = question.trim().toLowerCase()
  if (TROUBLE.test(text)) return /^how (do|can|to)\b/.test(text) ? 'how' : 'error'
  if (/\bhow (do|does|can|could|should|would|to|i|we)\b|^(show|steps|guide)\b/.test(text)) return 'how'
  if (/^why\b/.test(text)) return 'why'
  if (DEFINITION.test(text)) return 'definition'
  if (/^(is|are|does|do|can|could|should|will|has|have|must|may|did)\b/.test(text)) return 'yes-no'
  // "Build a library", "deploy to pages": what visitors type is often just the task.
  return isActionWord(/^\S+/.exec(text)?.[0] ?? '') ? 'how' : 'open'
}

/** Does the question want something to type? Then code belongs in the answer. */
export function wantsCode(question: string, kind: QuestionKind): boolean {
  return (
    kind === 'how' || kind === 'error' || /\b(example|snippet|syntax|code|command|config\w*|usage)\b/i.test(question)
  )
}

/**
 * Words that frame a question rather than name its subject. The docs may hold them or not: neither says much about whether
 * they hold the answer, so these weigh less.
 */
const FRAME_WORDS = new Set(
  `able achieve advice allow allowed allows another answer any ask avoid basic best better between case choose come
  common compare comparison correct correctly define describe detail details determine differ difference differences
  different do docs documentation doing easily easy ensure exact exactly example examples exist exists explain
  explained find fix get gets getting give given go good happen happening happens have help idea important info
  information instead issue keep kind know learn let like look looking make makes making many matter mean meaning
  means more most much need needed needs offer own part people place please point possible problem proper properly
  purpose put question reason recommend recommended right safe safely same say see several show simple solution
  solve someone something sort specific start started steps supposed sure take tell thing things time try trying
  understand usage use used uses using usual usually versus vs want wanted way ways work working works wrong`
    .split(/\s+/)
    .concat(
      `always arent away bit cant couldnt didnt doesnt dont else entire ever everyone everything havent heres hows im instead isnt
      ive just little lot never nothing nobody onto per quite rather real really shouldnt still straight thats theres
      very via wasnt whats wheres whether whole whos whose whys without wont wouldnt yet youre`.split(/\s+/),
    )
    .filter(Boolean),
)

/** Of how it is to be done, not of what: "automatically", "permanently". */
const ADVERB = /^(?!.*(?:reply|apply|supply|family|assembly|anomaly|multiply)$)\p{L}{3,}ly$/iu

/** `isAbsent`: the docs do not know the word, so it may be one of these with a slip. */
export function isFrameWord(surface: string, isAbsent = false): boolean {
  return ADVERB.test(surface) || isAmong(FRAME_WORDS, surface, isAbsent)
}

/** What visitors want to do. The thing they want to do it to says more: half the docs create, set or change something. */
const ACTION_WORDS = new Set(
  `accept add adding build call change changing configure configuring connect convert create creating customize debug
  define defining deploy disable disabling display enable enabling expose force generate generating handle handling
  host implement implementing import include insert install integrate keep limit load make migrate modify move open
  optimize override paginate pass prevent print publish put read redirect register remove render replace reset
  return run running save send serve set setting setup share specify start starting stop store support switch test
  track turn update upgrade validate view write writing`
    .split(/\s+/)
    .filter(Boolean),
)

const ACTION_STEMS = new Set([...ACTION_WORDS].map((word) => english.stem(word)))

/** In any form: "supported" and "installing" are actions as well. */
export function isActionWord(surface: string, isAbsent = false): boolean {
  return isAmong(ACTION_WORDS, surface, isAbsent) || ACTION_STEMS.has(english.stem(surface.toLowerCase()))
}

/** Shorter words have too many neighbours. */
const MIN_MISSPELT = 6

function isAmong(words: ReadonlySet<string>, surface: string, isAbsent: boolean): boolean {
  const word = surface.toLowerCase()
  if (words.has(word)) return true
  return isAbsent && word.length >= MIN_MISSPELT && [...words].some((each) => isSlipOf(word, each))
}

/** One character is wrong, missing, surplus or swapped with its neighbour. */
export function isSlipOf(typed: string, meant: string): boolean {
  if (typed === meant || Math.abs(typed.length - meant.length) > 1) return false
  let start = 0
  while (start < typed.length && typed[start] === meant[start]) start++
  const [rest, other] = [typed.slice(start), meant.slice(start)]
  return (
    rest.slice(1) === other.slice(1) ||
    rest.slice(1) === other ||
    rest === other.slice(1) ||
    (rest.slice(2) === other.slice(2) && rest[0] === other[1] && rest[1] === other[0])
  )
}
