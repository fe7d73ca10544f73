import { createHash } from 'node:crypto'
import { printId } from '../../src/core/format/id.ts'
import type { Claim, ClaimResult, Errand, NewRecord, SecretStore } from '../../src/core/store.ts'
import { redisStore } from '../../src/store/redis/store.ts'
import { sqliteStore } from '../../src/store/sqlite/store.ts'
import { redisAt } from '../run/redis-server.ts'
import { getThenDelete } from './get-then-delete.ts'

/** Where the processes of a race meet. */
export interface Place {
  readonly kind: 'sqlite' | 'redis'
  /** The file, or the URL. */
  readonly at: string
  /** Run the broken store instead: read, then delete. */
  readonly broken: boolean
}

export type Task =
  | { readonly do: 'reveal'; readonly run: string; readonly racer: number; readonly secrets: number }
  | { readonly do: 'guess'; readonly run: string; readonly racer: number; readonly guesses: number }
  | { readonly do: 'first'; readonly run: string; readonly racer: number; readonly keys: number }
  | { readonly do: 'errands'; readonly run: string; readonly racer: number }

/** Numbers of secrets, guesses or keys, by what became of them for this racer. */
export type Tally = Readonly<Record<string, readonly number[]>>

/** What a race needs of a store. */
export type Racecourse = Pick<
  SecretStore,
  'put' | 'claim' | 'release' | 'settle' | 'burn' | 'first' | 'plan' | 'errands' | 'finish' | 'now' | 'close'
>

export function openRacecourse({ kind, at, broken }: Place): Racecourse {
  if (broken) return getThenDelete(kind, at)
  return kind === 'sqlite' ? sqliteStore(at) : redisStore({ at: redisAt(at), commandTimeoutMs: 20_000 })
}

const hash = (...words: (string | number)[]) => createHash('sha256').update(words.join(' ')).digest()

/** The nth secret of a run, known to all who take part. Every fourth expires in the race's first `spreadMs`. */
export function raceRecord(run: string, n: number, startsAt = 0, spreadMs = 0): NewRecord {
  return {
    id: printId(hash(run, n, 'id').subarray(0, 16)),
    kind: 'c1',
    sealed: hash(run, n, 'sealed'),
    kid: 'k1',
    proofHash: hash(run, n, 'proof'),
    recipient: hash(run, 'recipient').subarray(0, 16),
    owner: hash(run, 'owner').subarray(0, 16),
    kdf: new Uint8Array(),
    receipt: hash(run, n, 'receipt'),
    expiresAt:
      startsAt + (n % 4 === 3 ? Math.floor(((hash(run, n, 'expiry')[0] ?? 0) / 256) * spreadMs) : 3_600_000),
  }
}

/** The nth errand of a run, which is due from the start. */
export function raceErrand(run: string, n: number): Errand {
  const id = printId(hash(run, n, 'id').subarray(0, 16))
  return { id, name: 'wipe', dueAt: 0, until: 2 ** 43, note: Buffer.from(String(n)) }
}

function raceClaim(record: NewRecord, run: string, racer: number, attempt: number): Claim {
  const { id, proofHash, recipient } = record
  const claimId = hash(run, id, racer, attempt).subarray(0, 16)
  return { claimId, proofHash, recipient, actor: hash(run, racer), kids: ['k1'], leaseMs: 60_000 }
}

async function inFlight(count: number, width: number, job: (n: number) => Promise<void>): Promise<void> {
  let next = 0
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let n = next++; n < count; n = next++) await job(n)
    }),
  )
}

/** Takes part in a task, and tells what came of it. */
export async function take(store: Racecourse, task: Task): Promise<Tally> {
  const tally: Record<string, number[]> = {}
  const note = (what: string, n: number) => {
    tally[what] ??= []
    tally[what].push(n)
  }
  const { run, racer } = task
  if (task.do === 'first') {
    await inFlight(task.keys, 16, async (n) => {
      note((await store.first(`${run} ${n}`, `racer ${racer}`, 60_000)) ? 'first' : 'later', n)
    })
  } else if (task.do === 'errands') {
    // Every part of the store has had its turn after ten calls that find nothing.
    for (let empty = 0; empty < 10; ) {
      const taken = await store.errands(20, 60_000)
      for (const { note: n } of taken) note('taken', Number(Buffer.from(n).toString()))
      await Promise.all(taken.map(({ id, name }) => store.finish(id, name)))
      empty = taken.length > 0 ? 0 : empty + 1
    }
  } else if (task.do === 'guess') {
    const record = raceRecord(run, 0)
    await inFlight(task.guesses, 64, async (n) => {
      const guess = { ...raceClaim(record, run, racer, n), proofHash: hash('guess', racer, n) }
      const result = await store.claim(record.id, guess)
      note(result.why === 'gone' ? result.receipt.state : result.why, n)
      if ('sealed' in result) note('bytes', n)
    })
  } else {
    await inFlight(task.secrets, 16, async (n) => {
      const record = raceRecord(run, n)
      // A fourth of the secrets is burned by some while others claim them.
      if (n % 4 === 1 && (n + racer) % 3 === 0) note(await store.burn(record.id, [record.owner]), n)
      else note(await reveal(store, record, n), n)
    })
  }
  return tally

  /** As a platform's adapter does it: shown when the bytes are in hand and not proven undelivered. */
  async function reveal(store: Racecourse, record: NewRecord, n: number): Promise<string> {
    const claim = raceClaim(record, run, racer, 0)
    let result: ClaimResult = await store.claim(record.id, claim)
    // Some first deliveries fail, provably: the claim goes back, and all may race for it again.
    if (
      result.why === 'claimed' &&
      n % 8 === 2 &&
      (await store.release(record.id, claim.claimId)) === 'sealed'
    )
      result = await store.claim(record.id, raceClaim(record, run, racer, 1))
    if (result.why === 'gone') return result.receipt.state
    if (result.why !== 'claimed') return result.why
    if (!hash(run, n, 'sealed').equals(result.sealed)) return 'other bytes'
    const attempts = [raceClaim(record, run, racer, 1).claimId, claim.claimId]
    const settled = await Promise.all(attempts.map((claimId) => store.settle(record.id, claimId, 'revealed')))
    return settled.includes('settled') ? 'shown' : 'shown, unsettled'
  }
}
