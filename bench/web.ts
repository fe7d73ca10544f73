import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { redisServer } from '../doubles/run/redis-server.ts'
import { Secret } from '../src/core/format/secret.ts'
import { derive } from '../src/core/format/suite1.ts'
import { buildPages } from '../src/web/build.ts'
import { sealForLink } from '../src/web/pages/sealing.ts'
import { median, ms, percentile, type Row, thousands } from './measure.ts'
import { type RawConnection, rawConnection } from './raw-http.ts'
import { browserRows } from './web-browser.ts'

const rounds = 3
const connectionCounts = [1, 16, 64] as const

/** Create and reveal over HTTP against an empty hono route on the same port, and what a person waits for in Chromium. */
export async function webBench(): Promise<readonly Row[]> {
  await buildPages()
  const rows: Row[] = []
  const redis = await redisServer()
  for (const [name, args] of [
    ['SQLite', []],
    ['Redis', [redis.url]],
  ] as const)
    rows.push(...(await storeRows(name, args)))
  await redis.close()
  rows.push(...(await browserRows()))
  return rows
}

async function storeRows(name: string, args: readonly string[]): Promise<readonly Row[]> {
  const child = fork(join(import.meta.dirname, 'web-server.ts'), args)
  const { port } = await answer<{ port: number }>(child)
  const rows: Row[] = []
  for (const connections of connectionCounts) rows.push(...(await loadRows(name, port, connections)))
  child.send('memory')
  const { rss } = await answer<{ rss: number }>(child)
  rows.push({ what: `${name}: RSS after the load`, figure: `${Math.round(rss / 1024 / 1024)} MiB` })
  child.send('stop')
  await once(child, 'exit')
  return rows
}

/** One secret's three requests, made ready before the clock runs. */
interface Errand {
  readonly keep: string
  readonly path: string
  readonly claim: string
  readonly settle: string
}

async function loadRows(name: string, port: number, connections: number): Promise<readonly Row[]> {
  const count = connections === 1 ? 300 : 1_500
  const pairs: number[] = []
  const empties: number[] = []
  const creates: number[] = []
  const reveals: number[] = []
  const opened = await Promise.all(Array.from({ length: connections }, () => rawConnection(port)))
  for (let round = 0; round <= rounds; round++) {
    const errands = await Promise.all(Array.from({ length: count }, errand))
    const empty = await perSecond(opened, count * 3, async (connection) => {
      await connection.get('/empty')
    })
    const pair = await perSecond(opened, count, async (connection, at) => {
      const { keep, path, claim, settle } = errands[at] as Errand
      const began = performance.now()
      await expectStatus(201, connection.post('/api/v1/secrets', keep))
      const kept = performance.now()
      await expectStatus(200, connection.post(`${path}/claim`, claim))
      reveals.push(performance.now() - kept)
      creates.push(kept - began)
      await expectStatus(204, connection.post(`${path}/settle`, settle))
    })
    // The first round warms the machine up.
    if (round === 0) creates.length = reveals.length = 0
    else {
      pairs.push(pair)
      empties.push(empty)
    }
  }
  for (const connection of opened) connection.close()
  const ratio = (median(pairs) * 3) / median(empties)
  const at = `${name}, ${connections} connection${connections === 1 ? '' : 's'}`
  const both = (values: readonly number[]) =>
    `${ms(percentile(values, 0.5))} / ${ms(percentile(values, 0.99))}`
  return [
    {
      what: `${at}: create + claim + settle`,
      figure: `${thousands(median(pairs))}/s, ${ratio.toFixed(2)} of the empty route's ${thousands(median(empties))} requests/s`,
      ...(connections === 64 && { aim: '≥ 0.35' }),
    },
    { what: `${at}: create, p50 / p99`, figure: both(creates) },
    { what: `${at}: reveal, p50 / p99`, figure: both(reveals) },
  ]
}

async function errand(): Promise<Errand> {
  const sealed = await sealForLink(
    { what: 'text', text: Secret.fromText('x'.repeat(200)) },
    { expiresAt: Date.now() + 3_600_000, argon2: async () => 'busy' },
  )
  const claimId = randomBytes(16).toString('base64url')
  const proof = Buffer.from(derive(sealed.token).unlock().proof()).toString('base64url')
  return {
    keep: JSON.stringify(sealed.body),
    path: `/api/v1/secrets/${sealed.body.id}`,
    claim: JSON.stringify({ proof, claimId }),
    settle: JSON.stringify({ claimId }),
  }
}

/** Runs `job` `count` times over all connections, each one job at a time; jobs a second. */
async function perSecond(
  connections: readonly RawConnection[],
  count: number,
  job: (connection: RawConnection, at: number) => Promise<void>,
): Promise<number> {
  let next = 0
  const began = performance.now()
  await Promise.all(
    connections.map(async (connection) => {
      for (let at = next++; at < count; at = next++) await job(connection, at)
    }),
  )
  return (count / (performance.now() - began)) * 1_000
}

async function expectStatus(wanted: number, answer: ReturnType<RawConnection['get']>): Promise<void> {
  const { status, body } = await answer
  if (status !== wanted) throw new Error(`expected ${wanted}, got ${status} ${body}`)
}

function answer<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`the server ended with ${code}`))
    child.once('exit', ended)
    child.once('message', (message) => {
      child.off('exit', ended)
      resolve(message as T)
    })
  })
}
