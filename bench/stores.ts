import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Redis } from 'ioredis'
import { redisServer } from '../doubles/run/redis-server.ts'
import { argon2Queue } from '../src/core/argon2-queue.ts'
import { Secret } from '../src/core/format/secret.ts'
import { derive, open, seal } from '../src/core/format/suite1.ts'
import { newToken, parseToken, printToken } from '../src/core/format/token.ts'
import { parseKeyring } from '../src/core/keyring.ts'
import { openOuter, ownerHashes, sealNote, sealOuter } from '../src/core/outer.ts'
import type { SecretStore } from '../src/core/store.ts'
import { type Vault, vault } from '../src/core/vault.ts'
import { redisStore } from '../src/store/redis/store.ts'
import { sqliteStore } from '../src/store/sqlite/store.ts'
import { interleaved, type Row, rate, thousands } from './measure.ts'

const count = 4_000
const rounds = 5
/** Secrets that already wait in either store: an empty table would flatter both, and the bare loop most. */
const standing = 10_000
const content = 'x'.repeat(200)
const about = new TextEncoder().encode(
  'su\nU0123ABCDEF\nU0456ABCDEF\nD0123ABCDEF\n1764000000.123456\nD0456ABCDEF\n1764000000.123457\n',
)
const owner = { platform: 'slack', tenant: 'T0123ABCDEF', id: 'U0123ABCDEF' }
const recipient = { platform: 'slack', tenant: 'T0123ABCDEF', id: 'U0456ABCDEF' }
const keyring = parseKeyring(`k1:${randomBytes(32).toString('base64')}`)

function vaultOn(store: SecretStore): Vault {
  return vault({ store, keyring, argon2: argon2Queue().run, log: () => undefined })
}

async function shareAndReveal(safe: Vault): Promise<void> {
  const order = {
    content: Secret.fromText(content),
    ttlSeconds: 259_200,
    recipient,
    owner,
    about,
    stagedMs: 60_000,
  }
  const shared = await safe.share(order)
  if (shared.why !== 'sealed') throw new Error(shared.why)
  await safe.confirm(shared.id, about)
  const claimId = crypto.getRandomValues(new Uint8Array(16))
  const held = await safe.reveal({ token: shared.token, by: recipient, claimId, leaseMs: 15_000 })
  if (held.why !== 'opened' || held.secret.byteLength !== 200) throw new Error(held.why)
  if (!(await held.settle('revealed'))) throw new Error('not settled')
}

/** The crypto of one share and reveal by itself, µs. */
function cryptoMicros(): number {
  const times: number[] = []
  for (let n = 0; n < 3_000; n++) {
    const started = performance.now()
    const token = newToken('c1')
    const derived = derive(token)
    const unlocked = derived.unlock()
    const context = {
      expiresAt: 1_800_000_000_000,
      recipient: derived.recipient(recipient),
      kdf: new Uint8Array(),
    }
    const outer = sealOuter(keyring, derived.id, seal(derived, unlocked, Secret.fromText(content), context))
    ownerHashes(keyring, owner)
    unlocked.proofHash()
    sealNote(keyring, derived.id, 'receipt/v1', about)
    sealNote(keyring, derived.id, 'receipt/v1', about)
    const again = derive(parseToken(printToken(token)) ?? token)
    const opened = openOuter(keyring, again.id, outer.bytes)
    const reopened = again.unlock()
    reopened.proofHash()
    sealNote(keyring, again.id, 'actor/v1', about.subarray(0, 30))
    if (opened.why === 'opened')
      open(again, reopened, opened.sealed, { ...context, recipient: again.recipient(recipient) })
    times.push((performance.now() - started) * 1000)
  }
  times.sort((one, other) => one - other)
  return times[1_500] ?? Number.NaN
}

