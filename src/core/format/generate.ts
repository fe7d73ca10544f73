import { wordlist } from '@scure/bip39/wordlists/english.js'
import { SottoError } from './errors.ts'
import { type Random, random as systemRandom } from './random.ts'
import { Secret } from './secret.ts'

/** A secret that was drawn, and how hard it is to guess. */
export interface Generated {
  readonly secret: Secret
  /** log2 of how many results were equally likely. */
  readonly bits: number
}

/** A set of characters that a password may be drawn from. */
type Alphabet = 'lower' | 'upper' | 'digits' | 'symbols'

/** What a password is made of. */
interface PasswordOptions {
  /** 8 to 128 characters, 20 by default. */
  readonly length?: number
  /** Each occurs at least once. All four by default. */
  readonly alphabets?: readonly Alphabet[]
  /** Whether characters that are easily taken for each other may occur; false by default. */
  readonly lookAlikes?: boolean
}

/** What a passphrase is made of. */
interface PassphraseOptions {
  /** 4 to 24, 6 by default. */
  readonly words?: number
  /** At most 8 characters, a hyphen by default. */
  readonly separator?: string
}

// No quotes, brackets, backslash, comma or space: forms and scripts trip over those.
const characters: Readonly<Record<Alphabet, string>> = {
  lower: 'abcdefghijklmnopqrstuvwxyz',
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  digits: '0123456789',
  symbols: '!#$%&*+-./:=?@^_~',
}
const lookAlike = new Set('Il1O0o')

/**
 * A random password, every one that fits the options equally likely.
 * @throws SottoError `bad-argument` for options out of range
 */
export function password(options: PasswordOptions = {}, random: Random = systemRandom): Generated {
  const { length = 20, alphabets = ['lower', 'upper', 'digits', 'symbols'], lookAlikes = false } = options
  const kinds = [...new Set(alphabets)].map((name) =>
    [...characters[name]].filter((character) => lookAlikes || !lookAlike.has(character)),
  )
  if (!inRange(length, 8, 128) || kinds.length === 0) {
    throw new SottoError('bad-argument', 'a password has 8 to 128 characters of at least one alphabet')
  }
  const all = kinds.flat()
  for (;;) {
    const drawn = Array.from({ length }, () => pick(all, random))
    // Drawing anew keeps all that remain equally likely; putting a missing character in by hand would not.
    if (kinds.every((kind) => drawn.some((character) => kind.includes(character)))) {
      return { secret: Secret.fromText(drawn.join('')), bits: passwordBits(kinds, length) }
    }
  }
}

/**
 * Words from the English BIP-39 list, 11 bits each, for a passphrase that is told by voice.
 * @throws SottoError `bad-argument` for options out of range
 */
export function passphrase(options: PassphraseOptions = {}, random: Random = systemRandom): Generated {
  const { words = 6, separator = '-' } = options
  if (!inRange(words, 4, 24) || separator.length > 8) {
    throw new SottoError(
      'bad-argument',
      'a passphrase has 4 to 24 words and a separator of at most 8 characters',
    )
  }
  const drawn = Array.from({ length: words }, () => pick(wordlist, random))
  return { secret: Secret.fromText(drawn.join(separator)), bits: words * Math.log2(wordlist.length) }
}

/** One of at most 65,536, without the bias of a plain remainder. */
function pick(from: readonly string[], random: Random): string {
  const fair = 65536 - (65536 % from.length)
  for (;;) {
    const [high = 0, low = 0] = random(2)
    const drawn = high * 256 + low
    if (drawn < fair) return from[drawn % from.length] ?? ''
  }
}

/** Counts the strings in which every kind occurs, by inclusion and exclusion over the kinds left out. */
function passwordBits(kinds: readonly (readonly string[])[], length: number): number {
  let count = 0
  for (let left = 0; left < 2 ** kinds.length; left++) {
    const size = kinds.reduce((sum, kind, at) => ((left >> at) & 1 ? sum : sum + kind.length), 0)
    const out = kinds.reduce((sum, _, at) => sum + ((left >> at) & 1), 0)
    count += (out % 2 === 0 ? 1 : -1) * size ** length
  }
  return Math.log2(count)
}

function inRange(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most
}
