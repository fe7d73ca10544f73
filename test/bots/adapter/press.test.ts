import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maxPressChars, type Press, parsePress, printPress } from '../../../src/bots/adapter/press.ts'
import { ids as discord } from '../../../src/bots/discord/ids.ts'
import { ids as slack } from '../../../src/bots/slack/ids.ts'
import { printId } from '../../../src/core/format/id.ts'
import { Token } from '../../../src/core/format/token.ts'

/** Each platform's ids, and what of its own ids a press may hold. */
const platforms = [
  {
    name: 'slack',
    ids: slack,
    user: fc.stringMatching(/^[UW][A-Z0-9]{1,23}$/),
    message: fc.stringMatching(/^[1-9]\d{9}\.\d{6}$/),
    foreign: ['abc', 'u1', 'U-1', 'U'.repeat(25), '', '10000000000000000x'],
  },
  {
    name: 'discord',
    ids: discord,
    user: fc.stringMatching(/^[1-9]\d{16,19}$/),
    message: fc.stringMatching(/^[1-9]\d{16,19}$/),
    foreign: ['abc', 'U0000000001', '1'.repeat(16), '1'.repeat(21), '', '-1000000000000000'],
  },
  {
    name: 'another, with the longest ids that there may be,',
    ids: { user: /^.+$/, message: /^.+$/ },
    user: fc.stringMatching(/^[\w.-]{40}$/),
    message: fc.stringMatching(/^[\w.-]{40}$/),
    foreign: ['a:b', 'a b', 'é', 'x'.repeat(41), 'a\n', ''],
  },
] as const

const bytes = (size: number) => fc.uint8Array({ minLength: size, maxLength: size })
const token = fc
  .tuple(fc.constantFrom('c1' as const, 'd1' as const), bytes(32))
  .map(([kind, random]) => new Token(kind, random))
const id = bytes(16).map(printId)
const audience = fc.constantFrom('person' as const, 'place' as const)
const act = <A extends Press['act']>(name: A) => fc.constant(name)

/** Every kind of press there is: a new one does not pass the type check without its line here. */
type Presses = { readonly [A in Press['act']]: fc.Arbitrary<Extract<Press, { act: A }>> }

function pressesOf({ user, message }: (typeof platforms)[number]): Presses {
  return {
    open: fc.record({ act: act('open'), token, from: user, passphrase: fc.boolean(), audience }),
    tell: fc.record({ act: act('tell'), token, audience }),
    burn: fc.record({ act: act('burn'), id }),
    list: fc.record({ act: act('list'), before: fc.stringMatching(/^[\w.-]{0,80}$/) }),
    'seal-typed': fc.record({ act: act('seal-typed'), message }),
    new: fc.oneof(fc.record({ act: act('new') }), fc.record({ act: act('new'), to: user })),
    help: fc.record({ act: act('help') }),
    link: fc.record({ act: act('link') }),
    suggest: fc.record({
      act: act('suggest'),
      what: fc.constantFrom('password' as const, 'passphrase' as const),
    }),
    wipe: fc.record({ act: act('wipe') }),
  }
}

describe.each(platforms)('on $name', (platform) => {
  const { ids, foreign } = platform

  describe.each(Object.entries<fc.Arbitrary<Press>>(pressesOf(platform)))('a press of %s', (name, some) => {
    it('is read as it was printed, and fits every platform', () => {
      fc.assert(
        fc.property(some, (press) => {
          const text = printPress(press)
          expect(text.startsWith(`c1:${name}`)).toBe(true)
          expect(text).toMatch(/^[\w.:-]+$/)
          expect(text.length).toBeLessThanOrEqual(maxPressChars)
          const read = parsePress(text, ids)
          expect(read).toEqual(press)
          // A token hides its bytes from the comparison above.
          expect(read && printPress(read)).toBe(text)
        }),
      )
    })

    it('is not read with anything added, cut off or of another version', () => {
      fc.assert(
        fc.property(some, fc.stringMatching(/^[ :\n%]{1,3}$/), (press, more) => {
          const text = printPress(press)
          for (const altered of [
            `${text}${more}`,
            `${more}${text}`,
            text.replace('c1', 'c2'),
            `${text}:x:x:x:x`,
          ])
            expect(parsePress(altered, ids)).toBeUndefined()
        }),
      )
    })
  })

  it('a press with an id that is none of its own is no press', () => {
    const bearer = `c1.${'A'.repeat(43)}`
    for (const one of foreign) {
      expect(parsePress(`c1:new:${one}`, ids)).toBeUndefined()
      expect(parsePress(`c1:seal-typed:${one}`, ids)).toBeUndefined()
      expect(parsePress(`c1:open:${bearer}:${one}:0:u`, ids)).toBeUndefined()
    }
  })

  it('whatever else is given is no press, and nothing throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `c1:${text}`),
        ),
        (text) => {
          const press = parsePress(text, ids)
          if (press) expect(printPress(press)).toBe(text)
        },
      ),
    )
  })
})

it('a token that opens on the web alone opens and tells nothing in chat', () => {
  const ids = { user: /^U$/, message: /^1$/ }
  const open = (kind: string) => `c1:open:${kind}.${'A'.repeat(43)}:U:0:u`
  const tell = (kind: string) => `c1:tell:${kind}.${'A'.repeat(43)}:u`
  for (const press of [open, tell]) {
    expect(parsePress(press('c1'), ids)).toBeDefined()
    expect(parsePress(press('d1'), ids)).toBeDefined()
    expect(parsePress(press('w1'), ids)).toBeUndefined()
  }
})

it('a token or an id that is not in its canonical form is none', () => {
  const ids = { user: /^U$/, message: /^1$/ }
  expect(parsePress(`c1:tell:c1.${'A'.repeat(42)}B:u`, ids)).toBeUndefined()
  expect(parsePress(`c1:burn:${'A'.repeat(21)}B`, ids)).toBeUndefined()
  expect(parsePress(`c1:burn:${'A'.repeat(22)}`, ids)).toBeDefined()
})

it('a press never prints its token by itself', () => {
  const press = parsePress(`c1:tell:c1.${'A'.repeat(43)}:u`, slack)
  expect(JSON.stringify(press)).toBe('{"act":"tell","token":"[token]","audience":"person"}')
})
