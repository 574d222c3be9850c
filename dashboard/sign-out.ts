import { call } from './api.ts'
import { paths } from './paths.ts'
import { setTheme, theme } from './theme.ts'

/** The server also clears what this browser has stored for us; how the page looks is no secret and stays. */
export async function signOut(): Promise<void> {
  const chosen = theme.value
  await call('POST /api/sign-out', {})
  setTheme(chosen)
  location.assign(paths.signIn)
}
