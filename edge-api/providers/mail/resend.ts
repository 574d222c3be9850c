import type { Mail } from '../../account-ports.ts'

export interface ResendSettings {
  /** `https://api.resend.com`, or an endpoint that speaks the same: the mailbox that `npm start` offers does. */
  endpoint: string
  apiKey: string
  /** `Pernoex <no-reply@example.com>`; its domain must be verified with the provider. */
  from: string
}

const TIMEOUT_MS = 10_000

/**
 * Sends through Resend (POST /emails, https://resend.com/docs/api-reference/emails/send-email). Rejects with a `MailRefused`
 * that names the status and no address.
 */
export function createResendMail({ endpoint, apiKey, from }: ResendSettings, send: typeof fetch): Mail {
  return {
    async send({ to, subject, text, idempotencyKey }) {
      const answer = await send(`${endpoint}/emails`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${apiKey}`,
          'content-type': 'application/json',
          'idempotency-key': idempotencyKey,
        },
        body: JSON.stringify({ from, to: [to], subject, text }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      await answer.body?.cancel()
      if (!answer.ok) throw new MailRefused(`The mail provider answered ${answer.status}.`)
    },
  }
}

export class MailRefused extends Error {
  override name = 'MailRefused'
}

/** For an installation without a mail provider: nothing is sent, and the log says so. */
export const noMail: Mail = {
  send: () => Promise.reject(new MailRefused('No mail provider is configured.')),
}
