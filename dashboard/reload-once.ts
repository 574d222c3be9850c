const PLACE = 'pernoex-reloaded-at'
const PAUSE_MS = 60_000

/** A page's file that cannot be loaded is mostly one of an earlier release: the new page knows the new names. */
export function reloadOnce(): void {
  try {
    const last = Number(sessionStorage.getItem(PLACE) ?? 0)
    if (Date.now() - last < PAUSE_MS) return
    sessionStorage.setItem(PLACE, String(Date.now()))
    location.reload()
  } catch {
    // Without storage nobody could tell a second time from the first.
  }
}
