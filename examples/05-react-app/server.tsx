import { renderToString } from 'react-dom/server'
import { App } from './app.tsx'

/** On a server the widget draws nothing, and nothing of it runs. */
export const render = (props: Parameters<typeof App>[0]) => renderToString(<App {...props} />)
