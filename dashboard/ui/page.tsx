import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect } from 'preact/hooks'

interface PageProps {
  title: string
  lead?: ComponentChildren
  actions?: ComponentChildren
  children: ComponentChildren
}

/** A page's heading takes the focus after a change of page (parts/shell.tsx), and names the tab. */
export function Page({ title, lead, actions, children }: PageProps) {
  useTitle(title)
  return (
    <>
      <header class="page-head">
        <div>
          <h1 tabIndex={-1}>{title}</h1>
          {lead && <p class="lead">{lead}</p>}
        </div>
        {actions && <div class="actions">{actions}</div>}
      </header>
      {children}
    </>
  )
}

export function useTitle(title: string): void {
  useLayoutEffect(() => {
    document.title = `${title} · Pernoex`
  }, [title])
}

interface SectionProps {
  title: string
  lead?: ComponentChildren
  actions?: ComponentChildren
  /** Without the frame around it. */
  bare?: boolean
  children: ComponentChildren
}

export function Section({ title, lead, actions, bare, children }: SectionProps) {
  const id = useId()
  return (
    <section class={bare ? 'section bare' : 'section'} aria-labelledby={id}>
      <header>
        <div>
          <h2 id={id}>{title}</h2>
          {lead && <p class="hint">{lead}</p>}
        </div>
        {actions && <div class="actions">{actions}</div>}
      </header>
      {children}
    </section>
  )
}

/** Keeps the place of what is being loaded: `rows` lines of a list. */
export function Skeleton({ rows = 3 }: { rows?: number }) {
  return (
    <div class="skeleton" role="status">
      <span class="hidden">Loading…</span>
      {Array.from({ length: rows }, (_, row) => (
        <span key={row} class="bone" />
      ))}
    </div>
  )
}
