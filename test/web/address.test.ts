import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { parseKeyring } from '../../src/core/keyring.ts'
import { addressKeys, inNetworks, type Network, parseNetwork } from '../../src/web/server/address.ts'

const fresh = () => addressKeys(parseKeyring(`k1:${randomBytes(32).toString('base64')}`))

describe('an address, as the limits know it', () => {
  it('cannot be read, nor told by anybody without the server key', () => {
    const [ours, theirs] = [fresh(), fresh()]
    for (const address of ['203.0.113.9', '2001:db8:1:2:3:4:5:6']) {
      expect(ours(address)).toMatch(/^[\w-]{22}$/)
      expect(ours(address)).not.toBe(theirs(address))
      expect(ours(address)).toBe(ours(address))
    }
  })

  it('is one for what one subscriber has, and another for everybody else', () => {
    const key = fresh()
    expect(key('2001:db8:1:2::1')).toBe(key('2001:db8:1:2:3:4:5:6'))
    expect(key('2001:db8:1:2::1')).not.toBe(key('2001:db8:1:3::1'))
    expect(key('203.0.113.9')).not.toBe(key('203.0.113.10'))
  })
})

describe('a trusted network', () => {
  it('is what its bits say, to the last one', () => {
    const trusted = inNetworks(
      ['10.1.0.0/16', '192.0.2.7/32', 'fd00:1::/32'].map((text) => parseNetwork(text) as Network),
    )
    for (const address of ['10.1.0.0', '10.1.255.255', '192.0.2.7', '::ffff:10.1.2.3', 'fd00:1::9'])
      expect([address, trusted(address)]).toEqual([address, true])
    for (const address of ['10.0.255.255', '10.2.0.0', '192.0.2.6', '192.0.2.8', 'fd00:2::9', 'nonsense', ''])
      expect([address, trusted(address)]).toEqual([address, false])
  })
})
