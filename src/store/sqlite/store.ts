import type { SecretId } from '../../core/format/id.ts'
import type { Errand, Finding, SecretStore } from '../../core/store.ts'
import { tombstoneMs } from '../../core/store.ts'
import { checkRecord, idBytes } from '../codes.ts'
import { StoreError } from '../errors.ts'
import { missingKeys } from '../missing-keys.ts'
import { markOf, type Planned, planned } from '../planned.ts'
import { bytes } from './bytes.ts'
import { checkDatabase, usedKeys } from './check.ts'
import { checkpoint } from './checkpoint.ts'
import { keepLogBelow, openDatabase, pageSize } from './database.ts'
import { errandRows } from './errands.ts'
import { firsts } from './firsts.ts'
import { groupCommit } from './group-commit.ts'
import { keeping } from './keeping.ts'
import { ledger } from './ledger.ts'
import { news } from './news.ts'
import { opening } from './opening.ts'
import { overflow } from './overflow.ts'
import { quota } from './quota.ts'
import { noReserve, reserve } from './reserve.ts'
import { atTime, receiptOf } from './rows.ts'
import { standing } from './standing.ts'
import { statements } from './statements.ts'

/** What the embedded store may be told; every default is for production. */
interface SqliteOptions {
  /** The store's clock, ms since epoch; the host's when left out. */
  readonly now?: () => number
  /** How long a call waits while other processes write, ms. Default 10,000. */
  readonly deadlineMs?: number
  /** Deleted bytes have left every file after this, ms. Default 500. */
  readonly checkpointMs?: number
  /** The size, in pages of 2 KiB, beyond which new secrets are refused. Default: what the disk holds. */
  readonly maxPages?: number
  /** Beyond so many bytes in use new secrets are refused, and nothing else is. Default: no such bound. */
  readonly maxBytes?: number
  /** Room on the disk, in bytes, that is kept for claims, settles and ends. Default 0. */
  readonly reserveBytes?: number
  /** How many checkpoints may fail one after another before it is said. Default 60, about ten seconds. */
  readonly patience?: number
  /** Told of what was not found at the start. */
  readonly found?: (finding: Finding) => void
}

const nothing = new Uint8Array()

/** Where listing starts: above every row number. */
const newest = Number.MAX_SAFE_INTEGER

/** `first` keys looked at by one `due`. */
const sweepBatch = 200

/**
 * The embedded store: one file, 0600, for any number of processes of one host. Nothing is answered before it is on disk.
 * @throws StoreError `unavailable` when the file cannot be opened as it must be, `newer` when a newer version wrote it
 */
