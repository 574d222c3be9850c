import { PernoexWidget, type WidgetHandle } from '@pernoex/widget/react'
import { useRef, useState } from 'react'

interface Props {
  /** Both come from your build's environment or from your server. */
  publicKey: string
  api: string
}

export function App({ publicKey, api }: Props) {
  const widget = useRef<WidgetHandle>(null)
  const [dark, setDark] = useState(false)
  const [help, setHelp] = useState(false)
  const [heard, setHeard] = useState('')
  const theme = dark ? 'dark' : 'light'
  const shared = { publicKey, api, theme, accent: '#1d6b45' } as const
  return (
    <main>
      <h1>Fernway console</h1>
      <p>
        <button type="button" onClick={() => widget.current?.ask('How do I roll back?')}>
          How do I roll back?
        </button>{' '}
        <button type="button" aria-pressed={dark} onClick={() => setDark(!dark)}>
          Dark
        </button>{' '}
        <button type="button" aria-pressed={help} onClick={() => setHelp(!help)}>
          Help page
        </button>
      </p>
      <p role="status">{heard}</p>
      {help ? (
        <PernoexWidget key="inline" {...shared} mode="inline" />
      ) : (
        <PernoexWidget
          key="bubble"
          {...shared}
          ref={widget}
          onAnswer={({ outcome }) => setHeard(outcome)}
          words={{ subtitle: 'Answers from the Fernway handbook' }}
        />
      )}
    </main>
  )
}
