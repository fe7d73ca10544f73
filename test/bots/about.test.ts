import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type About, parseAbout, printAbout } from '../../src/bots/about.ts'

const id = fc.stringMatching(/^[\w.-]{1,40}$/)
const at = fc.record({ channel: id, message: id })
const abouts: fc.Arbitrary<About> = fc.record(
  {
    platform: fc.oneof(
      fc.constantFrom('slack', 'discord', 'signal', 's', 'd', 'sp', 'matrix-2'),
      fc.stringMatching(/^[a-z0-9-]{1,40}$/),
    ),
    from: id,
    audience: fc.constantFrom('person' as const, 'place' as const),
    to: id,
    card: at,
    receipt: at,
    name: fc.stringMatching(/^[^\n]{1,30}$/).filter((name) => name.isWellFormed()),
    note: fc.string().filter((note) => note.isWellFormed() && !note.startsWith('\ufeff')),
  },
  { requiredKeys: ['platform', 'from', 'audience', 'to', 'note'] },
)

const bytesOf = (...lines: readonly string[]) => new TextEncoder().encode(lines.join('\n'))

describe('what a receipt says', () => {
  it('comes back as it was, with the whole name of any platform', () => {
    fc.assert(
      fc.property(abouts, (about) => {
        expect(parseAbout(printAbout(about))).toEqual(about)
      }),
    )
  })

  it('is read as it was written while a platform was its first letter', () => {
    const lines = ['U1', 'U2', 'D1', '1.1', 'D2', '2.2', '', 'the vpn', 'and more']
    const rest = {
      from: 'U1',
      to: 'U2',
      card: { channel: 'D1', message: '1.1' },
      receipt: { channel: 'D2', message: '2.2' },
      note: 'the vpn\nand more',
    }
    expect(parseAbout(bytesOf('su', ...lines))).toEqual({ platform: 'slack', audience: 'person', ...rest })
    expect(parseAbout(bytesOf('sp', ...lines))).toEqual({ platform: 'slack', audience: 'place', ...rest })
    expect(parseAbout(bytesOf('du', ...lines))).toEqual({ platform: 'discord', audience: 'person', ...rest })
    expect(parseAbout(bytesOf('dp', ...lines))).toEqual({ platform: 'discord', audience: 'place', ...rest })
    expect(parseAbout(bytesOf('du', 'U1', 'U1', '', '', '', '', 'Ada', ''))).toEqual({
      platform: 'discord',
      from: 'U1',
      audience: 'person',
      to: 'U1',
      name: 'Ada',
      note: '',
    })
  })

  it('is not written of a platform whose name could not be read back', () => {
    for (const platform of ['', 'Signal', 'two words', 'a\nb', 'x'.repeat(41)]) {
      const about = { platform, from: 'U1', audience: 'person', to: 'U2', note: '' } as const
      expect(() => printAbout(about)).toThrow(RangeError)
    }
  })

  it('is nothing when the bytes say something else', () => {
    const lines = ['U1', 'U2', '', '', '', '', '', '']
    for (const head of ['', 'x', 'xu', 'sx', 'slack', 'slack x', 'slack  u', 'Slack u', ' u'])
      expect([head, parseAbout(bytesOf(head, ...lines))]).toEqual([head, undefined])
    expect(parseAbout(bytesOf('slack u', 'U1'))).toBeUndefined()
    expect(parseAbout(new Uint8Array())).toBeUndefined()
  })
})
