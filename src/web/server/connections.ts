import type { Socket } from 'node:net'
import { inNetworks, limitedNetwork, type Network } from './address.ts'

/** Closes a connection at once when its network has too many open ones. Trusted proxies carry everybody's and are not counted. */
export function connectionCap(most: number, trustedProxies: readonly Network[]): (socket: Socket) => void {
  const trusted = inNetworks(trustedProxies)
  const open = new Map<string, number>()

  return (socket) => {
    const address = socket.remoteAddress ?? ''
    if (trusted(address)) return
    const network = limitedNetwork(address)
    const count = (open.get(network) ?? 0) + 1
    if (count > most) {
      socket.destroy()
      return
    }
    open.set(network, count)
    socket.once('close', () => {
      const left = (open.get(network) ?? 1) - 1
      if (left === 0) open.delete(network)
      else open.set(network, left)
    })
  }
}
