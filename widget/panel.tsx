import { useLayoutEffect, useRef } from 'preact/hooks'
import { Composer } from './composer.tsx'
import { keepFocusInside } from './focus.ts'
import { Icon } from './icons.tsx'
import { Thread } from './thread.tsx'
import { useLabels, useStore, useWidget } from './widget.ts'
import { fill } from './words.ts'

/** Below this the panel covers the screen (panel.css says the same) and takes the page's place. */
const FULL_SCREEN = '(max-width: 480px), (max-height: 420px)'

export function Panel() {
  const { options, store, memory, act, close } = useWidget()
  const words = useLabels()
  const open = useStore((state) => state.open)
  const part = useStore((state) => state.part)
  const config = useStore((state) => state.config)
  const history = useStore((state) => state.history)
  const started = useStore((state) => state.turns.length > 0)
  // The list of earlier conversations grows while answers come in.
  useStore(({ turns }) => turns[turns.length - 1]?.status)
  const box = useRef<HTMLElement>(null)
  const inline = options.mode === 'inline'
  const modal = options.mode === 'modal'
  const covers = open && !inline && (modal || matchMedia(FULL_SCREEN).matches)
  const past = config?.capabilities.includes('threads') && memory.past().length > 0

  useLayoutEffect(() => {
    // On a touch screen focus in the field would bring up the keyboard over what there is to read.
    const first = matchMedia('(pointer: coarse)').matches ? '.close' : 'textarea'
    if (open && !inline) box.current?.querySelector<HTMLElement>(first)?.focus()
  }, [open])

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && !event.isComposing) {
      if (store.get().source) store.set({ source: null })
      else if (history) store.set({ history: false })
      else close()
    } else if (covers && box.current) keepFocusInside(box.current, event)
  }

  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: Escape and the button close it too */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: as above */}
      {modal && open && <div class="veil" onClick={close} />}
      {/* biome-ignore lint/a11y/useAriaPropsSupportedByRole: undefined for a region */}
      <section
        ref={box}
        class="panel"
        part="panel"
        role={inline ? 'region' : 'dialog'}
        aria-modal={covers || undefined}
        aria-labelledby="title"
        hidden={!open}
        onKeyDown={onKeyDown}
      >
        <div class="head" part="header">
          <div>
            <h2 id="title">{config ? fill(words.title, config.project) : words.launch}</h2>
            <p>{words.subtitle}</p>
          </div>
          {past && (
            <Button
              icon="past"
              label={words.history}
              pressed={history}
              onClick={() => act(() => store.set({ history: !history, source: null }))}
            />
          )}
          {started && <Button icon="fresh" label={words.fresh} onClick={() => act(({ clear }) => clear())} />}
          {!inline && <Button icon="close" label={words.close} onClick={close} />}
        </div>
        {part && history ? <part.History /> : <Thread />}
        {part && <part.SourceCard />}
        <Composer />
        {part && <part.LiveRegion />}
      </section>
    </>
  )
}

interface ButtonProps {
  icon: 'past' | 'fresh' | 'close'
  label: string
  pressed?: boolean
  onClick(): void
}

function Button({ icon, label, pressed, onClick }: ButtonProps) {
  return (
    <button
      type="button"
      class={`icon ${icon}`}
      aria-label={label}
      aria-pressed={pressed}
      title={label}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  )
}
