import { parseId, type SecretId } from '../../core/format/id.ts'
import { type ChatToken, parseChatToken, printToken } from '../../core/format/token.ts'

/**
 * What a button carries: everything that its press needs, since nothing is kept in memory. `open` and `tell` hold a
 * token, so a printed press belongs in a button's value or a view's private metadata and nowhere else.
 */
export type Press =
  | {
      readonly act: 'open'
      readonly token: ChatToken
      /** The sender's user id, for the form that opens before any I/O. */
      readonly from: string
      readonly passphrase: boolean
      /** `person`: named recipient; `place`: the first person in the channel of the card. */
      readonly audience: 'person' | 'place'
    }
  | { readonly act: 'tell'; readonly token: ChatToken; readonly audience: 'person' | 'place' }
  | { readonly act: 'burn'; readonly id: SecretId }
  | { readonly act: 'list'; readonly before: string }
  | { readonly act: 'seal-typed'; readonly message: string }
  /** `to`: a user id, chosen already. */
  | { readonly act: 'new'; readonly to?: string }
  | { readonly act: 'help' }
  /** The page for what does not fit a form. */
  | { readonly act: 'link' }
  /** A random one for the secret's field of the form that it stands in. */
  | { readonly act: 'suggest'; readonly what: 'password' | 'passphrase' }
  /** `id`: of the secret that stands there; older buttons have none. */
  | { readonly act: 'wipe'; readonly id?: SecretId }

/** A press on Reveal, which holds the token. */
export type OpenPress = Extract<Press, { act: 'open' }>

/** Every printed press starts with it; another prefix is an older or a foreign button. */
export const pressVersion = 'c1'

/** Discord's bound on a `custom_id`; Slack's is wider. */
export const maxPressChars = 100

/** How a platform's own ids look, whole: a press with any other is none of that platform's. */
export interface IdShapes {
  readonly user: RegExp
  readonly message: RegExp
}

/** What any platform's ids may be: bounded so that every press fits, and of characters that a press can hold. */
const anyId = /^[\w.-]{1,40}$/
const audiences = { u: 'person', p: 'place' } as const
const audienceLetters = { person: 'u', place: 'p' } as const

/** One line of at most 100 characters from `A-Za-z0-9_-.:`. */
export function printPress(press: Press): string {
  const text = [pressVersion, press.act, ...fields(press)].join(':')
  if (text.length > maxPressChars) throw new RangeError(`press ${press.act} does not fit`)
  return text
}

function fields(press: Press): readonly string[] {
  switch (press.act) {
    case 'open':
      return [
        printToken(press.token),
        press.from,
        press.passphrase ? '1' : '0',
        audienceLetters[press.audience],
      ]
    case 'tell':
      return [printToken(press.token), audienceLetters[press.audience]]
    case 'burn':
      return [press.id]
    case 'list':
      return [press.before]
    case 'seal-typed':
      return [press.message]
    case 'new':
      return press.to === undefined ? [] : [press.to]
    case 'wipe':
      return press.id === undefined ? [] : [press.id]
    case 'suggest':
      return [press.what]
    default:
      return []
  }
}

/** The press that `text` prints on the platform of these ids, or undefined: too old, foreign, or altered. */
export function parsePress(text: string, ids: IdShapes): Press | undefined {
  if (text.length > maxPressChars) return undefined
  const [version, act, ...rest] = text.split(':')
  if (version !== pressVersion) return undefined
  const press = read(act, rest, ids)
  return press !== undefined && printPress(press) === text ? press : undefined
}

function read(act: string | undefined, rest: readonly string[], ids: IdShapes): Press | undefined {
  const [first = '', second = '', third = '', fourth = ''] = rest
  const isId = (text: string, shape: RegExp) => anyId.test(text) && shape.test(text)
  switch (act) {
    case 'open': {
      const token = parseChatToken(first)
      const audience = audienceOf(fourth)
      if (!token || !isId(second, ids.user) || !/^[01]$/.test(third) || !audience) return undefined
      return { act, token, from: second, passphrase: third === '1', audience }
    }
    case 'tell': {
      const token = parseChatToken(first)
      const audience = audienceOf(second)
      return token && audience ? { act, token, audience } : undefined
    }
    case 'burn': {
      const id = parseId(first)
      return id && { act, id }
    }
    case 'list':
      return /^[\w.-]{0,80}$/.test(first) ? { act, before: first } : undefined
    case 'seal-typed':
      return isId(first, ids.message) ? { act, message: first } : undefined
    case 'new':
      if (rest.length === 0) return { act }
      return isId(first, ids.user) ? { act, to: first } : undefined
    case 'suggest':
      return first === 'password' || first === 'passphrase' ? { act, what: first } : undefined
    case 'wipe': {
      if (rest.length === 0) return { act }
      const id = parseId(first)
      return id && { act, id }
    }
    case 'help':
    case 'link':
      return { act }
    default:
      return undefined
  }
}

function audienceOf(letter: string): 'person' | 'place' | undefined {
  return letter === 'u' || letter === 'p' ? audiences[letter] : undefined
}
