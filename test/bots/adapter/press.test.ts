import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maxPressChars, type Press, parsePress, printPress } from '../../../src/bots/adapter/press.ts'

const token = fc.stringMatching(/^[cd]1\.[\w-]{43}$/)
const id = fc.stringMatching(/^[\w-]{22}$/)
const user = fc.stringMatching(/^\w{1,24}$/)
const audience = fc.constantFrom('person' as const, 'place' as const)
const act = <A extends Press['act']>(name: A) => fc.constant(name)

/** Every kind of press there is: a new one does not pass the type check without its line here. */
const presses: { readonly [A in Press['act']]: fc.Arbitrary<Extract<Press, { act: A }>> } = {
  open: fc.record({ act: act('open'), token, from: user, passphrase: fc.boolean(), audience }),
  tell: fc.record({ act: act('tell'), token, audience }),
  burn: fc.record({ act: act('burn'), id }),
  list: fc.record({ act: act('list'), before: fc.stringMatching(/^[\w.-]{0,80}$/) }),
  'seal-typed': fc.record({ act: act('seal-typed'), message: fc.stringMatching(/^[\w.-]{1,40}$/) }),
  new: fc.oneof(fc.record({ act: act('new') }), fc.record({ act: act('new'), to: user })),
  help: fc.record({ act: act('help') }),
  link: fc.record({ act: act('link') }),
  suggest: fc.record({
    act: act('suggest'),
    what: fc.constantFrom('password' as const, 'passphrase' as const),
  }),
  wipe: fc.record({ act: act('wipe') }),
}

describe.each(Object.entries<fc.Arbitrary<Press>>(presses))('a press of %s', (name, some) => {
  it('is read as it was printed, and fits every platform', () => {
    fc.assert(
      fc.property(some, (press) => {
        const text = printPress(press)
        expect(text.startsWith(`c1:${name}`)).toBe(true)
        expect(text).toMatch(/^[\w.:-]+$/)
        expect(text.length).toBeLessThanOrEqual(maxPressChars)
        expect(parsePress(text)).toEqual(press)
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
          expect(parsePress(altered)).toBeUndefined()
      }),
    )
  })
})

it('whatever else is given is no press, and nothing throws', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((text) => `c1:${text}`),
      ),
      (text) => {
        const press = parsePress(text)
        if (press) expect(printPress(press)).toBe(text)
      },
    ),
  )
})
