import { useState } from 'preact/hooks'
import { useRoute } from 'preact-iso/router'
import { call } from '../api.ts'
import { useList } from '../loaded.ts'
import { Deliveries } from '../parts/deliveries.tsx'
import { RemoveWebhookDialog, RotateWebhookDialog, type Webhook } from '../parts/end-webhook.tsx'
import { Listed } from '../parts/listed.tsx'
import { NewWebhookDialog, type Signing, SigningDialog } from '../parts/new-webhook.tsx'
import { may } from '../session-state.ts'
import { Button } from '../ui/button.tsx'
import { Copy } from '../ui/copy.tsx'
import { Empty } from '../ui/notice.tsx'
import { Page, Section } from '../ui/page.tsx'
import { When } from '../ui/time.tsx'

type Open =
  | { what: 'new' }
  | { what: 'rotate' | 'remove'; webhook: Webhook }
  | { what: 'signing'; signing: Signing }
  | null

export function Webhooks() {
  const { project = '' } = useRoute().params
  const [open, setOpen] = useState<Open>(null)
  const webhooks = useList(`webhooks ${project}`, (cursor, signal) =>
    call('GET /api/projects/:project/webhooks', { project, query: { cursor }, signal }),
  )
  const close = () => setOpen(null)
  const made = (signing: Signing) => {
    setOpen({ what: 'signing', signing })
    webhooks.reload()
  }
  const create = may('webhooks.manage') && (
    <Button look="primary" icon="add" onClick={() => setOpen({ what: 'new' })}>
      New address
    </Button>
  )
  return (
    <Page
      title="Webhooks"
      lead="Addresses to which your own systems push documents and voice agents send what they are asked, each signed. What is not signed is refused."
      actions={create}
    >
      <Section title="Addresses">
        <Listed
          list={webhooks}
          empty={
            <Empty title="No address yet">
              With one, your build can send each changed page as soon as it is published. The handbook has an example.
            </Empty>
          }
        >
          {(items) => (
            <ul class="rows">
              {items.map((webhook) => (
                <Row key={webhook.id} webhook={webhook} onOpen={(what) => setOpen({ what, webhook })} />
              ))}
            </ul>
          )}
        </Listed>
      </Section>
      <Section title="Received" lead="The latest first. An event takes effect once, however often it is sent.">
        <Deliveries project={project} />
      </Section>
      {open?.what === 'new' && <NewWebhookDialog project={project} onMade={made} onClose={close} />}
      {open?.what === 'rotate' && (
        <RotateWebhookDialog project={project} webhook={open.webhook} onMade={made} onClose={close} />
      )}
      {open?.what === 'remove' && (
        <RemoveWebhookDialog project={project} webhook={open.webhook} onRemoved={webhooks.reload} onClose={close} />
      )}
      {open?.what === 'signing' && <SigningDialog signing={open.signing} onClose={close} />}
    </Page>
  )
}

function Row({ webhook, onOpen }: { webhook: Webhook; onOpen(what: 'rotate' | 'remove'): void }) {
  const { label, kind, url, createdAt, previousSecretUntil } = webhook
  return (
    <li class="row">
      <div class="row-words">
        <strong class="main">{label}</strong>
        <small>
          {kind === 'voice' ? 'Voice agent · made' : 'Made'} <When at={createdAt} />
          {previousSecretUntil && (
            <>
              {' '}
              · its old secret ends <When at={previousSecretUntil} />
            </>
          )}
        </small>
      </div>
      {may('webhooks.manage') && (
        <div class="actions">
          <Button look="quiet" label={`New secret for ${label}`} onClick={() => onOpen('rotate')}>
            New secret
          </Button>
          <Button look="quiet" label={`Remove ${label}`} onClick={() => onOpen('remove')}>
            Remove
          </Button>
        </div>
      )}
      <div class="whole">
        <Copy text={url} what={`the address ${label}`} />
      </div>
    </li>
  )
}
