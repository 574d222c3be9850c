import { call } from '../api.ts'
import { sentenceOf } from '../failure.ts'
import { useAction, useLoaded } from '../loaded.ts'
import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { PROVIDER_WORDS, type Provider } from '../words.ts'

/** Signing in, or up, by an account elsewhere; nothing where none is configured. */
export function Providers() {
  const available = useLoaded('providers', (signal) => call('GET /api/sign-in', { signal }))
  const go = useAction(async (provider: Provider) => {
    const { url } = await call('POST /api/sign-in/:provider', { provider, body: {} })
    location.assign(url)
    // Until the browser has left, the button is not to be pressed again.
    await new Promise(() => {})
  })
  const providers = available.value?.providers ?? []
  if (providers.length === 0) return null
  return (
    <div class="providers">
      <p class="or">or</p>
      {go.error !== null && <Notice kind="error">{sentenceOf(go.error)}</Notice>}
      {providers.map((provider) => (
        <Button key={provider} busy={go.busy} onClick={() => go.run(provider)}>
          Continue with {PROVIDER_WORDS[provider]}
        </Button>
      ))}
    </div>
  )
}
