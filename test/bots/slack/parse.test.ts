import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mayAnswerAt } from '../../../src/bots/slack/api.ts'
import { parseDraft, parsePassphrase } from '../../../src/bots/slack/draft.ts'
import { parseMetadata, printMetadata } from '../../../src/bots/slack/metadata.ts'
import { parse, personOf } from '../../../src/bots/slack/parse.ts'
import { parseCommandText } from '../../../src/bots/slack/slash-command.ts'
import { typedText } from '../../../src/bots/slack/typed-text.ts'
import { composeView } from '../../../src/bots/slack/views.ts'
import { Secret } from '../../../src/core/format/secret.ts'
import { parseChatToken, printToken } from '../../../src/core/format/token.ts'

const press = {
  act: 'open',
  token: parseChatToken(`c1.${'A'.repeat(43)}`)!,
  from: 'U1',
  passphrase: false,
  audience: 'place',
} as const

describe('words after the command', () => {
  it.each<[string, ReturnType<typeof parseCommandText>]>([
    ['', { to: [] }],
    ['  ', { to: [] }],
    ['<@U0000000001|ben>', { to: ['U0000000001'] }],
    ['<@U0000000001> <@W0000000002|x> <@U0000000001>', { to: ['U0000000001', 'W0000000002'] }],
    ['help', 'help'],
    ['LIST', 'list'],
    ['link', 'link'],
    ['hunter2', 'other'],
    ['help me', 'other'],
    ['<@U0000000001|ben> hunter2', 'other'],
    ['@ben', 'other'],
    ['<!channel>', 'other'],
    ['<@U0000000001|a>b', 'other'],
    ['request', { ask: [], name: 'anna', note: '' }],
    ['request the &lt;db&gt; password', { ask: [], name: 'anna', note: 'the <db> password' }],
    ['request <@U0000000001|ben> api key', { ask: ['U0000000001'], name: 'anna', note: 'api key' }],
  ])('%j is read as %j', (text, said) => {
    expect(parseCommandText(text, 'anna')).toEqual(said)
  })

  it('that are neither are dropped', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9!$%]{4,40}$/), (secret) => {
        fc.pre(!['help', 'list', 'link', 'request'].includes(secret))
        const parsed = parse(command(secret), '/secret')
        expect(JSON.stringify(parsed)).not.toContain(secret)
      }),
    )
  })

  it('of another command are not ours', () => {
    expect(parse({ ...command(''), command: '/other' }, '/secret').kind).toBe('unknown')
  })
})

describe('a person', () => {
  const acting = (user: object, team: object | null, enterprise: object | null = null) =>
    personOf({ user, team, enterprise } as never)

  it('is the pair of their own workspace and their id', () => {
    expect(acting({ id: 'U1', team_id: 'T1' }, { id: 'T1' })).toEqual({ tenant: 'T1', id: 'U1' })
    expect(acting({ id: 'U1' }, { id: 'T1' })).toEqual({ tenant: 'T1', id: 'U1' })
  })

  it('of another workspace is somebody else, whatever workspace the app acts in', () => {
    expect(acting({ id: 'U1', team_id: 'T9' }, { id: 'T1' })).toEqual({ tenant: 'T9', id: 'U1' })
    expect(acting({ id: 'U1', team_id: 'T9' }, { id: 'T1' }, { id: 'E1' })).toEqual({
      tenant: 'T9',
      id: 'U1',
    })
  })

  it('of an organisation is the same person in each of its workspaces', () => {
    const one = { tenant: 'E1', id: 'U1' }
    expect(acting({ id: 'U1', team_id: 'T1' }, { id: 'T1' }, { id: 'E1' })).toEqual(one)
    expect(acting({ id: 'U1', team_id: 'T1' }, { id: 'T1', enterprise_id: 'E1' })).toEqual(one)
    expect(acting({ id: 'U1', team_id: 'E1' }, null, { id: 'E1' })).toEqual(one)
    expect(acting({ id: 'U1' }, null, { id: 'E1' })).toEqual(one)
  })

  it('is nobody without both ids', () => {
    expect(acting({ id: 'U1' }, null)).toBeUndefined()
    expect(acting({ team_id: 'T1' }, { id: 'T1' })).toBeUndefined()
    expect(acting({ id: 'U1\nT1', team_id: 'T1' }, { id: 'T1' })).toBeUndefined()
  })

  it('is never told by a name', () => {
    const parsed = parse(
      { ...command(''), user_name: 'ben', user: { name: 'ben', username: 'ben' } },
      '/secret',
    )
    expect(parsed).toMatchObject({ by: { tenant: 'T1', id: 'U1' } })
  })
})

