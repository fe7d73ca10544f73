import { describe, expect, it } from 'vitest'
import { mayAnswerAt } from '../../../src/bots/slack/api.ts'

const slackApi = 'https://slack.com/api/'

describe('an answer to a response URL', () => {
  it.each([
    ['https://hooks.slack.com/commands/T1/2/x', slackApi],
    ['https://hooks.slack.com/actions/T1/2/x', slackApi],
    ['https://slack.com/x', slackApi],
    ['http://127.0.0.1:4000/response/x', 'http://127.0.0.1:4000/api/'],
    ['https://hooks.slack-gov.com/x', 'https://slack-gov.com/api/'],
  ])('goes to %s, where the Web API is %s', (url, apiUrl) => {
    expect(mayAnswerAt(url, apiUrl)).toBe(true)
  })

  it.each([
    'https://example.com/x',
    'https://slack.com.example.com/x',
    'https://hooks.evilslack.com/x',
    'https://evilslack.com/x',
    'https://example.com/slack.com',
    'https://slack.com@example.com/x',
    'http://hooks.slack.com/x',
    'http://slack.com/x',
    'http://127.0.0.1/x',
    'http://169.254.169.254/latest/meta-data',
    'file:///etc/passwd',
    'javascript:alert(1)',
    '//hooks.slack.com/x',
    '',
    'nonsense',
  ])('never goes to %s', (url) => {
    expect(mayAnswerAt(url, slackApi)).toBe(false)
  })

  it('goes to no other port or scheme of the configured host', () => {
    expect(mayAnswerAt('http://127.0.0.1:4001/x', 'http://127.0.0.1:4000/api/')).toBe(false)
    expect(mayAnswerAt('https://127.0.0.1:4000/x', 'http://127.0.0.1:4000/api/')).toBe(false)
  })
})
