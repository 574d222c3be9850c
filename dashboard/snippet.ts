/** What a page carries to have the newest widget. */
export function snippetFor(edge: string, key: string): string {
  return `<script async src="${edge}/widget.js" data-key="${key}"></script>`
}

/** The same for one release, which the browser holds to its integrity value. */
export function pinnedSnippetFor(edge: string, key: string, release: { file: string; integrity: string }): string {
  const { file, integrity } = release
  return `<script async src="${edge}/${file}" integrity="${integrity}" crossorigin="anonymous" data-key="${key}"></script>`
}
