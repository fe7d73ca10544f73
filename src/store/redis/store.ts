import { createHash } from 'node:crypto'
import { printId, type SecretId } from '../../core/format/id.ts'
import type { Claim, ClaimResult, Finding, Receipt, SecretStore } from '../../core/store.ts'
import { checkRecord, code, idBytes, isListed, stateOf } from '../codes.ts'
import { StoreError } from '../errors.ts'
import { jitter } from '../jitter.ts'
import { missingKeys } from '../missing-keys.ts'
import type { RedisAddress } from './address.ts'
import { checkServer, newerFormats } from './check.ts'
import { redisClock } from './clock.ts'
import { connect } from './connection.ts'
import { erasure } from './erasure.ts'
import { type Owed, redisErrands, upTo } from './errands.ts'
import { readFacts } from './facts.ts'
import { fitness } from './fitness.ts'
import { inUse } from './in-use.ts'
import { bucketCount, keyNames } from './keys.ts'
import { afterCursor, listPage, mergeEntries, packEntry } from './owner-index.ts'
import { claimResult, dueReceiptOf, packRecord, receiptOf, recordFormat } from './packed.ts'
import { reasonOf } from './reasons.ts'
import type { ScriptName } from './scripts.ts'
import { tryOut } from './trial.ts'

/** Which Redis keeps the secrets, and how long it is waited for. */
export interface RedisOptions {
  readonly at: RedisAddress
  /** The server is a node of a Redis Cluster. Not together with `replicas`. */
  readonly cluster?: boolean
  /** How many replicas must have a claim before it counts: all that a failover may promote. Default 0. */
  readonly replicas?: number
  /** The operator has taken the risk that secrets are shown twice: what would refuse the start warns. */
  readonly risk?: boolean
  /** How long after its end a secret may be in the server's files, ms. Default an hour. */
  readonly eraseMs?: number
  /** How often the server is checked again, ms. Default a minute. */
  readonly recheckMs?: number
  /** How long the first check waits for a server that loads its files, ms. Default a minute. */
  readonly loadingMs?: number
  /** Told of what was not found at the start. */
  readonly found?: (finding: Finding) => void
  /** What every key begins with; no braces. Default `sotto`. */
  readonly prefix?: string
  /** After this a call rejects, ms. Default 3,000. */
  readonly commandTimeoutMs?: number
  /** Calls that may wait at once; one more rejects. Default 10,000. */
  readonly maxPending?: number
  /** For tests: the store's clock instead of Redis' `TIME`. */
  readonly now?: () => number
}

/** Buckets looked through by one `due`, so that ten calls go round all of them. */
const bucketsPerCall = Math.ceil(bucketCount / 10)

/**
 * The shared store. Redis' `TIME` is its clock; every verb is one script on keys of one slot, and every key expires.
 * @throws StoreError `bad-argument` on options that cannot be
 */