export function sqliteStore(path: string, options: SqliteOptions = {}): SecretStore {
  const { now: clock = Date.now, deadlineMs = 10_000, checkpointMs = 500, patience = 60 } = options
  const { maxPages, maxBytes = Number.POSITIVE_INFINITY, reserveBytes = 0, found = () => undefined } = options
  const db = openDatabase(path, maxPages)
  const troubles = standing(found)
  const room = reserveBytes > 0 ? reserve(path, reserveBytes, troubles) : noReserve
  if (reserveBytes > 0) keepLogBelow(db, room.bytes / 2)
  const rows = statements(db)
  const keys = firsts(db, clock)
  const erase = checkpoint(db, path, { everyMs: checkpointMs, patience, standing: troubles, reserve: room })
  const commits = groupCommit(db, deadlineMs, makeRoom)
  const fits = quota(db, maxBytes, pageSize(db))
  const places = bytes(db, overflow(pageSize(db)))
  const errands = errandRows(db, places, clock, erase.soon)
  const book = ledger(rows, places, errands, clock, erase.soon)
  const verbs = { ...keeping(book), ...opening(book), ...news(book) }
  const { write, read } = commits
  let closing: Promise<void> | undefined
  let checked: readonly Finding[] = []

  /** Gives up some of the reserve, and copies the -wal with it, which makes more room than it takes. */
  function makeRoom(): boolean {
    const gave = room.give()
    for (let more = gave; more && erase.run() === 'full'; ) more = room.give()
    return gave
  }

  /** Keeps new bytes, when there is room for them and for opening what is there. */
  function add<T>(sealed: Uint8Array | undefined, op: () => T): Promise<T> {
    if (!room.fits(sealed?.length ?? 0))
      return Promise.reject(new StoreError('unavailable', 'the disk is full'))
    return commits.add(() => {
      fits(sealed ?? nothing)
      return op()
    })
  }

  /** Text that is no id names nothing: `none` is the answer for an id that was never there. */
  function withId<T>(id: SecretId, none: T, op: (id: Uint8Array) => T): Promise<T> {
    const bytes = idBytes(id)
    return bytes === undefined ? read(() => none) : write(() => op(bytes))
  }

  /** What a secret owes, checked before anything happens. */
  function plansOf(id: SecretId, owes: readonly Errand[] = []): readonly Planned[] {
    return owes.map((errand) => planned(errand, id))
  }

  return {
    now: () => read(clock),

    async put(record) {
      const id = checkRecord(record)
      await add(record.sealed, () => verbs.put(id, record))
    },

    async confirm(id, receipt, owes) {
      const plans = plansOf(id, owes)
      return withId(id, 'unknown', (bytes) => verbs.confirm(bytes, receipt, plans))
    },

    discard: (id) => withId(id, true, verbs.discard),

    answer(id, answer) {
      const bytes = idBytes(id)
      return bytes === undefined ? read(() => 'gone') : add(answer.sealed, () => verbs.answer(bytes, answer))
    },

    async claim(id, claim) {
      const plans = plansOf(id, claim.owes)
      return withId(id, { why: 'unknown' }, (bytes) => verbs.claim(bytes, claim, plans))
    },

    release: (id, claimId, cancels) =>
      withId(id, 'not-holder', (bytes) => verbs.release(bytes, claimId, cancels)),

    async settle(id, claimId, state, owes) {
      const plans = plansOf(id, owes)
      return withId(id, 'not-holder', (bytes) => verbs.settle(bytes, claimId, state, plans))
    },

    burn: (id, owners) => withId(id, 'unknown', (bytes) => verbs.burn(bytes, owners)),

    look(id) {
      const bytes = idBytes(id)
      return read(() => {
        const now = clock()
        const row = bytes && rows.row(bytes)
        return row && !book.gone(row, now) ? receiptOf(atTime(row, now)) : undefined
      })
    },

    list(owners, limit, before) {
      const start = /^\d{1,15}$/.test(before ?? '') ? Number(before) : newest
      return read(() => {
        const now = clock()
        const found = [
          ...new Map(owners.map((owner) => [Buffer.from(owner).toString('hex'), owner])).values(),
        ]
          .flatMap((owner) => rows.ofOwner(owner, start, limit + 1))
          .sort((one, other) => other.n - one.n)
        const page = found.slice(0, limit)
        const last = page.at(-1)
        const receipts = page
          .filter(({ expires }) => expires + tombstoneMs > now)
          .map((row) => receiptOf(atTime(row, now)))
        return found.length > limit && last ? { receipts, next: String(last.n) } : { receipts }
      })
    },

    async due(limit, holdMs, ids) {
      if (ids !== undefined) {
        const known = ids.flatMap((id) => idBytes(id) ?? [])
        return write(() => verbs.dueIds(limit, holdMs, known))
      }
      erase.leftBehind()
      // An idle process must not take the write lock twice a second.
      const [stale, idle] = await read(
        () => [keys.stale(sweepBatch), rows.due(clock(), 1).length === 0] as const,
      )
      if (stale.length > 0) await write(() => keys.remove(stale))
      return idle ? [] : write(() => verbs.due(limit, holdMs))
    },

    async done(id, state, owes) {
      const plans = plansOf(id, owes)
      await withId(id, undefined, (bytes) => verbs.done(bytes, state, plans))
    },

    async plan(errand) {
      const plan = planned(errand)
      await write(() => errands.plan([plan]))
    },

    async errands(limit, holdMs, only) {
      if (only !== undefined) {
        const which = only.flatMap(({ id, name }) => {
          const bytes = idBytes(id)
          return bytes ? [{ id: bytes, name }] : []
        })
        return write(() => errands.only(limit, holdMs, which))
      }
      return (await read(errands.idle)) ? [] : write(() => errands.due(limit, holdMs))
    },

    async postpone(id, name, dueAt, of) {
      const meant = of && { mark: markOf(of.note), tries: of.tries }
      await withId(id, undefined, (bytes) => errands.postpone({ id: bytes, name }, dueAt, meant))
    },

    async finish(id, name, of) {
      await withId(id, undefined, (bytes) => errands.finish({ id: bytes, name }, of && markOf(of.note)))
    },

    first: (key, caller, ttlMs) => write(() => keys.first(key, caller, ttlMs)),
    forget: (key, caller) => write(() => keys.forget(key, caller)),

    async check(kids) {
      checked = await read(() => [...checkDatabase(db, path), ...missingKeys(usedKeys(db, clock()), kids)])
      return checked
    },

    findings: () => [...checked, ...troubles.list()],

    close() {
      closing ??= commits.close().then(() => {
        erase.stop()
        room.stop()
        erase.run()
        try {
          db.close()
        } catch (error) {
          throw new StoreError('unavailable', 'sqlite: the database did not close', { cause: error })
        }
      })
      return closing
    },
  }
}
