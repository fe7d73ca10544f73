import diagnostics from 'node:diagnostics_channel'
import { createServer, type Socket } from 'node:net'
import { SocketModeReceiver, webApi } from '@slack/bolt'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ownPause, ownTime } from '../../../../doubles/run/own-time.ts'
import { freePort } from '../../../../doubles/run/redis-server.ts'
import { type OpenedStore, sqlite } from '../../../../doubles/run/stores.ts'
import { held, resetAfter, resetBefore, slow } from '../../../../doubles/slack/faults.ts'
import { slackDouble } from '../../../../doubles/slack/slack-double.ts'
import { systemClock } from '../../../../src/bots/adapter/clock.ts'
import { outage } from '../../../../src/bots/adapter/outage.ts'
import { slackBot } from '../../../../src/bots/slack/bot.ts'
import { boltApp } from '../../../../src/bots/slack/transport/bolt.ts'
import { quietLogger } from '../../../../src/bots/slack/transport/quiet-logger.ts'
import { socketTransport } from '../../../../src/bots/slack/transport/socket.ts'
import type { LogEvent } from '../../../../src/core/log.ts'
import { sotto } from '../../sotto.ts'
import { join, manifest, reveal, send, type World, type WorldParts, world } from '../harness.ts'

let opened: OpenedStore
let here: World | undefined
let canary: string

beforeEach(async () => {
  canary = `canary-${crypto.randomUUID()}`
  opened = await sqlite.open()
})

afterEach(async () => {
  await here?.close()
  here = undefined
  await opened.close()
})

async function open(parts: Partial<WorldParts> = {}): Promise<World> {
  here = await world({ store: opened.store, ...parts })
  return here
}

describe('a Slack that cannot be reached', () => {
  it('at the start is waited for, with a line a minute', async () => {
    const slack = await slackDouble({ manifest })
    await slack.outage('refuse')
    const ours = await join(slack, { store: opened.store })
    expect(ours.bot.connected()).toBe(false)
    await expect
      .poll(() => ours.log)
      .toEqual([{ event: 'platform-down', platform: 'slack', code: 'ECONNREFUSED', tries: 1 }])
    await slack.recover()
    await slack.connected()
    await expect.poll(() => ours.bot.connected()).toBe(true)
    expect(ours.log.at(-1)).toEqual({ event: 'platform-up', platform: 'slack' })
    await slack.people.anna.types('/secret help')
    await slack.people.anna.untilSees('What it cannot do')
    await ours.stop()
    await slack.close()
  })

  it.each(['refuse', 'reset'] as const)('later (%s) is waited for too', async (how) => {
    const { slack, bot, log } = await open()
    const { anna } = slack.people
    await slack.outage(how)
    await expect.poll(() => log.some(({ event }) => event === 'platform-down')).toBe(true)
    expect(bot.connected()).toBe(false)
    await slack.recover()
    await slack.connected()
    await anna.types('/secret', { channel: slack.channels.general })
    await anna.untilModal('Send a secret')
    expect(log.filter(({ event }) => event === 'platform-up')).toHaveLength(1)
  })

  it('refuses the token for ever without ending the process', async () => {
    const slack = await slackDouble({ manifest })
    const ours = await sotto({
      store: opened.store,
      bot: (given) =>
        slackBot({
          ...given,
          botToken: 'x',
          appToken: 'xapp-wrong',
          apiUrl: slack.url,
          command: '/secret',
        }),
    })
    await slack.until(() => slack.callsTo('apps.connections.open').length >= 2)
    expect(ours.log).toEqual([{ event: 'platform-down', platform: 'slack', code: 'invalid_auth', tries: 1 }])
    expect(await ours.stop()).toBe(0)
    const calls = slack.callsTo('apps.connections.open').length
    // Nothing can be awaited: it is that nothing comes. The third try would come after a second and a quarter at most.
    await ownPause(1_500)
    expect(slack.callsTo('apps.connections.open')).toHaveLength(calls)
    await slack.close()
  })

  it('does not hold up a stop', async () => {
    const slack = await slackDouble({ manifest })
    await slack.outage('reset')
    const ours = await join(slack, { store: opened.store })
    const started = ownTime()
    expect(await ours.stop()).toBe(0)
    expect(ownTime() - started).toBeLessThan(1_500)
    await slack.recover()
    await slack.close()
  })
})