/** The loop that the vault is measured against: insert and delete, one transaction for all calls of a tick. */
function bareSqlite(path: string) {
  const db = new DatabaseSync(path)
  db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON')
  db.exec('CREATE TABLE secret (id BLOB PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID')
  const insert = db.prepare('INSERT INTO secret VALUES (?, ?)')
  const remove = db.prepare('DELETE FROM secret WHERE id = ? RETURNING sealed')
  let queue: { run: () => unknown; done: (value: unknown) => void }[] = []
  const commit = <T>(run: () => T): Promise<T> =>
    new Promise((resolve) => {
      if (queue.length === 0) {
        setImmediate(() => {
          const batch = queue
          queue = []
          db.exec('BEGIN IMMEDIATE')
          const results = batch.map((one) => one.run())
          db.exec('COMMIT')
          for (const [at, one] of batch.entries()) one.done(results[at])
        })
      }
      queue.push({ run, done: resolve as (value: unknown) => void })
    })
  const put = () => {
    const id = randomBytes(16)
    const sealed = randomBytes(200)
    return commit(() => insert.run(id, sealed)).then(() => id)
  }
  return {
    put,
    async putAndTake() {
      const id = await put()
      await commit(() => remove.get(id))
    },
    close: () => db.close(),
  }
}

async function inOneRun(
  name: string,
  store: SecretStore,
  bare: () => Promise<void>,
  aim: string,
): Promise<readonly Row[]> {
  const safe = vaultOn(store)
  const rows: Row[] = []
  for (const inFlight of [1, 64]) {
    const n = inFlight === 1 ? count / 4 : count
    const rates = await interleaved(rounds, {
      vault: () => rate(n, inFlight, () => shareAndReveal(safe)),
      bare: () => rate(n, inFlight, bare),
    })
    rows.push({
      what: `${name}, ${inFlight} in flight: share+reveal / bare loop`,
      figure: `${(rates.vault / rates.bare).toFixed(2)}   ${thousands(rates.vault)}/s against ${thousands(rates.bare)}/s`,
      ...(inFlight === 64 && { aim: `≥ ${aim}` }),
    })
    const share = (cryptoMicros() * rates.vault) / 1e6
    rows.push({
      what: `${name}, ${inFlight} in flight: of that time, crypto / store and the rest`,
      figure: `${Math.round(share * 100)} % / ${Math.round((1 - share) * 100)} %`,
    })
  }
  return rows
}

/** Bytes that `many` unopened secrets of `many / 20` senders take, for each. */
async function fill(store: SecretStore, many: number): Promise<void> {
  const safe = vaultOn(store)
  await rate(many, 64, async (n) => {
    const shared = await safe.share({
      content: Secret.fromText(content),
      ttlSeconds: 259_200,
      recipient,
      owner: { ...owner, id: `U${n % (many / 20)}` },
      about,
      stagedMs: 60_000,
    })
    if (shared.why === 'sealed') await safe.confirm(shared.id, about)
  })
}

/** Share and reveal through each store against a bare loop on the same driver, and what a secret takes there. */
export async function storesBench(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-bench-'))
  const redis = await redisServer()
  const client = new Redis(redis.url)
  try {
    const bare = bareSqlite(join(folder, 'bare.db'))
    const sqlite = sqliteStore(join(folder, 'sotto.db'))
    const inRedis = redisStore({ at: redis.at })
    await rate(standing, 64, bare.put)
    await fill(sqlite, standing)
    await rate(standing, 64, async (n) => client.set(`standing:${n}`, randomBytes(200), 'PX', 259_200_000))
    await fill(inRedis, standing)
    const rows = [
      ...(await inOneRun('SQLite', sqlite, bare.putAndTake, '0.4')),
      ...(await inOneRun(
        'Redis',
        inRedis,
        async () => {
          const id = randomBytes(16).toString('base64url')
          await client.set(id, randomBytes(200), 'PX', 259_200_000)
          await client.getdel(id)
        },
        '0.35',
      )),
    ]
    bare.close()
    await sqlite.close()
    const used = async () => Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1])
    await client.flushall()
    const before = await used()
    await fill(inRedis, standing)
    const redisBytes = ((await used()) - before) / standing
    await inRedis.close()
    const path = join(folder, 'filled.db')
    const filled = sqliteStore(path)
    await fill(filled, standing)
    await filled.close()
    return [
      ...rows,
      {
        what: 'bytes for a 200-byte secret, receipt and index included: Redis memory',
        figure: thousands(redisBytes),
        aim: '≤ 700',
      },
      {
        what: 'bytes for a 200-byte secret, receipt and index included: SQLite file',
        figure: thousands(statSync(path).size / standing),
      },
    ]
  } finally {
    client.disconnect()
    await redis.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
