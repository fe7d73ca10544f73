import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { Signal } from '../../../../doubles/discord/signal.ts'
import { eachLine, sendLine } from '../lines.ts'
import type { Call, Fields } from '../protocol.ts'
import { readMarkup } from './markup.ts'
import { type Person, person } from './person.ts'
import { type Numbered, readCall } from './rules.ts'
import { perform } from './verbs.ts'
import { type Done, type Name, world as newWorld, type World } from './world.ts'

/** What happens to a call instead: it is refused, or the connection ends before it is done, or before it is answered. */
export type CallFault = { readonly error: string } | 'lost-before' | 'lost-after'

/** A Pigeon of one loft, on a port of this machine. It refuses whatever its documents do not allow. */
export interface PigeonDouble {
  readonly port: number
  readonly token: string
  readonly world: World
  readonly people: Readonly<Record<Name, Person>>
  /** Every call that arrived, whatever became of it. */
  readonly calls: readonly Call[]
  /** The calls that were of no shape that Pigeon takes, each with its code. */
  readonly refusals: readonly string[]
  /** The next `times` calls of which `match` holds meet this. */
  fault(match: (call: Call) => boolean, fault: CallFault, times: number): void
  /** How many calls carried the text, escaped or not. */
  callsWith(text: string): number
  /** Whatever was alive in a message. */
  alive(): readonly string[]
  /** Sends an interaction once more. */
  repeat(done: Done): void
  /** Ends every connection, and takes no other before `recover`; resolves when one was tried in vain. */
  outage(): Promise<void>
  recover(): void
  connected(): Promise<void>
  /** Waits until the look finds something. */
  until<T>(look: () => T): Promise<void>
  close(): Promise<void>
}

/** Starts one. */
export async function pigeonDouble(): Promise<PigeonDouble> {
  const world = newWorld()
  const token = `pigeon-${crypto.randomUUID()}`
  const changed = new Signal()
  const calls: Call[] = []
  const refusals: string[] = []
  const faults: { match(call: Call): boolean; fault: CallFault; left: number }[] = []
  const open = new Set<Socket>()
  let listener: Socket | undefined
  let isAway = false
  let vain = 0

  const server = createServer((socket) => {
    if (isAway) {
      vain++
      socket.destroy()
      return changed.fire()
    }
    open.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => {
      open.delete(socket)
      if (listener === socket) listener = undefined
    })
    eachLine(socket, (line) => {
      if (!socket.destroyed) take(socket, line)
      changed.fire()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  function take(socket: Socket, line: string): void {
    const given: Fields & { call?: number } = JSON.parse(line)
    const call = readCall(given)
    if (typeof call === 'string') {
      refusals.push(`${call}: ${line}`)
      sendLine(socket, { answer: given.call, error: call })
    } else if (call.verb === 'hello') greet(socket, call)
    else if (socket === listener) serve(socket, call)
    else socket.destroy()
  }

  function serve(socket: Socket, call: Numbered): void {
    calls.push(call)
    const fault = faults.find(({ match, left }) => left > 0 && match(call))
    if (fault) fault.left--
    if (fault?.fault === 'lost-before') return void socket.destroy()
    const answer = typeof fault?.fault === 'object' ? fault.fault : perform(world, call)
    if (fault?.fault === 'lost-after') return void socket.destroy()
    sendLine(socket, { answer: call.call, ...answer })
  }

  function greet(socket: Socket, call: Extract<Numbered, { verb: 'hello' }>): void {
    const isKnown = call.token === token
    if (isKnown) listener = socket
    sendLine(socket, { answer: call.call, ...(isKnown ? { loft: 'l1' } : { error: 'bad_token' }) })
    if (!isKnown) return
    for (const done of world.interactions.values()) if (!done.got) deliver(done)
  }

  function deliver({ interaction }: Done): void {
    if (listener) sendLine(listener, interaction)
  }

  const until = <T>(look: () => T, otherwise = () => `it never came: ${look}`) =>
    changed.until(look, otherwise)
  const people = [...world.accounts.values()].map(
    (account) => [account.name, person(account, { world, deliver, until })] as const,
  )

  return {
    port: (server.address() as AddressInfo).port,
    token,
    world,
    people: Object.fromEntries(people) as Record<Name, Person>,
    calls,
    refusals,
    fault: (match, fault, left) => void faults.push({ match, fault, left }),
    callsWith: (text) => calls.filter((call) => carries(call, text)).length,
    alive: () => world.bodies.flatMap(({ lines }) => lines.flatMap(({ text }) => readMarkup(text).alive)),
    repeat: deliver,
    async outage() {
      isAway = true
      for (const socket of open) socket.destroy()
      const before = vain
      await until(() => vain > before)
    },
    recover() {
      isAway = false
    },
    async connected() {
      await until(() => listener)
    },
    async until(look) {
      await until(look)
    },
    async close() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function carries(value: unknown, text: string): boolean {
  if (typeof value === 'string') return value.includes(text) || readMarkup(value).shown.includes(text)
  return (
    typeof value === 'object' && value !== null && Object.values(value).some((each) => carries(each, text))
  )
}