describe('Socket Mode', () => {
  it('comes back at once after a refresh, and nothing is said', async () => {
    const { slack, log } = await open()
    const { anna } = slack.people
    const before = slack.callsTo('apps.connections.open').length
    const refreshed = ownTime()
    slack.socketMode.refresh()
    await slack.until(() => slack.callsTo('apps.connections.open').length > before)
    expect(ownTime() - refreshed).toBeLessThan(1_000)
    await slack.connected()
    await anna.types('/secret', { channel: slack.channels.general })
    await anna.untilModal('Send a secret')
    expect(log).toEqual([])
  })

  it('outlives frames that its client cannot read', async () => {
    const log: LogEvent[] = []
    const write = (event: LogEvent) => void log.push(event)
    const transport = socketTransport({
      appToken: 'xapp-1',
      apiUrl: 'http://127.0.0.1:1/api/',
      log: write,
      outage: outage({ platform: 'slack', log: write, clock: systemClock, keepsTrying: true }),
      clock: systemClock,
    })
    const { client } = transport.receiver as SocketModeReceiver
    const handle = async () => {}
    boltApp({
      receiver: transport.receiver,
      botToken: 'x',
      apiUrl: 'http://127.0.0.1:1/api/',
      log: write,
      handle,
    })
    const frames = ['null', '{"type":"events_api"}', '{"type":"events_api","payload":{}}', '[]', '{', '3']
    for (const frame of frames) client.emit('ws_message', frame, false)
    await expect.poll(() => log.length).toBeGreaterThanOrEqual(3)
    expect(log).toContainEqual({ event: 'malformed', platform: 'slack', what: 'frame' })
    expect(log).toContainEqual({ event: 'malformed', platform: 'slack', what: 'payload' })
    // The client alone rejects, and nobody listens: that ends a process.
    const bare = new SocketModeReceiver({ appToken: 'xapp-1', logger: quietLogger })
    const [handler] = bare.client.listeners('ws_message')
    await expect(Reflect.apply(handler!, bare.client, ['null', false])).rejects.toThrow()
  })
})

describe('one call', () => {
  it('is one request on the wire', async () => {
    const { slack } = await open()
    const { anna, ben } = slack.people
    await send(slack, anna, { to: [ben], secret: canary })
    await ben.until(() => ben.seesButton('Reveal', 'dm'))
    const opens = slack.callsTo('views.open').length
    slack.faults.always('views.open', resetBefore())
    await ben.presses('Reveal', { in: 'dm' })
    await ben.untilSees('If no form opened')
    expect(slack.callsTo('views.open')).toHaveLength(opens + 1)
  })

  it('would be several with the client as it comes', async () => {
    const slack = await slackDouble({ manifest })
    slack.faults.always('views.open', resetBefore())
    const client = new webApi.WebClient(slack.botToken, { slackApiUrl: slack.url, logger: quietLogger })
    const call = client.views.open({ trigger_id: '1.1.a', view: {} as never })
    call.catch(() => {})
    await slack.until(() => slack.callsTo('views.open').length >= 2)
    slack.faults.clear()
    await call.catch(() => {})
    await slack.close()
  })

  it('that shows a secret is repeated on the same view only, three times at most', async () => {
    const { slack } = await open()
    const { anna, ben } = slack.people
    await send(slack, anna, { to: [ben], secret: canary })
    slack.faults.when('views.update', (args) => JSON.stringify(args).includes(canary), resetAfter(), 3)
    await reveal(ben)
    await ben.untilModal(canary)
    await anna.untilSees('may have been shown')
    const carrying = slack.outboundWith(canary)
    expect(carrying).toHaveLength(3)
    expect(new Set(carrying.map(({ call }) => call?.args['view_id'])).size).toBe(1)
  })
})

