import { Refused } from './problems.ts'

/** A page says with this header that it is ours: no form and no other site can set it. */
export const ourHeader = { name: 'sotto-request', value: '1' } as const

/**
 * Refuses what another site could make a browser send: a request without our header, or one whose browser says that it
 * comes from anywhere but here. What is no browser says nothing of its site. @throws Refused `cross-site`
 */
export function refuseCrossSite(headers: Headers): void {
  if (headers.get(ourHeader.name) !== ourHeader.value) throw new Refused('cross-site', { close: true })
  const site = headers.get('sec-fetch-site')
  if (site !== null && site !== 'same-origin') throw new Refused('cross-site', { close: true })
}
