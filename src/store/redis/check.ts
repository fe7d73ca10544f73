import type { Finding } from '../../core/store.ts'
import { isLocal, type RedisAddress } from './address.ts'
import type { Facts } from './facts.ts'
import { recordFormat } from './packed.ts'

/** What a server is held to. */
interface Standard {
  readonly at: RedisAddress
  /** How many replicas each claim waits for. */
  readonly replicas: number
  /** The operator has taken the risk: what would refuse the start warns. */
  readonly risk: boolean
}

/** What one server's configuration does to secrets: which are shown twice after a crash or a failover, and which vanish. */
export function checkServer({ info, config }: Facts, { at, replicas, risk }: Standard): Finding[] {
  const findings: Finding[] = []
  const warn = (text: string) => findings.push({ level: 'warn', text: `Redis: ${text}` })
  const refuse = (text: string) =>
    risk
      ? warn(`${text}. REDIS_RISK=shown-twice is set, so secrets may be shown twice, or lost`)
      : findings.push({
          level: 'refuse',
          text: `Redis: ${text}. REDIS_RISK=shown-twice starts all the same`,
        })

  if (info === undefined)
    refuse(
      'INFO is not permitted, so neither the append-only file nor the replicas can be seen: ACL SETUSER <user> +info; docs/redis.md says what managed services offer',
    )
  if (config === undefined)
    refuse(
      'CONFIG GET is not permitted, so appendfsync cannot be seen: ACL SETUSER <user> +config|get; docs/redis.md says what managed services offer',
    )
  const policy = info?.get('maxmemory_policy') ?? config?.get('maxmemory-policy')
  if (policy !== undefined && policy !== 'noeviction')
    refuse(
      `maxmemory-policy ${policy} may drop secrets unread; mend it with ${set('maxmemory-policy noeviction')}`,
    )
  if (info !== undefined) {
    if (info.get('role') === 'slave')
      refuse('this server is a replica; REDIS_URL must name its primary (ROLE says which that is)')
    const saves = config?.get('save') ?? ''
    const comes = saves === '' ? '' : ', and snapshots (save) bring opened ones back'
    if (info.get('aof_enabled') !== '1')
      refuse(
        `appendonly is off: a restart loses secrets${comes}; mend it with ${set('appendonly yes', 'appendfsync always', 'save ""')}`,
      )
    const sync = config?.get('appendfsync') ?? 'always'
    if (info.get('aof_enabled') === '1' && sync !== 'always')
      refuse(
        `appendfsync ${sync} brings back what was opened in the last seconds before a crash; mend it with ${set('appendfsync always')}`,
      )
    const connected = Number(info.get('connected_slaves') ?? 0)
    if (connected > replicas)
      refuse(
        `${connected} replicas are connected and REDIS_REPLICAS is ${replicas}: a failover to one that lacks a claim shows its secret again; set REDIS_REPLICAS=${connected}, or take away replicas that are not to be promoted`,
      )
    // Nothing to be risked: no claim could succeed.
    if (connected < replicas)
      findings.push({
        level: 'refuse',
        text: `Redis: ${connected} of ${replicas} configured replicas are connected, so no claim could succeed`,
      })
    if (info.get('aof_enabled') === '1' && saves !== '')
      warn(
        `snapshots (save) beside the append-only file keep what was opened until the next one; mend it with ${set('save ""')}, and delete the dump`,
      )
  }
  if (config?.get('aof-load-truncated') === 'yes')
    warn(
      `aof-load-truncated yes loads an append-only file that lost its end without a word, and so may bring back what was opened; mend it with ${set('aof-load-truncated no')}`,
    )
  if (config?.get('aof-disable-auto-gc') === 'yes')
    warn(
      `aof-disable-auto-gc yes keeps old logs, and what was opened in them; mend it with ${set('aof-disable-auto-gc no')}`,
    )
  if (at.password === undefined && at.port !== 0)
    warn(
      'no password is set: whoever reaches its port reads and changes everything; set requirepass, or ACL users',
    )
  if (!at.tls && !isLocal(at))
    warn('the connection has no TLS, so the network sees what is stored; use rediss://')
  return findings
}

/** How a parameter is set now, and stays so. */
function set(...parameters: readonly string[]): string {
  const commands = parameters.map((each) => `CONFIG SET ${each}`)
  return `${commands.join(', ')} and CONFIG REWRITE (or in redis.conf: ${parameters.join('; ')})`
}

/** One warning when a newer version keeps secrets beside those of this one. */
export function newerFormats(formats: readonly string[]): readonly Finding[] {
  const newest = Math.max(...formats.map(Number), recordFormat)
  if (newest === recordFormat) return []
  const text = `Redis: a newer version of Sotto keeps secrets here (record format ${newest}, and this one knows ${recordFormat}): this one leaves them alone, and cannot open them`
  return [{ level: 'warn', text }]
}
