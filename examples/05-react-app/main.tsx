import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'

const { VITE_PERNOEX_KEY, VITE_PERNOEX_API } = import.meta.env

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <App publicKey={VITE_PERNOEX_KEY} api={VITE_PERNOEX_API} />
  </StrictMode>,
)
