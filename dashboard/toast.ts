import { signal } from '@preact/signals'

/** What has just been done, in a sentence that goes away by itself; it is read out as well. */
export const toast = signal<{ text: string; id: number } | null>(null)

const SHOWN_MS = 6000
let count = 0

export function say(text: string): void {
  count += 1
  const shown = { text, id: count }
  toast.value = shown
  setTimeout(() => {
    if (toast.value === shown) toast.value = null
  }, SHOWN_MS)
}
