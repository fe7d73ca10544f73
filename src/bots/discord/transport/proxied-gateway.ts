import type { Agent } from 'node:https'
import { createRequire } from 'node:module'
import type WebSocket from 'ws'

type Socket = typeof WebSocket

/**
 * Makes every connection to the gateway with this agent. The library takes none, and takes `ws` when it is loaded: so
 * this comes before, and is nothing but the constructor with one option more.
 */
export function gatewayThrough(agent: Agent): void {
  const own = createRequire(import.meta.url)
  const theirs = createRequire(createRequire(own.resolve('discord.js')).resolve('@discordjs/ws'))
  const ws = theirs('ws') as Socket & { WebSocket: Socket }
  const Direct = ws.WebSocket
  ws.WebSocket = class extends Direct {
    constructor(...[address, protocols, options]: ConstructorParameters<Socket>) {
      const isSecure = String(address).startsWith('wss:')
      super(address, protocols, { ...options, ...(isSecure && { agent }) })
    }
  } as Socket
}