describe('a payload', () => {
  it('of any shape is read without throwing', () => {
    const keys = [
      'event',
      'command',
      'type',
      'user',
      'team',
      'actions',
      'view',
      'channel',
      'container',
      'trigger_id',
    ]
    const value = fc.oneof(
      fc.anything(),
      fc.constantFrom('block_actions', 'view_submission', 'view_closed', '/secret'),
    )
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.dictionary(fc.constantFrom(...keys), value)), (body) => {
        expect(parse(body, '/secret').kind).toBeTypeOf('string')
      }),
      { numRuns: 2_000 },
    )
  })

  it('of an altered button is a press of nothing', () => {
    const parsed = (value: unknown) => parse(blockActions(value), '/secret')
    expect(parsed('c1:help')).toMatchObject({ kind: 'press', press: { act: 'help' } })
    const token = printToken(press.token)
    expect(parsed(`c1:open:${token}:U1:0:p`)).toMatchObject({ press: { act: 'open', from: 'U1' } })
    for (const value of [
      'c0:help',
      'c1:help:x',
      `c1:open:${token}`,
      `c1:open:${token}:u1:0:p`,
      `c1:open:${token.replace('c1.', 'w1.')}:U1:0:p`,
      `c1:open:${token}:${'U'.repeat(25)}:0:p`,
      'c1:new:U-1',
      'c1:seal-typed:abc',
      'c1:burn:x',
      '',
      undefined,
      3,
    ])
      expect(parsed(value)).toMatchObject({ kind: 'press', press: undefined })
  })

  it.each([
    ['a bot', { bot_id: 'B1' }],
    ['an edit', { subtype: 'message_changed' }],
    ['a join', { subtype: 'channel_join' }],
    ['Slackbot', { user: 'USLACKBOT' }],
    ['a channel', { channel_type: 'channel' }],
    ['something hidden', { hidden: true }],
  ])('of a message from %s asks for no answer', (_, changes) => {
    expect(parse(typed(changes), '/secret')).toEqual({ kind: 'nothing' })
  })

  it('of a message with a file, in a thread or by /me does', () => {
    expect(parse(typed({ subtype: 'file_share' }), '/secret').kind).toBe('typed')
    expect(parse(typed({ subtype: 'me_message' }), '/secret').kind).toBe('typed')
    expect(parse(typed({ thread_ts: '1.000001' }), '/secret')).toMatchObject({
      target: { under: { message: '1.000001' } },
    })
  })
})

describe('what was filled in', () => {
  const entered = (
    values: object,
    blocks: unknown = composeView(form, { maxTtlSeconds: 30 * 86_400 }).blocks,
  ) => ({
    state: { values },
    blocks,
  })
  const form = { form: 'compose', to: ['U1', 'U2'], secret: Secret.fromText('typed before') } as const
  const draftOf = (view: object) => {
    const read = parseDraft(view as never)
    if ('problems' in read) throw new Error(JSON.stringify(read.problems))
    return read.draft
  }

  it('is read exactly, line breaks and spaces included', () => {
    const secret = '  two\nlines \n'
    const draft = draftOf(
      entered({
        to: { value: { selected_users: ['U3'] } },
        secret: { value: { value: secret } },
        passphrase: { value: { value: ' p ' } },
        ttl: { value: { selected_option: { value: '600' } } },
        note: { value: { value: ' n ' } },
      }),
    )
    expect(draft.secret.text()).toBe(secret)
    expect(draft.passphrase?.text()).toBe(' p ')
    expect(draft).toMatchObject({ to: ['U3'], ttlSeconds: 600, note: 'n' })
  })

  it('keeps what a client leaves out because nobody touched it', () => {
    const draft = draftOf(entered({}))
    expect(draft.to).toEqual(['U1', 'U2'])
    expect(draft.ttlSeconds).toBe(3 * 86_400)
    expect(draft.secret.text()).toBe('typed before')
    expect(draft.passphrase).toBeUndefined()
  })

  it('names nobody when the choice was taken back', () => {
    expect(draftOf(entered({ to: { value: { selected_users: [] } } })).to).toEqual([])
  })

  it('would send to whoever is first if a missing list were an empty one', () => {
    const broken = (view: { state: { values: Record<string, unknown> } }) => view.state.values['to'] ?? []
    expect(broken(entered({}) as never)).toEqual([])
    expect(draftOf(entered({})).to).not.toEqual([])
  })

  it('is refused on its field when it cannot be kept exactly', () => {
    const half = entered({ secret: { value: { value: '\ud800' } } })
    expect(parseDraft(half)).toEqual({ problems: { secret: expect.any(String) } })
    const passphrase = entered({ passphrase: { value: { value: '\udc00' } } })
    expect(parseDraft(passphrase)).toEqual({ problems: { passphrase: expect.any(String) } })
  })

  it('holds no passphrase when the field is empty', () => {
    expect(parsePassphrase({ state: { values: { passphrase: { value: { value: null } } } } })).toBeUndefined()
    expect(parsePassphrase({})).toBeUndefined()
  })
})

