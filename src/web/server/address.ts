import { BlockList, isIP, isIPv6, SocketAddress } from 'node:net'
import type { Keyring } from '../../core/keyring.ts'
import { ownerHashes } from '../../core/outer.ts'

/** How many callers' hashes are kept at hand. */
const keptAddresses = 1_000

/**
 * Who is calling, for limits alone: the socket's address, or behind a trusted proxy the last address in
 * `X-Forwarded-For` that no trusted proxy wrote. Whatever stands before it can be forged and is not read.
 */
type ClientAddress = (socketAddress: string, forwardedFor: string | null) => string

/** How to find who is calling. @param trustedProxies whose word on it counts */
export function clientAddress(trustedProxies: readonly Network[]): ClientAddress {
  const trusted = inNetworks(trustedProxies)
  return (socketAddress, forwardedFor) => {
    let client = plain(socketAddress)
    const hops = forwardedFor?.split(',').map((hop) => plain(hop.trim())) ?? []
    while (trusted(client)) {
      const hop = hops.pop()
      if (hop === undefined || isIP(hop) === 0) break
      client = hop
    }
    return client
  }
}

/** All addresses that begin with the same bits. */
export interface Network {
  readonly address: string
  readonly bits: number
  readonly family: 'ipv4' | 'ipv6'
}

/** The network that `10.0.0.0/8` or `fd00::/8` stands for; otherwise what is wrong with the text, in words. */
export function parseNetwork(text: string): Network | string {
  const [address = '', bits, ...rest] = text.split('/')
  const version = isIP(address)
  if (version === 0 || address.includes('%') || rest.length > 0)
    return `"${text}" is not a network such as 10.0.0.0/8 or fd00::/8`
  const most = version === 6 ? 128 : 32
  if (bits === undefined) return `"${text}" is one address; as a network it is ${text}/${most}`
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > most)
    return `"${text}" must end in a number of bits between /0 and /${most}`
  // Whoever calls from there is known by the IPv4 address alone.
  if (/^::ffff:/i.test(address)) return `"${text}" must be written as an IPv4 network`
  return { address, bits: Number(bits), family: version === 6 ? 'ipv6' : 'ipv4' }
}

/** Whether an address is in one of these networks. */
export function inNetworks(list: readonly Network[]): (address: string) => boolean {
  const known = new BlockList()
  for (const { address, bits, family } of list) known.addSubnet(address, bits, family)
  if (list.length === 0) return () => false
  return (address) => {
    const bare = plain(address)
    return isIP(bare) !== 0 && known.check(bare, isIPv6(bare) ? 'ipv6' : 'ipv4')
  }
}

/** Whether an address or a name always means the machine itself; an IPv6 address may stand in brackets. */
export function isLoopback(host: string): boolean {
  const bare = plain(host)
  return bare === '::1' || /^127\.\d+\.\d+\.\d+$/.test(bare) || /^(?:.*\.)?localhost\.?$/i.test(bare)
}

/** Whether an address stands for all of a machine's own, and so for none that somebody could go to. */
export function isUnspecified(host: string): boolean {
  return /^(?:0\.0\.0\.0|[:0]+)$/.test(plain(host))
}

/** What one limit covers: an IPv4 address, or the /64 that one IPv6 subscriber has. */
export function limitedNetwork(address: string): string {
  const bare = plain(address)
  if (!isIPv6(bare)) return bare
  const parts = expand(bare)
  return parts ? `${parts.slice(0, 4).join(':')}::/64` : bare
}

/** Addresses as the limits know them: hashed under the server key, so that who reads the store learns none. */
export function addressKeys(keyring: Keyring): (address: string) => string {
  const kept = new Map<string, string>()
  return (address) => {
    const known = kept.get(address)
    if (known !== undefined) return known
    const [hash] = ownerHashes(keyring, { platform: 'address', tenant: '', id: limitedNetwork(address) })
    const key = Buffer.from(hash).toString('base64url')
    if (kept.size >= keptAddresses) kept.clear()
    kept.set(address, key)
    return key
  }
}

/** An IPv4 address that came in over an IPv6 socket is that IPv4 address. */
function plain(address: string): string {
  const bare = address.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '')
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(bare)
  return mapped?.[1] ?? bare
}

/** The eight groups of an IPv6 address, without leading zeros. */
function expand(address: string): readonly string[] | undefined {
  const canonical = new SocketAddress({ address, family: 'ipv6' }).address
  const [head = '', tail] = canonical.split('::')
  const front = head === '' ? [] : head.split(':')
  const back = tail === undefined || tail === '' ? [] : tail.split(':')
  if (canonical.includes('.')) return undefined
  const zeros = tail === undefined ? 0 : 8 - front.length - back.length
  return [...front, ...Array<string>(zeros).fill('0'), ...back]
}
