import type { Redis } from 'ioredis'
import { reasonOf } from './reasons.ts'

/** What a server says of itself; what its user may not read is absent. */
export interface Facts {
  /** The fields of INFO; undefined when it is not permitted. */
  readonly info: ReadonlyMap<string, string> | undefined
  /** Of the parameters that were asked for; undefined when CONFIG is not permitted. */
  readonly config: ReadonlyMap<string, string> | undefined
}

const parameters = [
  'save',
  'appendfsync',
  'maxmemory-policy',
  'aof-load-truncated',
  'aof-disable-auto-gc',
  'repl-diskless-sync',
  'repl-diskless-load',
] as const

/** Asks a server about itself. @throws what the client throws, but for what is not permitted */
export async function readFacts(redis: Redis): Promise<Facts> {
  const [info, config] = await Promise.all([
    permitted(async () => parseInfo(await redis.info())),
    permitted(() => readConfig(redis)),
  ])
  // It tells about itself, but not yet what will be so.
  if (info?.get('loading') === '1') throw new Error('LOADING Redis is loading the dataset in memory')
  return { info, config }
}

/** The replicas that a primary tells of, by the addresses at which it sees them. */
export function replicasIn(info: Facts['info']): readonly { readonly host: string; readonly port: number }[] {
  const lines = [...(info ?? [])].filter(([name]) => /^slave\d+$/.test(name))
  return lines.flatMap(([, line]) => {
    const [, host = '', port = ''] = /^ip=([^,]+),port=(\d+),/.exec(line) ?? []
    return host === '' ? [] : [{ host, port: Number(port) }]
  })
}

async function readConfig(redis: Redis): Promise<Map<string, string>> {
  const values = new Map<string, string>()
  // One by one: before Redis 7, CONFIG GET takes one name. What a server does not know, it leaves out.
  const pairs = await Promise.all(parameters.map((name) => redis.config('GET', name)))
  for (const [name, value] of pairs as string[][])
    if (name !== undefined && value !== undefined) values.set(name, value)
  return values
}

async function permitted<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask()
  } catch (error) {
    if (reasonOf(error) === 'noperm') return undefined
    throw error
  }
}

function parseInfo(text: string): Map<string, string> {
  return new Map(
    text.split('\r\n').flatMap((line) => {
      const colon = line.indexOf(':')
      return colon > 0 ? [[line.slice(0, colon), line.slice(colon + 1)] as const] : []
    }),
  )
}
