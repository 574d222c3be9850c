import {
  type CSSProperties,
  createElement,
  type ForwardedRef,
  forwardRef,
  type ReactNode,
  useEffect,
  useImperativeHandle,
  useRef,
} from 'react'
import { init } from './npm.ts'
import type { WidgetEvents, WidgetHandle, WidgetOptions } from './options.ts'

export type { Transcript, WidgetEvents, WidgetHandle, WidgetOptions } from './options.ts'

type Look = Omit<WidgetOptions, 'key' | 'api' | 'target'>

export interface PernoexWidgetProps extends Look {
  /** Public key, `pnx_pk_…`; React keeps the name `key` for itself. */
  publicKey: string
  /** Origin of the edge host, without a trailing slash. */
  api: string
  /** A token, signed by your server, that says who the visitor is. */
  identity?: string | null | undefined
  /** Of the box that an inline widget stands in. */
  className?: string | undefined
  style?: CSSProperties | undefined
  onOpen?: (() => void) | undefined
  onClose?: (() => void) | undefined
  onAsk?: ((detail: WidgetEvents['ask']) => void) | undefined
  onAnswer?: ((detail: WidgetEvents['answer']) => void) | undefined
  onCitation?: ((detail: WidgetEvents['citation']) => void) | undefined
  onFeedback?: ((detail: WidgetEvents['feedback']) => void) | undefined
  onError?: ((detail: WidgetEvents['error']) => void) | undefined
}

const EVENTS = {
  open: 'onOpen',
  close: 'onClose',
  ask: 'onAsk',
  answer: 'onAnswer',
  citation: 'onCitation',
  feedback: 'onFeedback',
  error: 'onError',
} as const

/** A widget that lives as long as it is mounted. Changed props change it in place; the conversation stays. */
export const PernoexWidget = forwardRef(function PernoexWidget(
  props: PernoexWidgetProps,
  ref: ForwardedRef<WidgetHandle>,
): ReactNode {
  const { publicKey, api, identity, className, style, ...rest } = props
  const look = withoutListeners(rest)
  const box = useRef<HTMLDivElement>(null)
  const handle = useRef<WidgetHandle | null>(null)
  const latest = useRef(props)
  const shown = useRef<Look>(look)

  useEffect(() => {
    latest.current = props
  })
  useEffect(() => {
    const widget = init({ ...shown.current, key: publicKey, api, target: box.current ?? undefined })
    handle.current = widget
    for (const [event, prop] of Object.entries(EVENTS))
      widget.on(event as keyof WidgetEvents, (detail) =>
        (latest.current[prop] as ((detail: unknown) => void) | undefined)?.(detail),
      )
    return () => {
      handle.current = null
      widget.destroy()
    }
  }, [publicKey, api])

  useEffect(() => {
    const change = differences(shown.current, look)
    shown.current = look
    if (Object.keys(change).length > 0) handle.current?.update({ ...change, target: box.current ?? undefined })
  })
  useEffect(() => handle.current?.identify(identity ?? null), [identity, publicKey, api])
  useImperativeHandle(ref, () => standIn(handle), [])

  return look.mode === 'inline' ? createElement('div', { ref: box, className, style }) : null
})

function withoutListeners(props: Record<string, unknown>): Look {
  const listeners = new Set<string>(Object.values(EVENTS))
  return Object.fromEntries(Object.entries(props).filter(([name]) => !listeners.has(name)))
}

function differences(before: Look, after: Look): Look {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])] as (keyof Look)[]
  return Object.fromEntries(
    names.filter((name) => !isSame(before[name], after[name])).map((name) => [name, after[name]]),
  )
}

/** `words` is often written in place and so a new object at each render. */
function isSame(left: unknown, right: unknown): boolean {
  return typeof left === 'object' ? JSON.stringify(left) === JSON.stringify(right) : Object.is(left, right)
}

/** StrictMode takes the widget away and makes another: the page's `ref` stays good. */
function standIn(handle: { current: WidgetHandle | null }): WidgetHandle {
  return {
    open: () => handle.current?.open(),
    close: () => handle.current?.close(),
    ask: (question) => handle.current?.ask(question),
    update: (change) => handle.current?.update(change),
    identify: (token) => handle.current?.identify(token),
    on: (event, listener) => handle.current?.on(event, listener) ?? (() => {}),
    destroy: () => handle.current?.destroy(),
  }
}
