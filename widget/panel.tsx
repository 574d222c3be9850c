import { useLayoutEffect, useRef } from 'preact/hooks'
import { Composer } from './composer.tsx'
import { keepFocusInside } from './focus.ts'
import { Icon } from './icons.tsx'
import { Thread } from './thread.tsx'
import { useLabels, useStore, useWidget } from './widget.ts'
import { english, fill } from './words.ts'

/** Below this the panel covers the screen (panel.css says the same) and takes the page's place. */
const FULL_SCREEN = '(max-width: 480px)'

export function Panel() {
  const { store, act, close } = useWidget()
  const words = useLabels(english)
  const open = useStore((state) => state.open)
  const part = useStore((state) => state.part)
  const name = useStore((state) => state.config?.project.name)
  const started = useStore((state) => state.turns.length > 0)
  const box = useRef<HTMLElement>(null)
  const covers = open && matchMedia(FULL_SCREEN).matches

  useLayoutEffect(() => {
    // On a touch screen focus in the field would bring up the keyboard over what there is to read.
    const first = matchMedia('(pointer: coarse)').matches ? '.close' : 'textarea'
    if (open) box.current?.querySelector<HTMLElement>(first)?.focus()
  }, [open])

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && !event.isComposing) {
      if (store.get().source) store.set({ source: null })
      else close()
    } else if (covers && box.current) keepFocusInside(box.current, event)
  }

  return (
    <section
      ref={box}
      class="panel"
      role="dialog"
      aria-modal={covers}
      aria-labelledby="title"
      hidden={!open}
      onKeyDown={onKeyDown}
    >
      <div class="head">
        <div>
          <h2 id="title">{name ? fill(words.title, { name }) : words.launch}</h2>
          <p>{words.subtitle}</p>
        </div>
        {started && (
          <button
            type="button"
            class="icon"
            aria-label={words.fresh}
            title={words.fresh}
            onClick={() => act(({ clear }) => clear())}
          >
            <Icon name="fresh" />
          </button>
        )}
        <button type="button" class="icon close" aria-label={words.close} onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      <Thread />
      {part && <part.SourceCard />}
      <Composer />
      {part && <part.LiveRegion />}
    </section>
  )
}
