/** All that the Worker takes from Node, which workerd builds in; with Node's own types every file here would also get its globals. */
declare module 'node:crypto' {
  export interface KeyObject {
    readonly symmetricKeySize?: number
  }
  export interface Hmac {
    update(data: string | Uint8Array): Hmac
    digest(encoding: 'hex' | 'base64'): string
  }
  export function createSecretKey(key: Uint8Array): KeyObject
  export function createHmac(algorithm: 'sha256', key: KeyObject): Hmac
}
