import { WebClient } from '@slack/web-api'
import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  type Fault,
  fails,
  garbledAfter,
  rateLimited,
  resetAfter,
  resetBefore,
  silentAfter,
  silentBefore,
  slow,
  slowAnswer,
  statusAfter,
  statusBefore,
} from '../../../doubles/slack/faults.ts'
import { type SlackDouble, slackDouble } from '../../../doubles/slack/slack-double.ts'
import { quiet } from './tiny-app.ts'

let slack: SlackDouble

const clientWith = (timeout: number) =>
  new WebClient(slack.botToken, {
    slackApiUrl: slack.url,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout,
    logger: quiet,
  })

beforeEach(async () => {
  slack = await slackDouble({ manifest: 'manifest.yml' })
})

afterEach(() => slack.close())

const post = (timeout = 30_000) =>
  clientWith(timeout).chat.postMessage({ channel: slack.channels.general.id, text: 'hello' })

it.each<[string, Fault, boolean, string]>([
  ['a reset before', resetBefore(), false, 'slack_webapi_request_error'],
  ['a reset after', resetAfter(), true, 'slack_webapi_request_error'],
  ['a 503 before', statusBefore(), false, 'slack_webapi_http_error'],
  ['a 502 after', statusAfter(), true, 'slack_webapi_http_error'],
  ['silence before', silentBefore(), false, 'slack_webapi_request_error'],
  ['silence after', silentAfter(), true, 'slack_webapi_request_error'],
  ['a garbled answer', garbledAfter(), true, 'slack_webapi_platform_error'],
  ['an answer that is too slow', slowAnswer(20_000), true, 'slack_webapi_request_error'],
  ['an error of any name', fails('internal_error'), false, 'slack_webapi_platform_error'],
  ['too many requests', rateLimited(7), false, 'slack_webapi_rate_limited_error'],
])('%s hits one call, which took effect or did not', async (_, fault, applied, code) => {
  slack.faults.next('chat.postMessage', fault)
  const patient = fault.kind !== 'silent' && fault.kind !== 'slow'
  await expect(post(patient ? 30_000 : 700)).rejects.toMatchObject({ code })
  // Whoever gave up may be faster than the call.
  await expect.poll(() => slack.callsTo('chat.postMessage')).toMatchObject([{ applied, fault }])
  expect(slack.export()).toHaveLength(applied ? 1 : 0)
  expect(await post()).toMatchObject({ ok: true })
})

it('names the seconds to wait', async () => {
  slack.faults.next('chat.postMessage', rateLimited(7))
  await expect(post()).rejects.toMatchObject({ retryAfter: 7 })
})

it('delays a call without failing it', async () => {
  slack.faults.next('chat.postMessage', slow(50))
  const started = performance.now()
  expect(await post()).toMatchObject({ ok: true })
  expect(performance.now() - started).toBeGreaterThan(45)
})

it('hits calls in order, calls that match, or all of them until cleared', async () => {
  const outcomes = async (count: number) => {
    const found: string[] = []
    for (let time = 0; time < count; time += 1)
      found.push(
        await post().then(
          () => 'ok',
          (error) => error.data.error,
        ),
      )
    return found
  }
  slack.faults.next('chat.postMessage', fails('a'), undefined, fails('b'))
  expect(await outcomes(4)).toEqual(['a', 'ok', 'b', 'ok'])
  slack.faults.when('chat.postMessage', ({ text }) => text === 'hello', fails('c'), 2)
  slack.faults.when('chat.postMessage', ({ text }) => text === 'other', fails('never'))
  expect(await outcomes(3)).toEqual(['c', 'c', 'ok'])
  slack.faults.always('chat.postMessage', fails('d'))
  expect(await outcomes(3)).toEqual(['d', 'd', 'd'])
  slack.faults.clear()
  expect(await outcomes(1)).toEqual(['ok'])
})

it('hits response URLs by the name response_url', async () => {
  slack.faults.next('response_url', statusBefore(500))
  const url = slack.workspace.responseUrls.make(slack.people.anna.id, slack.channels.random)
  const answer = () =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: 'x' }),
    })
  expect((await answer()).status).toBe(500)
  expect((await answer()).status).toBe(200)
})
