/** Every shape that crosses the network between the widget (or a customer's own code) and the edge API. */

export interface Thread {
  id: string
  /** Capability for this conversation; shown to the visitor's browser once, stored hashed. */
  secret: string
}

export interface AskRequest {
  question: string
  /** A UUID; asking again with the same one within ten minutes gives the same answer and costs nothing. */
  requestId?: string | undefined
  thread?: Thread | undefined
  page?: { url?: string | undefined; title?: string | undefined } | undefined
  locale?: string | undefined
  identity?: string | undefined
}

export interface Citation {
  /** The `n` of the `[n]` in the text, from 1. */
  n: number
  passageId: string
  /** The page's title. */
  title: string
  /** Heading path inside the page, outermost first, without the title. */
  headings: string[]
  /** The page, with the heading's anchor. */
  url: string
  /** Verbatim from the stored passage. */
  quote: string
}

export type Outcome = 'answered' | 'abstained'

/** Server-sent events of `POST /v1/answers`, by `event:` name. */
export type AnswerEvent =
  | { event: 'answer.started'; data: { answerId: string; thread: Thread } }
  | { event: 'answer.delta'; data: { markdown: string } }
  | { event: 'answer.citation'; data: Citation }
  | { event: 'answer.done'; data: { answerId: string; outcome: Outcome; citations: Citation[] } }
  | { event: 'answer.error'; data: { problem: Problem } }

/** The JSON form of the same answer, for `Accept: application/json`. */
export interface Answer {
  answerId: string
  thread: Thread
  outcome: Outcome
  markdown: string
  citations: Citation[]
}

export interface SearchHit {
  passageId: string
  title: string
  headings: string[]
  url: string
  snippet: string
  score: number
}

export interface SearchResponse {
  hits: SearchHit[]
}

export interface FeedbackRequest {
  answerId: string
  thread: Thread
  rating: 'up' | 'down'
  reasons?: string[] | undefined
  comment?: string | undefined
}

export interface ThreadMessage {
  role: 'visitor' | 'assistant'
  markdown: string
  at: string
  answerId?: string
  outcome?: Outcome
  citations?: Citation[]
}

export interface ThreadView {
  id: string
  createdAt: string
  messages: ThreadMessage[]
}

/** How a project's widget looks and speaks. What a page says itself goes before it. */
export interface WidgetConfig {
  /** Both have a launcher; a page that wants a modal or an inline widget says so itself. */
  mode?: 'bubble' | 'side'
  theme: 'light' | 'dark' | 'auto'
  accent: string
  position: 'bottom-right' | 'bottom-left'
  /** Empty: the widget's own, in the page's language. */
  greeting: string
  starters: string[]
  /** Replaces any of the widget's words, by name. */
  labels: Record<string, string>
  /** Whether answers may show images, fetched from where the documentation has them. Default: no, they become links. */
  images?: boolean
  /** Where a visitor finds a person: a `mailto:` or `https:` address. */
  handoff?: string
}

export type Capability = 'answers' | 'search' | 'feedback' | 'threads'

export interface ConfigResponse {
  project: { name: string }
  widget: WidgetConfig
  capabilities: Capability[]
}

/** RFC 9457 `application/problem+json`. */
export interface Problem {
  type: string
  title: string
  status: number
  detail: string
  code: ProblemCode
  requestId: string
  /** Only for `body_invalid` and `plan_full`. */
  errors?: { path: string; message: string }[]
  /** Only for `rule_invalid`. */
  reason?: string
}

export type ProblemCode =
  | 'origin_missing'
  | 'origin_malformed'
  | 'origin_not_allowed'
  | 'key_missing'
  | 'key_malformed'
  | 'key_unknown'
  | 'key_revoked'
  | 'key_expired'
  | 'scope_missing'
  | 'rate_limited'
  | 'quota_exceeded'
  | 'body_too_large'
  | 'body_invalid'
  | 'media_type_unsupported'
  | 'rule_invalid'
  | 'conflict'
  | 'plan_full'
  | 'signature_missing'
  | 'signature_malformed'
  | 'signature_wrong'
  | 'timestamp_outside_window'
  | 'session_missing'
  | 'csrf_wrong'
  | 'credentials_wrong'
  | 'code_wrong'
  | 'email_unverified'
  | 'proof_required'
  | 'role_insufficient'
  | 'address_differs'
  | 'second_factor_required'
  | 'not_found'
  | 'method_not_allowed'
  | 'unavailable'
  | 'internal_error'
