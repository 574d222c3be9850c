const STOPS = 'a[href],button:not(:disabled),textarea:not(:disabled),[tabindex="0"]'

/** Keeps Tab inside `box`; meant for a panel that covers the whole screen. */
export function keepFocusInside(box: HTMLElement, event: KeyboardEvent): void {
  if (event.key !== 'Tab') return
  const stops = [...box.querySelectorAll<HTMLElement>(STOPS)].filter((stop) => stop.checkVisibility())
  const active = (box.getRootNode() as ShadowRoot).activeElement
  const edge = event.shiftKey ? stops[0] : stops[stops.length - 1]
  if (active !== edge && box.contains(active)) return
  event.preventDefault()
  stops[event.shiftKey ? stops.length - 1 : 0]?.focus()
}

/** The focused element of the page, also inside other people's shadow roots, so that it can have its focus back. */
export function focusedElement(): HTMLElement | null {
  let active = document.activeElement
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement
  return active instanceof HTMLElement && active !== document.body ? active : null
}

/**
 * Whoever pressed a button that is gone with what it did (a starter, a thumb, "New conversation") would be thrown back to the
 * top of the page: they go on where the answer is read.
 */
export function keepFocus(box: HTMLElement): void {
  let held: Node | null = null
  box.addEventListener('focusin', ({ target }) => {
    held = target as Node
  })
  new MutationObserver(() => {
    if (held?.isConnected !== false) return
    held = null
    if (!focusedElement()) box.querySelector<HTMLElement>('.thread')?.focus()
  }).observe(box, { childList: true, subtree: true })
}
