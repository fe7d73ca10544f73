import type { Log } from '../../core/log.ts'
import type { Network } from '../server/address.ts'

/** Says once, of requests that seem to come through a proxy, that none is trusted: the limits then count all of its people as one. */
export function forwardedUnread(trustedProxies: readonly Network[], log: Log): (headers: Headers) => void {
  let isSaid = trustedProxies.length > 0
  return (headers) => {
    if (isSaid || !(headers.has('x-forwarded-for') || headers.has('forwarded'))) return
    isSaid = true
    const text =
      'requests say that they were forwarded, and TRUSTED_PROXIES is not set: if they come through a proxy of yours, all people behind it share the limits of one; set it to the proxy’s network'
    log({ event: 'finding', severity: 'warn', text })
  }
}
