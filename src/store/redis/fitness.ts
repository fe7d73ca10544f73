import type { Finding } from '../../core/store.ts'
import { StoreError } from '../errors.ts'
import type { Connection } from './connection.ts'
import { storeError } from './reasons.ts'

/** After an inspection that could not be made, ms. */
const retryMs = 1_000

/** Whether claims may be taken, from the first inspection on. */
interface Fitness {
  /** Inspects at once, and from now on with every connection and every `everyMs`. @throws StoreError `unavailable` */
  begin(): Promise<readonly Finding[]>
  /** Resolves when the server of this connection was found fit; always, before `begin`. @throws StoreError `unavailable` */
  proven(): Promise<void>
  /** What the last inspection found. */
  findings(): readonly Finding[]
  stop(): void
}

interface FitnessParts {
  readonly connection: Pick<Connection, 'epoch' | 'onReady'>
  /** `anew`: on a connection that was not inspected yet. */
  readonly inspect: (anew: boolean) => Promise<readonly Finding[]>
  readonly everyMs: number
  /** Told of what was not found before, and when claims are taken again. */
  readonly found: (finding: Finding) => void
}

/** What is checked at the start can be changed an hour later: a server that is not fit any more gets no claim until it is. */
export function fitness({ connection, inspect, everyMs, found }: FitnessParts): Fitness {
  let begun = false
  let stopped = false
  let known: readonly Finding[] = []
  let closed: StoreError | undefined
  let inspected = { epoch: -1, at: 0 }
  let underWay: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined

  function later(ms: number): void {
    clearTimeout(timer)
    if (!stopped) timer = setTimeout(() => void look().catch(() => undefined), ms).unref()
  }

  function look(): Promise<void> {
    underWay ??= once().finally(() => {
      underWay = undefined
    })
    return underWay
  }

  async function once(): Promise<void> {
    const epoch = connection.epoch()
    try {
      const findings = await inspect(epoch !== inspected.epoch)
      inspected = { epoch, at: performance.now() }
      judge(findings)
      later(everyMs)
    } catch (error) {
      later(Math.min(retryMs, everyMs))
      throw storeError(error)
    }
  }

  function judge(findings: readonly Finding[]): void {
    const before = new Set(known.map(({ text }) => text))
    const refusals = findings.filter(({ level }) => level === 'refuse')
    const wasClosed = closed !== undefined
    known = findings
    closed =
      refusals.length === 0
        ? undefined
        : new StoreError('unavailable', 'redis: it cannot keep the promise any more, so claims wait', {
            reason: 'unfit',
          })
    if (!begun) return
    for (const finding of findings) if (!before.has(finding.text)) found(finding)
    if (wasClosed && closed === undefined)
      found({ level: 'warn', text: 'Redis: what was wrong is mended, and claims are taken again' })
  }

  function isCurrent(): boolean {
    return inspected.epoch === connection.epoch() && performance.now() - inspected.at < 2 * everyMs
  }

  connection.onReady(() => {
    if (begun && inspected.epoch !== connection.epoch()) void look().catch(() => undefined)
  })

  return {
    async begin() {
      await look()
      begun = true
      return known
    },

    async proven() {
      if (!begun) return
      if (!isCurrent()) await look()
      // An inspection that was under way may have been of the connection before.
      if (!isCurrent()) await look()
      if (closed !== undefined) throw closed
    },

    findings: () => known,

    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}