describe('the fence', () => {
  it('keeps an acknowledgement that comes late from wiping the secret', async () => {
    const { slack } = await open()
    const { anna, ben } = slack.people
    await send(slack, anna, { to: [ben], secret: canary })
    // Slack applies the acknowledgement only after our own "Opening…": the hash no longer fits.
    slack.faults.when(
      'views.update',
      (args) => {
        if (!JSON.stringify(args).includes(canary) || args['hash'] === undefined) return false
        const view = slack.workspace.views.top(ben.id)
        if (view) slack.workspace.views.update(view.id, view.definition)
        return false
      },
      slow(0),
    )
    await reveal(ben)
    await ben.untilModal(canary)
    const carrying = slack.outboundWith(canary).map(({ call }) => call)
    expect(carrying.map((call) => [call?.applied, call?.args['hash'] !== undefined])).toEqual([
      [false, true],
      [true, false],
    ])
    await anna.untilSees('opened your secret')
  })

  it('costs nothing when the window was closed', async () => {
    const { slack, log } = await open()
    const { anna, ben } = slack.people
    await send(slack, anna, { to: [ben], secret: canary })
    await ben.until(() => ben.seesButton('Reveal', 'dm'))
    await ben.presses('Reveal', { in: 'dm' })
    await ben.untilModal('You can open it once')
    const closing = () => {
      if (ben.seesModal()) ben.reload()
      return false
    }
    slack.faults.when('views.update', closing, slow(0))
    await ben.submits()
    await expect
      .poll(() => log.some((one) => one.event === 'platform-call-failed' && one.call === 'prepare'))
      .toBe(true)
    slack.faults.clear()
    await reveal(ben)
    await ben.untilModal(canary)
  })
})

describe('stopping', () => {
  it('lets a reveal under way finish, and wipes what it showed', async () => {
    const { slack, bot, stop } = await open()
    const { anna, ben } = slack.people
    await send(slack, anna, { to: [ben], secret: canary })
    const told = Promise.withResolvers<void>()
    const shows = (args: object) => JSON.stringify(args).includes(canary)
    slack.faults.always('views.update', held(told.promise), shows)
    await reveal(ben)
    const stopping = stop()
    await slack.until(() => slack.socketMode.connections === 0)
    told.resolve()
    await ben.untilModal(canary)
    expect(await stopping).toBe(0)
    expect(bot.connected()).toBe(false)
    await ben.untilModal('Wiped')
    await anna.untilSees('opened your secret')
  })

  it('gives up what does not end in time, and says how much', async () => {
    const { slack, bot } = await open()
    const { anna } = slack.people
    slack.faults.always('chat.postMessage', slow(60_000))
    await anna.types('/secret @ben', { channel: slack.channels.general })
    await anna.untilModal('Send a secret')
    await anna.fills('Secret', canary)
    await anna.submits()
    expect(await bot.stop(300)).toBe(1)
    slack.faults.clear()
  })
})

describe('connections', () => {
  /** Where this process connects to while `work` runs. */
  async function connectionsOf(work: () => Promise<unknown>): Promise<ReadonlySet<number>> {
    const ports = new Set<number>()
    const watch = (message: unknown) => {
      const { socket } = message as { socket: Socket }
      socket.once('connect', () => ports.add(socket.remotePort ?? 0))
    }
    diagnostics.subscribe('net.client.socket', watch)
    await work()
    diagnostics.unsubscribe('net.client.socket', watch)
    return ports
  }

  it('go to the configured Slack and nowhere else, whatever a payload says', async () => {
    const evil = createServer((socket) => socket.destroy())
    const port = await freePort()
    await new Promise<void>((listening) => evil.listen(port, '127.0.0.1', listening))
    const ports = await connectionsOf(async () => {
      const { slack } = await open()
      const { anna, ben } = slack.people
      await send(slack, anna, { to: [ben], secret: canary })
      await reveal(ben)
      await ben.untilModal(canary)
      const { payload } = await slack.lastSent('/secret')
      await slack.send('slash_commands', {
        ...payload,
        text: 'help',
        trigger_id: slack.workspace.triggers.make(anna.id),
        response_url: `http://127.0.0.1:${port}/commands/T/1/x`,
      })
      await anna.until(() => anna.seesMessages().includes('What it cannot do'))
      expect([...new Set(slack.calls.map(({ headers }) => headers.host))]).toEqual([new URL(slack.url).host])
    })
    expect(ports).toEqual(new Set([Number(new URL(here?.slack.url ?? '').port)]))
    const watched = await connectionsOf(() => fetch(`http://127.0.0.1:${port}`).catch(() => {}))
    expect(watched).toEqual(new Set([port]))
    evil.close()
  })
})
