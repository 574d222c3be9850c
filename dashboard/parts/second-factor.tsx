import { useState } from 'preact/hooks'
import { call, loadSession } from '../api.ts'
import { sentenceOf } from '../failure.ts'
import { useAction, useLoaded } from '../loaded.ts'
import { say } from '../toast.ts'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Confirm } from '../ui/dialog.tsx'
import { Notice } from '../ui/notice.tsx'
import { Section, Skeleton } from '../ui/page.tsx'
import { count } from '../words.ts'
import { BackupCodesDialog } from './backup-codes.tsx'
import { EnrolDialog } from './enrol-second-factor.tsx'

type Open = 'enrol' | 'off' | { codes: string[] } | null

export function SecondFactor() {
  const state = useLoaded('second-factor', (signal) => call('GET /api/second-factor', { signal }))
  const [open, setOpen] = useState<Open>(null)
  const settled = async () => {
    await Promise.all([state.reload(), loadSession()])
  }
  const showCodes = async (codes: string[]) => {
    setOpen({ codes })
    await settled()
  }
  const renew = useAction(async () => {
    const { backupCodes } = await call('POST /api/second-factor/backup-codes', {})
    await showCodes(backupCodes)
  })
  const off = useAction(async () => {
    await call('DELETE /api/second-factor', {})
    await settled()
    setOpen(null)
    say('The second factor is off.')
  })
  return (
    <Section
      title="Second factor"
      lead="A code from an app on your phone, besides the password: a stolen password alone opens nothing."
      actions={
        state.value && <Badge tone={state.value.enabled ? 'good' : 'plain'}>{state.value.enabled ? 'On' : 'Off'}</Badge>
      }
    >
      {[state.error, renew.error].map((error) => error !== null && <Notice kind="error">{sentenceOf(error)}</Notice>)}
      {state.value === undefined && state.error === null && <Skeleton rows={1} />}
      {state.value?.enabled === false && (
        <Button icon="shield" onClick={() => setOpen('enrol')}>
          Set it up
        </Button>
      )}
      {state.value?.enabled && (
        <div class="actions spread">
          <p class={state.value.backupCodesLeft < 3 ? 'error' : 'hint'}>
            {count(state.value.backupCodesLeft, 'backup code')} left
          </p>
          <div class="actions">
            <Button busy={renew.busy} onClick={renew.run}>
              New backup codes
            </Button>
            <Button onClick={() => setOpen('off')}>Switch off</Button>
          </div>
        </div>
      )}
      {open === 'enrol' && <EnrolDialog onDone={showCodes} onClose={() => setOpen(null)} />}
      {open === 'off' && (
        <Confirm
          title="Switch the second factor off?"
          act="Switch off"
          busy={off.busy}
          error={off.error === null ? '' : sentenceOf(off.error)}
          onConfirm={off.run}
          onClose={() => setOpen(null)}
        >
          <p>Whoever knows your password can sign in from then on. Every other session of yours ends.</p>
        </Confirm>
      )}
      {open !== null && typeof open === 'object' && (
        <BackupCodesDialog codes={open.codes} onClose={() => setOpen(null)} />
      )}
    </Section>
  )
}
