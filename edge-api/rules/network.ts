/**
 * What one household or office is limited by: the first 24 bits of an IPv4 address, the first 64 of an IPv6 one. `header` is
 * the platform's own (CF-Connecting-IP); X-Forwarded-For is whatever the caller likes to write.
 */
export function networkOf(header: string | null): string {
  if (header === null) return 'unknown'
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(header)?.[1]
  const address = mapped ?? header
  if (!address.includes(':')) return address.slice(0, Math.max(0, address.lastIndexOf('.'))) || 'unknown'
  const [head = '', tail] = address.toLowerCase().split('::')
  const groups = head === '' ? [] : head.split(':')
  const last = tail === undefined || tail === '' ? [] : tail.split(':')
  const missing = Math.max(0, 8 - groups.length - last.length)
  const whole = tail === undefined ? groups : [...groups, ...Array<string>(missing).fill('0'), ...last]
  return whole
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')
}
