import { useLayoutEffect, useRef } from 'preact/hooks'
import { Icon } from './icon.tsx'

interface PreviewProps {
  name: string
  accent: string
  theme: 'light' | 'dark' | 'auto'
  position: 'bottom-right' | 'bottom-left'
  mode: 'bubble' | 'side'
  greeting: string
  /** One a line. */
  starters: string
}

/** A drawing of the widget as a visitor meets it, not the widget itself: that one loads from the edge host, into pages of yours. */
export function WidgetPreview({ name, accent, theme, position, mode, greeting, starters }: PreviewProps) {
  const stage = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    if (/^#[0-9a-f]{6}$/i.test(accent)) stage.current?.style.setProperty('--widget-accent', accent)
  }, [accent])
  const questions = starters.split('\n').filter((line) => line.trim() !== '')
  return (
    <div ref={stage} class={`widget-stage ${position} ${mode} theme-${theme}`}>
      <div class="widget-panel">
        <header>
          <strong>Ask {name}</strong>
          <small>Answers from the docs, with sources</small>
        </header>
        <div class="widget-body">
          <p>{greeting.trim() || 'What would you like to know?'}</p>
          <ul>
            {questions.slice(0, 6).map((question, index) => (
              <li key={`${index} ${question}`}>{question}</li>
            ))}
          </ul>
        </div>
        <p class="widget-field">Ask a question…</p>
      </div>
      <span class="widget-launcher">
        <Icon name="chat" /> Ask the docs
      </span>
    </div>
  )
}
