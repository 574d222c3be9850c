import { useEffect } from 'preact/hooks'
import { call } from '../api.ts'
import { sentenceOf } from '../failure.ts'
import { useAction, useLoaded } from '../loaded.ts'
import { say } from '../toast.ts'
import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { Section, Skeleton } from '../ui/page.tsx'
import { When } from '../ui/time.tsx'
import { PROVIDER_WORDS, type Provider } from '../words.ts'

/** The accounts elsewhere that open this one. Nothing where no provider is configured. */
export function Identities() {
  const state = useLoaded('identities', async (signal) => {
    const [{ providers }, identities] = await Promise.all([
      call('GET /api/sign-in', { signal }),
      call('GET /api/identities', { signal }),
    ])
    return { providers, ...identities }
  })
  const add = useAction(async (provider: Provider) => {
    const { url } = await call('POST /api/identities/:provider', { provider, body: {} })
    location.assign(url)
    await new Promise(() => {})
  })
  const remove = useAction(async (provider: Provider) => {
    await call('DELETE /api/identities/:provider', { provider })
    await state.reload()
    say(`${PROVIDER_WORDS[provider]} opens your account no more.`)
  })
  useEffect(() => {
    const linked = /^#linked=(google|apple)$/.exec(location.hash)?.[1] as Provider | undefined
    if (linked === undefined) return
    history.replaceState(history.state, '', location.pathname)
    say(`You can sign in with ${PROVIDER_WORDS[linked]} from now on.`)
  }, [])
  if (state.value?.providers.length === 0) return null
  const { value, error } = state
  return (
    <Section
      title="Other ways in"
      lead="An account that you have elsewhere. Your second factor is asked for all the same."
    >
      {[error, add.error, remove.error].map(
        (failure) => failure !== null && <Notice kind="error">{sentenceOf(failure)}</Notice>,
      )}
      {value === undefined && error === null && <Skeleton rows={2} />}
      <ul class="rows">
        {value?.providers.map((provider) => {
          const linked = value.items.find((item) => item.provider === provider)
          const isLast = !value.password && value.items.length === 1
          return (
            <li key={provider} class="row">
              <div class="row-words">
                <strong class="main">{PROVIDER_WORDS[provider]}</strong>
                <small>{linked ? <When at={linked.linkedAt} /> : 'Not linked'}</small>
              </div>
              {linked ? (
                <Button busy={remove.busy} disabled={isLast} onClick={() => remove.run(provider)}>
                  Unlink {PROVIDER_WORDS[provider]}
                </Button>
              ) : (
                <Button busy={add.busy} onClick={() => add.run(provider)}>
                  Link {PROVIDER_WORDS[provider]}
                </Button>
              )}
            </li>
          )
        })}
      </ul>
    </Section>
  )
}
