import type { Random } from '#shared/ids.ts'

/** A secret of Standard Webhooks: 32 random bytes. */
export function newStandardSecret(random: Random): string {
  const bytes = new Uint8Array(32)
  random(bytes)
  return `whsec_${btoa(String.fromCharCode(...bytes))}`
}
