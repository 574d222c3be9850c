import { type Letter, letterOf } from '../rules/letters.ts'
import { newToken, type SignInPorts } from './sign-in.ts'

/** A mail that cannot be sent fails nothing: it can be asked for again. */
export async function sendLetter(ports: SignInPorts, to: string, letter: Letter): Promise<void> {
  const { subject, text } = letterOf(letter, appOrigin(ports.settings))
  const idempotencyKey = newToken(ports).token
  try {
    await ports.accounts.mail.send({ to, subject, text, idempotencyKey })
  } catch (error) {
    ports.log.error('mail_failed', { kind: letter.kind, error })
  }
}

export function appOrigin({ appHost, local }: Pick<SignInPorts['settings'], 'appHost' | 'local'>): string {
  return `${local ? 'http' : 'https'}://${appHost}`
}
