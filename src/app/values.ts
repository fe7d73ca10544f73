import { isIP } from 'node:net'
import { z } from 'zod'
import { SottoError } from '../core/format/errors.ts'
import { type Keyring, parseKeyring } from '../core/keyring.ts'
import { parseRedisUrl, type RedisAddress } from '../store/redis/address.ts'
import { type Network, parseNetwork } from '../web/server/address.ts'

/** How the text of a variable becomes what the program works with. A problem of code `custom` needs no "got" after it. */
export type Schema<T> = z.ZodType<T, string>

/** Where the server keys come from. */
export type Keys =
  | { readonly from: 'environment'; readonly keyring: Keyring }
  /** `made`: when it is not there, it is made. */
  | { readonly from: 'file'; readonly path: string; readonly made: boolean }

/** Reads text with `read`, which gives every problem in words when it cannot. */
function parsed<T>(read: (text: string) => { readonly value: T } | readonly string[]): Schema<T> {
  return z.string().transform((text, context) => {
    const result = read(text)
    if ('value' in result) return result.value
    for (const message of result) context.addIssue({ code: 'custom', message })
    return z.NEVER
  })
}

/** A whole number of `unit`. */
export function wholeNumber(minimum: number, maximum: number, unit: string): Schema<number> {
  const error = `expected ${unit} between ${minimum} and ${maximum}`
  return z
    .string()
    .regex(/^\d+$/, error)
    .transform(Number)
    .pipe(z.number(error).min(minimum, error).max(maximum, error))
}

/** Text of this shape, unchanged. */
export function shaped(shape: RegExp, error: string): Schema<string> {
  return z.string().regex(shape, error)
}

/** One of a few words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(
  words: Words,
): Schema<Words[number]> {
  const list = words.length <= 2 ? words.join(' or ') : `one of ${words.join(', ')}`
  return z.enum(words, `expected ${list}`)
}

/** A word, or what another schema reads. */
export function wordOr<const Word extends string, T>(
  word: Word,
  other: Schema<T>,
  error: string,
): Schema<Word | T> {
  return z.union([z.literal(word), other], error)
}

/** `on` or `off`. */
export const onOff: Schema<boolean> = z
  .enum(['on', 'off'], 'expected on or off')
  .transform((word) => word === 'on')

/** The path of a file. SQLite takes some names for something else. */
export const filePath: Schema<string> = shaped(/^(?!:|file:).*[^/]$/s, 'expected the path of a file')

/** An address or a name to listen on; an IPv6 address without its brackets. */
export const listenHost: Schema<string> = parsed((text) => {
  const host = text.replace(/^\[(.*)\]$/, '$1')
  const named = isIP(host) !== 0 || /^[\w.-]+$/.test(host)
  return named && URL.canParse(httpUrl(host, 0))
    ? { value: host }
    : [`expected an address or a host name such as 127.0.0.1, got ${JSON.stringify(text)}`]
})

/** The origin of a server that listens there. */
export function originOf(host: string, port: number): string {
  return new URL(httpUrl(host, port)).origin
}

function httpUrl(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** Where an HTTP API is, with nothing in it that a client would not send on. */
export const endpoint: Schema<string> = parsed((text) => {
  const result = parseHttp(text)
  if (typeof result === 'string') return [result]
  const extra = extras(result).filter((part) => part !== 'a path')
  return extra.length === 0 ? { value: text } : [`expected a URL without ${extra.join(', ')}`]
})

/** The origin of a URL, such as `https://secrets.example.com`. */
export const origin: Schema<string> = parsed((text) => {
  const result = parseHttp(text)
  if (typeof result === 'string') return [result]
  const extra = extras(result)
  if (extra.length === 0) return { value: result.origin }
  return [`expected an address such as https://secrets.example.com, without ${extra.join(', ')}`]
})

/** Where an HTTP proxy is, with its user name and password if it asks for them. Its problems repeat neither. */
export const proxyUrl: Schema<string> = parsed((text) => {
  const expected = 'expected the URL of an HTTP proxy, such as http://proxy.internal:3128'
  const result = parseHttp(text)
  if (typeof result === 'string') return [expected]
  const extra = extras(result).filter((part) => part !== 'a user name or password')
  return extra.length === 0 ? { value: result.href } : [`${expected}, without ${extra.join(', ')}`]
})

function parseHttp(text: string): URL | string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url
  return 'expected a URL that starts with https:// or http://'
}

function extras({ username, password, pathname, search, hash }: URL): readonly string[] {
  const parts = {
    'a user name or password': username + password,
    'a path': pathname.slice(1),
    'a query': search,
    'a fragment': hash,
  }
  return Object.entries(parts).flatMap(([name, part]) => (part === '' ? [] : [name]))
}

/** Networks, separated by commas. */
export const networks: Schema<readonly Network[]> = parsed((text) => {
  const results = text.split(',').map((entry) => parseNetwork(entry.trim()))
  const problems = results.filter((result) => typeof result === 'string')
  return problems.length > 0 ? problems : { value: results.filter((result) => typeof result !== 'string') }
})

/** Where a Redis is. Its problems repeat no login. */
export const redisUrl: Schema<RedisAddress> = parsed((text) => {
  const result = parseRedisUrl(text)
  return typeof result === 'string' ? [result] : { value: result }
})

/** Server keys, or `file:` and where they are. Its problems repeat no key. */
export const serverKeys: Schema<Keys> = parsed<Keys>((text) => {
  if (text.startsWith('file:')) {
    const path = text.slice('file:'.length)
    return path === '' ? ['expected a path after file:'] : { value: { from: 'file', path, made: false } }
  }
  try {
    return { value: { from: 'environment', keyring: parseKeyring(text) } }
  } catch (error) {
    if (error instanceof SottoError) return error.problems
    throw error
  }
})
