/**
 * After a change of page: to the field that waits for typing, else to the heading, so that a screen reader begins there. Not
 * when somebody has moved on already, and on the first page only for a field.
 */
export function focusPage(isFirst: boolean): void {
  requestAnimationFrame(() => {
    const main = document.getElementById('main')
    if (main === null || main.contains(document.activeElement)) return
    const field = main.querySelector<HTMLElement>('[autofocus]')
    if (field) field.focus()
    else if (!isFirst) main.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true })
    if (!isFirst) scrollTo(0, 0)
  })
}
