import { ButtonLink } from '../ui/button.tsx'
import { Page } from '../ui/page.tsx'

export function NotFound() {
  return (
    <Page title="There is nothing here" lead="The address is wrong, or what was here is gone.">
      <ButtonLink look="primary" href="/">
        To your projects
      </ButtonLink>
    </Page>
  )
}
