import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { isAbort } from './api.ts'

export interface Loaded<Value> {
  /** Undefined until it has come for the first time; kept while it is loaded again. */
  value: Value | undefined
  error: unknown
  reload(): Promise<void>
}

/** Loads when the component appears, and anew whenever `key` changes; what comes too late is dropped. */
export function useLoaded<Value>(key: string, load: (signal: AbortSignal) => Promise<Value>): Loaded<Value> {
  const [state, setState] = useState<{ key: string; value?: Value; error: unknown }>({ key, error: null })
  const latest = useRef(load)
  latest.current = load
  const running = useRef<AbortController | null>(null)
  const reload = useCallback(async () => {
    running.current?.abort()
    const controller = new AbortController()
    running.current = controller
    try {
      const value = await latest.current(controller.signal)
      if (!controller.signal.aborted) setState({ key, value, error: null })
    } catch (error) {
      if (!controller.signal.aborted && !isAbort(error))
        setState((before) => ({ ...(before.key === key ? before : { key }), error }))
    }
  }, [key])
  useEffect(() => {
    reload()
    return () => running.current?.abort()
  }, [reload])
  const isCurrent = state.key === key
  return { value: isCurrent ? state.value : undefined, error: isCurrent ? state.error : null, reload }
}

export interface Action<Args extends unknown[]> {
  /** Resolves to whether it went through. A second call while the first is under way does nothing: double clicks are harmless. */
  run(...args: Args): Promise<boolean>
  busy: boolean
  error: unknown
  clear(): void
}

export function useAction<Args extends unknown[]>(act: (...args: Args) => Promise<unknown>): Action<Args> {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const running = useRef(false)
  const latest = useRef(act)
  latest.current = act
  const run = useCallback(async (...args: Args) => {
    if (running.current) return false
    running.current = true
    setBusy(true)
    setError(null)
    try {
      await latest.current(...args)
      return true
    } catch (failure) {
      setError(failure)
      return false
    } finally {
      running.current = false
      setBusy(false)
    }
  }, [])
  const clear = useCallback(() => setError(null), [])
  return { run, busy, error, clear }
}

/** Every `ms`, but neither while the page is out of sight nor before the last time is through: a slow server is left alone. */
export function useEvery(ms: number, tick: () => Promise<void>): void {
  const latest = useRef(tick)
  latest.current = tick
  const busy = useRef(false)
  useEffect(() => {
    const timer = setInterval(async () => {
      if (busy.current || document.visibilityState !== 'visible') return
      busy.current = true
      await latest.current()
      busy.current = false
    }, ms)
    return () => clearInterval(timer)
  }, [ms])
}

export interface LoadedList<Item> {
  /** Undefined until the first page has come. */
  items: Item[] | undefined
  error: unknown
  hasMore: boolean
  loadingMore: boolean
  more(): void
  /** As many pages anew as are shown. */
  reload(): Promise<void>
}

interface ListPage<Item> {
  items: Item[]
  nextCursor: string | null
}

/** A list that comes in pages. */
export function useList<Item>(
  key: string,
  load: (cursor: string | undefined, signal: AbortSignal) => Promise<ListPage<Item>>,
): LoadedList<Item> {
  const shown = useRef({ key, pages: 1 })
  if (shown.current.key !== key) shown.current = { key, pages: 1 }
  const loaded = useLoaded(key, async (signal) => {
    const all: ListPage<Item> = { items: [], nextCursor: null }
    for (let page = 0; page < shown.current.pages; page++) {
      const next = await load(all.nextCursor ?? undefined, signal)
      all.items.push(...next.items)
      all.nextCursor = next.nextCursor
      if (next.nextCursor === null) break
    }
    return all
  })
  const [loadingMore, setLoadingMore] = useState(false)
  const more = async () => {
    shown.current.pages += 1
    setLoadingMore(true)
    await loaded.reload()
    setLoadingMore(false)
  }
  const { value, error, reload } = loaded
  return { items: value?.items, error, hasMore: value?.nextCursor != null, loadingMore, more, reload }
}

/** The value once it has stayed the same for `ms`: for filters, so that not every letter is a request. */
export function useSettled<Value>(value: Value, ms = 300): Value {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return settled
}
