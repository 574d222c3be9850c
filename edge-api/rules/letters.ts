/** The mails that accounts send: plain text, one link at most, and the host is the configured one. */
export type Letter =
  | { kind: 'verify'; token: string }
  | { kind: 'account_exists' }
  | { kind: 'reset'; token: string }
  | { kind: 'password_changed' }
  | { kind: 'second_factor_changed'; enabled: boolean }
  | { kind: 'identity_linked'; provider: string }
  | { kind: 'backup_code_used'; left: number }
  | { kind: 'invitation'; token: string; organization: string; invitedBy: string; hours: number }

export function letterOf(letter: Letter, app: string): { subject: string; text: string } {
  const { subject, lines } = wordsOf(letter, app)
  return { subject, text: `${lines.join('\n\n')}\n\nPernoex\n` }
}

function wordsOf(letter: Letter, app: string): { subject: string; lines: string[] } {
  switch (letter.kind) {
    case 'verify':
      return {
        subject: 'Confirm your e-mail address',
        lines: [
          'Open this link within a day to confirm your address and finish signing up:',
          `${app}/verify#${letter.token}`,
          'If you did not sign up, do nothing: without the link the account stays closed.',
        ],
      }
    case 'account_exists':
      return {
        subject: 'You already have an account',
        lines: [
          'Somebody, probably you, signed up with this address, which has an account already. Nothing was changed.',
          `Sign in at ${app}/sign-in, or set a new password at ${app}/reset.`,
        ],
      }
    case 'reset':
      return {
        subject: 'Set a new password',
        lines: [
          'Open this link within an hour to set a new password. It works once, and ends every session of yours:',
          `${app}/reset#${letter.token}`,
          'If you did not ask for it, do nothing: your password stays as it is.',
        ],
      }
    case 'password_changed':
      return {
        subject: 'Your password was changed',
        lines: [
          'Your password was changed just now, and every other session was ended.',
          `If it was not you, set a new one at once: ${app}/reset`,
        ],
      }
    case 'second_factor_changed':
      return {
        subject: `Your second factor was switched ${letter.enabled ? 'on' : 'off'}`,
        lines: [
          `Two-factor sign-in was switched ${letter.enabled ? 'on' : 'off'} for your account just now.`,
          `If it was not you, set a new password at once: ${app}/reset`,
        ],
      }
    case 'identity_linked':
      return {
        subject: 'Another way to sign in was added',
        lines: [
          `Your account can be entered with ${letter.provider === 'apple' ? 'Apple' : 'Google'} from now on.`,
          `If it was not you, set a new password at once: ${app}/reset`,
        ],
      }
    case 'backup_code_used':
      return {
        subject: 'A backup code was used to sign in',
        lines: [
          `Somebody, probably you, signed in with one of your backup codes just now. ${letter.left} are left.`,
          `If it was not you, set a new password at once: ${app}/reset`,
        ],
      }
    case 'invitation':
      return {
        subject: `You are invited to ${oneLine(letter.organization)}`,
        lines: [
          `${oneLine(letter.invitedBy)} invites you to work with ${oneLine(letter.organization)} on Pernoex. The link works once, for this address, within ${letter.hours} hours:`,
          `${app}/invitation#token=${letter.token}`,
          'If you do not know them, do nothing: without the link nothing happens.',
        ],
      }
  }
}

/** What people call themselves must not begin a line, or a header, of its own. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, 100)
}