export function redisStore(options: RedisOptions): SecretStore {
  const { at, cluster = false, replicas = 0, prefix = 'sotto', commandTimeoutMs = 3_000 } = options
  const { risk = false, recheckMs = 60_000, loadingMs = 60_000, found = () => undefined } = options
  if (/[{}]/.test(prefix)) throw new StoreError('bad-argument', 'the prefix of a Redis store has no braces')
  if (cluster && replicas > 0)
    throw new StoreError('bad-argument', 'replicas are waited for on one primary, not in a cluster')
  const connection = connect({
    at,
    cluster,
    replicas,
    commandTimeoutMs,
    maxPending: options.maxPending ?? 10_000,
  })
  const keys = keyNames(prefix)
  const clock = redisClock(connection, options.now)
  const kidsInUse = inUse(connection, keys.kids)
  const formatsInUse = inUse(connection, keys.formats)
  const timeArgument = () => options.now?.() ?? ''
  const dueSecrets = inTurn(keys.dueSet)
  const errands = redisErrands(connection, keys, timeArgument, inTurn(keys.errandSet))
  const fit = fitness({ connection, inspect, everyMs: recheckMs, found })
  const erase = erasure({ connection, keys, at, clock, withinMs: options.eraseMs ?? 3_600_000, found })
  let ofSecrets: readonly Finding[] = []

  function onRecord(
    script: ScriptName,
    id: SecretId,
    bytes: Uint8Array,
    ...args: (string | number | Uint8Array)[]
  ): Promise<unknown> {
    return connection.run(script, keys.record(bytes, id), [timeArgument(), bytes, ...args])
  }

  /** The same, with what it owes. */
  function onOwing(
    script: ScriptName,
    id: SecretId,
    bytes: Uint8Array,
    owed: Owed,
    ...args: (string | number | Uint8Array)[]
  ): Promise<unknown> {
    const names = [...keys.record(bytes, id), ...owed.keys]
    return connection.run(script, names, [timeArgument(), bytes, ...args, ...owed.args])
  }

  /** Text that is no id names nothing: `none` is the answer for an id that was never there. */
  async function withId<T>(id: SecretId, none: T, run: (bytes: Buffer) => Promise<T>): Promise<T> {
    const bytes = idBytes(id)
    return bytes === undefined ? none : run(bytes)
  }

  async function look(id: SecretId): Promise<Receipt | undefined> {
    return withId(id, undefined, async (bytes) =>
      receiptOf(id, (await onRecord('sottoLook', id, bytes)) as Buffer),
    )
  }

  /** For lists, which one secret of a newer version must not break. */
  async function lookPast(id: SecretId): Promise<Receipt | 'newer' | undefined> {
    try {
      return await look(id)
    } catch (error) {
      if (error instanceof StoreError && error.code === 'newer') return 'newer'
      throw error
    }
  }

  async function putListed(
    names: readonly string[],
    args: readonly (string | number | Uint8Array)[],
    index: string,
    { packed, staleAt }: ReturnType<typeof packEntry>,
  ): Promise<unknown> {
    if (!cluster) return connection.run('sottoPut', [...names, index], [...args, packed, staleAt])
    // In a cluster the owner's list is in another slot, and is written first: an entry without a record is harmless.
    await connection.run('sottoIndex', [index], [timeArgument(), packed, staleAt])
    return connection.run('sottoPut', names, args)
  }

  async function dueOne(id: Buffer, holdMs: number, force: boolean): Promise<Receipt | undefined> {
    const text = printId(id)
    return dueReceiptOf(text, (await onRecord('sottoDue', text, id, holdMs, force ? 1 : 0)) as Buffer)
  }

  const store: SecretStore = {
    now: clock,

    async put(record) {
      const id = checkRecord(record)
      const { owner, expiresAt, stagedMs } = record
      // First, so that no secret is kept that the self-check of another process could not warn of.
      await Promise.all([
        kidsInUse.remember(record.kid, expiresAt),
        formatsInUse.remember(String(recordFormat), expiresAt),
      ])
      const names = keys.record(id, record.id)
      const args = [timeArgument(), id, packRecord(record), expiresAt, stagedMs ?? '']
      const kept = isListed(record.kind)
        ? await putListed(names, args, keys.index(owner), packEntry(id, await clock(), expiresAt))
        : await connection.run('sottoPut', names, args)
      if (kept !== 1) throw new StoreError('id-taken', 'another record has this id')
    },

    async confirm(id, receipt, owes) {
      const owed = errands.owed(id, owes)
      return withId(id, 'unknown', async (bytes) => {
        const state = Number(await onOwing('sottoConfirm', id, bytes, owed, receipt))
        return state < 0 ? 'unknown' : stateOf(state)
      })
    },

    discard: (id) => withId(id, true, async (bytes) => (await onRecord('sottoDiscard', id, bytes)) === 1),

    answer(id, { answerHash, sealed, kid, proofHash }) {
      return withId(id, 'gone', async (bytes) => {
        const mark = createHash('sha256').update(answerHash).update(proofHash).update(sealed).digest()
        const state = await onRecord('sottoAnswer', id, bytes, answerHash, sealed, kid, proofHash, mark)
        return state === code.sealed ? 'sealed' : state === -1 ? 'wrong-proof' : 'gone'
      })
    },

    async claim(id, claim) {
      await fit.proven()
      const result = await claimNow(id, claim)
      // Whoever is shown it must be the only one after a failover, too, and after a change of the server meanwhile.
      if (result.why === 'claimed') await fit.proven()
      return result
    },

    release(id, claimId, cancels) {
      return withId(id, 'not-holder', async (bytes) => {
        const state = await onOwing('sottoRelease', id, bytes, errands.cancelled(id, cancels), claimId)
        return state === code.sealed ? 'sealed' : state === code.lost ? 'lost' : 'not-holder'
      })
    },

    async settle(id, claimId, state, owes) {
      const owed = errands.owed(id, owes)
      return withId(id, 'not-holder', async (bytes) => {
        const settled = await onOwing('sottoSettle', id, bytes, owed, claimId, code[state])
        return settled === 1 ? 'settled' : 'not-holder'
      })
    },

    burn(id, owners) {
      return withId(id, 'unknown', async (bytes) => {
        const state = await onRecord('sottoBurn', id, bytes, Buffer.concat(owners))
        if (state === -1) return 'unknown'
        return state === code.burned ? 'burned' : state === code.claimed ? 'busy' : 'gone'
      })
    },

    look,

    async list(owners, limit, before) {
      const lists = await Promise.all(
        owners.map(async (owner) => {
          const packed = (await connection.call('LRANGE', keys.index(owner), 0, -1)) as Buffer[]
          return { owner, packed }
        }),
      )
      const entries = afterCursor(mergeEntries(lists), before)
      return listPage(entries, limit, await clock(), lookPast, (entry) =>
        connection.call('LREM', keys.index(entry.owner), 0, entry.packed),
      )
    },

    async due(limit, holdMs, ids) {
      const chosen = ids?.flatMap((id) => idBytes(id) ?? [])
      return upTo(limit, chosen ?? (await dueSecrets(limit)), (id) =>
        dueOne(id, holdMs, chosen !== undefined),
      )
    },

    async done(id, state, owes) {
      const owed = errands.owed(id, owes)
      await withId(id, undefined, (bytes) => onOwing('sottoDone', id, bytes, owed, code[state]))
    },

    ...errands.verbs,

    async first(key, caller, ttlMs) {
      return (await connection.run('sottoFirst', [keys.first(key)], [timeArgument(), caller, ttlMs])) === 1
    },

    async forget(key, caller) {
      await connection.run('sottoForget', [keys.first(key)], [timeArgument(), caller])
    },

    async check(kids) {
      const onServers = await whenLoaded(() => fit.begin())
      const now = await clock()
      ofSecrets = [
        ...newerFormats(await formatsInUse.list(now)),
        ...missingKeys(await kidsInUse.list(now), kids),
      ]
      // A server that is refused is not written to.
      const refused = onServers.some(({ level }) => level === 'refuse')
      return [...onServers, ...(refused ? [] : await erase.begin()), ...ofSecrets]
    },

    findings: () => [...fit.findings(), ...erase.findings(), ...ofSecrets],

    async close() {
      fit.stop()
      erase.stop()
      await connection.close()
    },
  }
  return store

  async function claimNow(
    id: SecretId,
    { claimId, proofHash, recipient, actor, kids, leaseMs, owes }: Claim,
  ): Promise<ClaimResult> {
    const owed = errands.owed(id, owes)
    return withId(id, { why: 'unknown' }, async (bytes) => {
      const lines = `\n${kids.join('\n')}\n`
      const args = [claimId, proofHash, recipient, actor, leaseMs, lines]
      const result = claimResult(id, (await onOwing('sottoClaim', id, bytes, owed, ...args)) as Buffer)
      if (result.why === 'claimed') await connection.acknowledged()
      return result
    })
  }

  async function inspect(anew: boolean): Promise<readonly Finding[]> {
    const facts = await connection.ofPrimaries(readFacts)
    const findings = facts.flatMap((each) => checkServer(each, { at, replicas, risk }))
    if (anew && !findings.some(({ level }) => level === 'refuse'))
      await tryOut({ ...store, claim: claimNow }, (id) => {
        const [record, due] = keys.record(id, printId(id))
        return Promise.all([connection.call('DEL', record), connection.call('ZREM', due, id)])
      })
    return findings
  }

  async function whenLoaded<T>(ask: () => Promise<T>): Promise<T> {
    const deadline = performance.now() + loadingMs
    for (;;) {
      try {
        return await ask()
      } catch (error) {
        if (reasonOf(error) !== 'loading' || performance.now() > deadline) throw error
      }
    }
  }

  /** Members of due sets whose time has come, from the next buckets in turn. */
  function inTurn(setOf: (bucket: number) => string): (limit: number) => Promise<Buffer[]> {
    let bucket = Math.floor(jitter(bucketCount))
    return async (limit) => {
      const now = await clock()
      const sets = Array.from({ length: bucketsPerCall }, (_, at) => setOf(bucket + at))
      bucket = (bucket + bucketsPerCall) % bucketCount
      const found = await Promise.all(
        sets.map((set) => connection.call('ZRANGEBYSCORE', set, '-inf', now, 'LIMIT', 0, limit)),
      )
      return (found as Buffer[][]).flat().slice(0, limit)
    }
  }
}
