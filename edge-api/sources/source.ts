/** What a source lists: a document's text, or in words why it has none. Paths are relative, with `/`. */
export type ListedDocument = { path: string; content: string } | { path: string; reason: string }

/** A place that documents come from. One file a brand; each lists its documents with stable paths. */
export interface Source {
  /** Read once, in order; a remote brand fetches while it is read. */
  documents: Iterable<ListedDocument> | AsyncIterable<ListedDocument>
  /** Whether that is all the source holds: what is stored of it and not listed is then removed. */
  complete: boolean
}