describe('private metadata', () => {
  it('comes back as it was', () => {
    const place = { channel: 'C1', kind: 'direct', reply: 'https://hooks.slack.com/x' } as const
    for (const one of [
      {},
      { place },
      { press },
      { press, place },
      { press, place: { ...place, message: '1795507730.000001' } },
      { place: { channel: 'D1', kind: 'bot' } as const },
    ]) {
      const read = parseMetadata(printMetadata(one))
      expect(read).toEqual(one)
      expect(read && printMetadata(read)).toBe(printMetadata(one))
    }
  })

  it('that is not ours is nothing', () => {
    for (const text of [
      '{',
      'null',
      '3',
      '{"o":"c1:help"}',
      '{"o":3}',
      '{"c":"C1"}',
      '{"c":"C1","k":"x"}',
      '{"c":3,"k":"c"}',
      '{"c":"C1","k":"c","m":"5"}',
      '{"c":"C1","k":"c","m":3}',
    ])
      expect(parseMetadata(text)).toBeUndefined()
  })

  it('never throws', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseMetadata(text)))
  })
})

describe('typed text', () => {
  it('is read from rich text as it was typed', () => {
    const block = {
      type: 'rich_text',
      elements: [
        {
          type: 'rich_text_section',
          elements: [
            { type: 'text', text: 'a<b>&amp; ' },
            { type: 'link', url: 'https://x.example' },
            { type: 'emoji', name: 'key' },
          ],
        },
        { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'line\nline' }] },
        {
          type: 'rich_text_list',
          elements: [
            { type: 'rich_text_section', elements: [{ type: 'text', text: 'one' }] },
            { type: 'rich_text_section', elements: [{ type: 'user', user_id: 'U1' }] },
          ],
        },
      ],
    }
    expect(typedText({ blocks: [block], text: 'other' })).toBe(
      'a<b>&amp; https://x.example:key:\nline\nline\none\n@U1',
    )
  })

  it('is read from the text with its escapes taken back', () => {
    expect(typedText({ text: 'a &lt;b&gt; &amp;amp; <https://x.example|x.example>' })).toBe(
      'a <b> &amp; x.example',
    )
    expect(typedText({})).toBe('')
  })
})

describe('an answering address', () => {
  const slack = 'https://slack.com/api/'

  it('is Slack’s, or on the configured host', () => {
    expect(mayAnswerAt('https://hooks.slack.com/commands/T/1/x', slack)).toBe(true)
    expect(mayAnswerAt('http://127.0.0.1:4000/actions/x', 'http://127.0.0.1:4000/api/')).toBe(true)
    expect(mayAnswerAt('https://hooks.slack.com/x', 'https://proxy.internal/api/')).toBe(true)
  })

  it.each([
    'https://evil.example/hooks.slack.com',
    'https://hooks.slack.com.evil.example/x',
    'https://notslack.com/x',
    'http://hooks.slack.com/x',
    'https://user:pw@evil.example/x',
    'http://169.254.169.254/latest',
    'file:///etc/passwd',
    'javascript:1',
    '',
    'x',
  ])('is never %j', (url) => {
    expect(mayAnswerAt(url, slack)).toBe(false)
  })
})

function command(text: string) {
  return {
    command: '/secret',
    text,
    user_id: 'U1',
    team_id: 'T1',
    channel_id: 'C1',
    trigger_id: '1.1.a',
    response_url: 'https://hooks.slack.com/x',
  }
}

function blockActions(value: unknown) {
  return {
    type: 'block_actions',
    user: { id: 'U1', team_id: 'T1' },
    team: { id: 'T1' },
    trigger_id: '1.1.a',
    channel: { id: 'C1' },
    actions: [{ value }],
  }
}

function typed(changes: object) {
  const event = { type: 'message', channel_type: 'im', channel: 'D1', user: 'U1', ts: '1.000002', text: 'x' }
  return { team_id: 'T1', event_id: 'Ev1', event: { ...event, ...changes } }
}
