/** What a page carries to have the widget. */
export function snippetFor(edge: string, key: string): string {
  return `<script async src="${edge}/widget.js" data-key="${key}"></script>`
}
