import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { HTTPReceiver } from '@slack/bolt'
import { afterEach, describe, expect, it } from 'vitest'
import { type OpenedStore, sqlite } from '../../../../doubles/run/stores.ts'
import { signature } from '../../../../doubles/slack/http-events.ts'
import { systemClock } from '../../../../src/bots/adapter/clock.ts'
import { quietLogger } from '../../../../src/bots/slack/transport/quiet-logger.ts'
import { maxBodyBytes } from '../../../../src/bots/slack/transport/signature.ts'
import { send, type World, type WorldParts, world } from '../harness.ts'

let opened: OpenedStore
let here: World

/** Time stands still for Slack and the bot, so that 301 seconds are not 300 by the time they are looked at. */
async function open(parts: Partial<WorldParts> = {}): Promise<World> {
  const at = Date.now()
  const now = () => at
  opened = await sqlite.open()
  here = await world({
    store: opened.store,
    mode: 'http',
    settings: { clock: { now } },
    clock: { ...systemClock, now },
    ...parts,
  })
  return here
}

afterEach(async () => {
  await here.close()
  await opened.close()
})

describe('a request to /slack/events', () => {
  it.each([
    ['unsigned', 401],
    ['wrong-key', 401],
    ['empty-key', 401],
    ['old', 401],
    ['future', 401],
    ['no-timestamp', 401],
    ['ssl-check', 401],
    ['altered-body', 401],
    ['huge-body', 413],
  ] as const)('that is %s is refused before anything happens', async (how, status) => {
    const { slack, log } = await open()
    const payload = await burnPress(here)
    const calls = slack.calls.length
    const events = log.length
    for (const kind of ['interactive', 'slash_commands', 'events_api'] as const) {
      const answer = await slack.forge({ how, kind, payload })
      expect([0, status]).toContain(answer.status)
    }
    expect(slack.calls.length).toBe(calls)
    expect(log.slice(events).map(({ event }) => event)).toEqual(Array(3).fill('request-refused'))
    // The same press does burn when Slack signs it: each of those would have had an effect.
    expect((await slack.forge({ how: 'valid', kind: 'interactive', payload })).status).toBe(200)
    await slack.people.anna.untilSees('Burned unread')
  })

  it('that is 299 seconds off is still taken, both ways', async () => {
    const { slack } = await open()
    const { anna } = slack.people
    for (const how of ['old', 'future'] as const) {
      const payload =
        (await anna.types('/secret help', { channel: slack.channels.general })).sent?.payload ?? {}
      expect(await slack.forge({ how, kind: 'slash_commands', payload, seconds: 299 })).toMatchObject({
        status: 200,
      })
    }
  })

  it('is refused altogether when the signing secret is empty', async () => {
    const { slack, log } = await open({ signingSecret: '' })
    const payload = { command: '/secret', text: 'help' }
    for (const how of ['empty-key', 'valid', 'unsigned'] as const)
      expect((await slack.forge({ how, kind: 'slash_commands', payload })).status).toBe(401)
    expect(log).toContainEqual({ event: 'request-refused', platform: 'slack', reason: 'no-signing-secret' })
    expect(slack.calls).toEqual([])
  })

  it('with another method, or a body that is no object, is refused', async () => {
    const { slack, log } = await open()
    const now = Math.floor(Date.now() / 1000)
    const at = requestUrl(here)
    expect((await fetch(at)).status).toBe(405)
    for (const body of ['null', ' null ', 'payload=null', 'payload=%20null']) {
      const answer = await fetch(at, {
        method: 'POST',
        body,
        headers: {
          'content-type': body.startsWith('payload')
            ? 'application/x-www-form-urlencoded'
            : 'application/json',
          'x-slack-request-timestamp': `${now}`,
          'x-slack-signature': signature(slack.signingSecret, now, body),
        },
      })
      expect(answer.status).toBe(401)
    }
    expect(log.filter((one) => one.event === 'request-refused' && one.reason === 'no-object')).toHaveLength(4)
  })

  it('without a length is cut off where it becomes too large', async () => {
    const { log } = await open()
    const { port } = new URL(requestUrl(here))
    const status = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1')
      const now = Math.floor(Date.now() / 1000)
      socket.write(
        `POST /slack/events HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\nx-slack-request-timestamp: ${now}\r\nx-slack-signature: v0=0\r\n\r\n`,
      )
      const chunk = 'x'.repeat(64 * 1024)
      for (let at = 0; at < 6; at++) socket.write(`${chunk.length.toString(16)}\r\n${chunk}\r\n`)
      socket.write('0\r\n\r\n')
      socket.once('data', (data) => resolve(String(data).slice(9, 12)))
      socket.once('error', reject)
    })
    expect(status).toBe('413')
    expect(log).toContainEqual({ event: 'request-refused', platform: 'slack', reason: 'too-large' })
  })

  it('after the stop is turned away', async () => {
    const { slack, stop } = await open()
    await stop()
    const outcome = await slack.people.anna.types('/secret', { channel: slack.channels.general })
    expect(outcome).toMatchObject({ ok: false, sent: { ack: { status: 503 } } })
  })
})

describe('Bolt alone', () => {
  it.each([
    ['a request from the future', 301, false],
    ['a body larger than ours', 0, true],
  ])('takes %s, so the gate is needed', async (_, ahead, large) => {
    await open()
    const heard: unknown[] = []
    const receiver = new HTTPReceiver({ signingSecret: 'shh', logger: quietLogger })
    receiver.init({
      processEvent: async ({ body, ack }: { body: unknown; ack: () => Promise<void> }) => {
        heard.push(body)
        await ack()
      },
    } as never)
    const server = createServer((request, response) => receiver.requestListener(request, response))
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const body = JSON.stringify({ type: 'block_actions', filler: 'x'.repeat(large ? maxBodyBytes : 0) })
    const at = Math.floor(Date.now() / 1000) + ahead
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        'x-slack-request-timestamp': `${at}`,
        'x-slack-signature': signature('shh', at, body),
      },
    })
    expect(answer.status).toBe(200)
    expect(heard).toHaveLength(1)
    server.close()
    server.closeAllConnections()
  })
})

/** The payload of a press on Burn of a live secret, as Slack would send it and has not. */
async function burnPress({ slack }: World): Promise<Record<string, unknown>> {
  const { anna, ben } = slack.people
  await send(slack, anna, { to: [ben], secret: 'canary' })
  await slack.idle()
  const [value] = /c1:burn:[\w-]{22}/.exec(JSON.stringify(slack.export())) ?? []
  expect(value).toBeDefined()
  return {
    type: 'block_actions',
    user: { id: anna.id, team_id: anna.teamId },
    team: { id: anna.teamId },
    trigger_id: '1.2.abc',
    container: { type: 'message', channel_id: anna.dm.id, is_ephemeral: false },
    channel: { id: anna.dm.id },
    actions: [{ type: 'button', action_id: 'burn-0', block_id: 'b', value }],
  }
}

function requestUrl({ requestUrl: url }: World): string {
  if (url === undefined) throw new Error('not in HTTP mode')
  return url
}
