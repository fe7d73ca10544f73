import type { Redis } from 'ioredis'
import type { Finding } from '../../core/store.ts'
import { recordFormat } from './packed.ts'

/** What one server's configuration does to secrets: which come back after a crash, which vanish when memory is short. */
export async function checkServer(redis: Redis, replicas: number): Promise<Finding[]> {
  const info = parseInfo(await redis.info())
  const config = await readConfig(redis)
  const findings: Finding[] = []
  const refuse = (text: string) => findings.push({ level: 'refuse', text })
  const warn = (text: string) => findings.push({ level: 'warn', text })

  if (info.get('role') === 'slave') refuse('Redis: this server is a replica; connect to its primary')
  const policy = info.get('maxmemory_policy') ?? config?.get('maxmemory-policy')
  if (policy !== undefined && policy !== 'noeviction')
    refuse(`Redis: maxmemory-policy ${policy} may drop secrets unread; set it to noeviction`)
  const appends = info.get('aof_enabled') === '1'
  if (config === undefined) {
    warn(
      'Redis: CONFIG is not permitted, so this cannot be checked: snapshots without an append-only file bring opened secrets back',
    )
  } else if (!appends && config.get('save') !== '') {
    refuse(
      'Redis: snapshots (save) without appendonly bring opened secrets back after a crash; set appendonly yes, or save ""',
    )
  } else if (!appends) {
    warn('Redis: nothing is persisted, so a restart loses every secret; set appendonly yes')
  } else if (config.get('appendfsync') !== 'always' && replicas === 0) {
    warn(
      `Redis: with appendfsync ${config.get('appendfsync')} a power cut can bring back what was opened in the last seconds; set it to always, or configure replicas`,
    )
  }
  const connected = Number(info.get('connected_slaves') ?? 0)
  if (connected < replicas)
    refuse(`Redis: ${connected} of ${replicas} configured replicas are connected, so no claim could succeed`)
  return findings
}

/** One warning when a newer version keeps secrets beside those of this one. */
export function newerFormats(formats: readonly string[]): readonly Finding[] {
  const newest = Math.max(...formats.map(Number), recordFormat)
  if (newest === recordFormat) return []
  const text = `Redis: a newer version of Sotto keeps secrets here (record format ${newest}, and this one knows ${recordFormat}): this one leaves them alone, and cannot open them`
  return [{ level: 'warn', text }]
}

async function readConfig(redis: Redis): Promise<Map<string, string> | undefined> {
  try {
    const values = new Map<string, string>()
    for (const name of ['save', 'appendfsync', 'maxmemory-policy']) {
      const [, value] = (await redis.config('GET', name)) as string[]
      if (value === undefined) return undefined
      values.set(name, value)
    }
    return values
  } catch {
    return undefined
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
