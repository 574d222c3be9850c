import { useState } from 'preact/hooks'
import { useRoute } from 'preact-iso/router'
import { call } from '../api.ts'
import type { NewKey } from '../calls.ts'
import type { ListedKey } from '../key-advice.ts'
import { useEvery, useList } from '../loaded.ts'
import { CreateKeyDialog } from '../parts/create-key.tsx'
import { RevokeKeyDialog, RotateKeyDialog } from '../parts/end-key.tsx'
import { KeyCard } from '../parts/key-card.tsx'
import { Listed } from '../parts/listed.tsx'
import { NewKeyDialog } from '../parts/new-key.tsx'
import { may } from '../session-state.ts'
import { Button } from '../ui/button.tsx'
import { Empty } from '../ui/notice.tsx'
import { Page } from '../ui/page.tsx'

const REFRESH_MS = 15_000

type Open = { what: 'create' } | { what: 'rotate' | 'revoke'; key: ListedKey } | { what: 'new'; made: NewKey } | null

export function Keys() {
  const { project = '' } = useRoute().params
  const [open, setOpen] = useState<Open>(null)
  const keys = useList(`keys ${project}`, (cursor, signal) =>
    call('GET /api/projects/:project/keys', { project, query: { cursor }, signal }),
  )
  useEvery(REFRESH_MS, keys.reload)
  const close = () => setOpen(null)
  const made = (key: NewKey) => {
    setOpen({ what: 'new', made: key })
    keys.reload()
  }
  const revoked = async () => {
    await keys.reload()
    close()
  }
  const create = may('keys.manage') && (
    <Button look="primary" icon="add" onClick={() => setOpen({ what: 'create' })}>
      New key
    </Button>
  )
  return (
    <Page
      title="Keys"
      lead="A public key names your project in a page; it works on allowed domains only. A secret key is for your own servers."
      actions={create}
    >
      <Listed
        list={keys}
        empty={
          <Empty title="No key yet" action={create}>
            Make a public key for the pages that shall carry the widget.
          </Empty>
        }
      >
        {(items) => (
          <ul class="stack">
            {inUseFirst(items).map((key) => (
              <li key={key.id}>
                <KeyCard
                  listed={key}
                  onRotate={() => setOpen({ what: 'rotate', key })}
                  onRevoke={() => setOpen({ what: 'revoke', key })}
                />
              </li>
            ))}
          </ul>
        )}
      </Listed>
      {open?.what === 'create' && <CreateKeyDialog project={project} onMade={made} onClose={close} />}
      {open?.what === 'rotate' && <RotateKeyDialog project={project} listed={open.key} onMade={made} onClose={close} />}
      {open?.what === 'revoke' && (
        <RevokeKeyDialog project={project} listed={open.key} onRevoked={revoked} onClose={close} />
      )}
      {open?.what === 'new' && <NewKeyDialog made={open.made} onClose={close} />}
    </Page>
  )
}

/** The ended ones stay for the record, below. */
function inUseFirst(keys: ListedKey[]): ListedKey[] {
  const hasEnded = ({ state }: ListedKey) => state === 'revoked' || state === 'expired'
  return [...keys.filter((key) => !hasEnded(key)), ...keys.filter(hasEnded)]
}
