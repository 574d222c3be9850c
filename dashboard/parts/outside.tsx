import type { ComponentChildren } from 'preact'
import { Logo } from '../ui/icon.tsx'
import { useTitle } from '../ui/page.tsx'
import { ThemeSwitch } from './theme-switch.tsx'

interface OutsideProps {
  title: string
  lead?: ComponentChildren
  children: ComponentChildren
  /** What stands below the box: the way to the other pages of this kind. */
  foot?: ComponentChildren
}

/** The pages before sign-in: one box in the middle. */
export function Outside({ title, lead, children, foot }: OutsideProps) {
  useTitle(title)
  return (
    <div class="outside">
      <header>
        <a href="/" class="home">
          <Logo />
        </a>
        <ThemeSwitch />
      </header>
      <main id="main" tabIndex={-1}>
        <div class="box">
          <h1 tabIndex={-1}>{title}</h1>
          {lead && <p class="lead">{lead}</p>}
          {children}
        </div>
        {foot && <p class="foot">{foot}</p>}
      </main>
    </div>
  )
}
