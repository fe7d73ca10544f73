import { describe, expect, it } from 'vitest'
import { draftOf, passphraseOf, typedSecret, wipeDraft } from '../../../src/bots/adapter/draft.ts'
import { words } from '../../../src/bots/words.ts'

const entered = { to: ['anna'], secret: ' s\n', passphrase: ' p ', ttl: '600', note: ' n ' }

function drafted(over: Partial<typeof entered> = {}) {
  const made = draftOf({ ...entered, ...over })
  if ('problems' in made) throw new Error(JSON.stringify(made.problems))
  return made.draft
}

describe('a filled form', () => {
  it('keeps secret and passphrase to the letter, and the note without white space around it', () => {
    const draft = drafted()
    expect(draft.secret.text()).toBe(' s\n')
    expect(draft.passphrase?.text()).toBe(' p ')
    expect(draft).toMatchObject({ to: ['anna'], ttlSeconds: 600, note: 'n' })
    expect(drafted({ passphrase: '' }).passphrase).toBeUndefined()
    expect(drafted({ secret: '' }).secret.text()).toBe('')
  })

  it('says nothing of a lifetime that nobody touched, and nothing good of one that is no number', () => {
    const untouched = draftOf({ ...entered, ttl: undefined })
    expect('draft' in untouched && 'ttlSeconds' in untouched.draft).toBe(false)
    expect(drafted({ ttl: 'soon' }).ttlSeconds).toBeNaN()
  })

  it('names every field that cannot be kept exactly', () => {
    const half = draftOf({ ...entered, secret: '\ud800', passphrase: '\udc00' })
    const { secretInvalid } = words.problem
    expect(half).toEqual({ problems: { secret: secretInvalid, passphrase: secretInvalid } })
  })

  it('is refused when the platform could not show its secret, which an empty one is not for', () => {
    const never = () => false
    expect(draftOf(entered, never)).toEqual({ problems: { secret: words.problem.secretUnshowable } })
    expect(draftOf({ ...entered, secret: '' }, never)).toHaveProperty('draft')
  })

  it('is forgotten whole', () => {
    const draft = drafted()
    wipeDraft(draft)
    expect(() => draft.secret.text()).toThrow()
    expect(() => draft.passphrase?.text()).toThrow()
  })
})

it('a passphrase that nobody can have typed is none', () => {
  expect(passphraseOf('')).toBeUndefined()
  expect(passphraseOf('\ud800')).toBeUndefined()
  expect(passphraseOf(' p ')?.text()).toBe(' p ')
})

it('what was typed to the bot fills the form whole or not at all, and then the form says why', () => {
  const typed = typedSecret(' s\n', 3)
  expect('secret' in typed && typed.secret.text()).toBe(' s\n')
  const { typedLong, typedLost } = words.compose
  expect(typedSecret('long', 3)).toEqual({ problem: typedLong(3) })
  for (const text of [undefined, '', '\ud800']) expect(typedSecret(text, 3)).toEqual({ problem: typedLost })
})
