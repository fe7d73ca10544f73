import type { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../errors.ts'
import { jitter } from '../jitter.ts'
import { isBusy, isFull } from './busy.ts'

/** The one way to the database. No call of it blocks another but for the time of a commit. */
export interface GroupCommit {
  /**
   * Runs `op` in the transaction that all calls of this tick share, and answers when it is on disk. An `op` that throws
   * undoes itself alone. `op` may run more than once, so it changes nothing but the database.
   * @throws what `op` threw, or StoreError `unavailable`
   */
  write<T>(op: () => T): Promise<T>
  /** The same for what keeps something new: a full disk refuses it at once. */
  add<T>(op: () => T): Promise<T>
  /** Runs `op` on what is committed, without the write lock. @throws StoreError `unavailable` */
  read<T>(op: () => T): Promise<T>
  /** Ends the queue: what is in it is still done, later calls reject. */
  close(): Promise<void>
}

interface Waiting {
  readonly op: () => unknown
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
  /** On `performance.now()`'s clock. */
  readonly deadline: number
  alone: boolean
  readonly isNew: boolean
}

/**
 * One fsync for all calls of a tick. While another process writes, calls wait without blocking this one, `deadlineMs` at
 * most. When the disk is full, what keeps nothing new is tried again as long as `makeRoom` makes some.
 */
export function groupCommit(
  db: DatabaseSync,
  deadlineMs: number,
  makeRoom: () => boolean = () => false,
): GroupCommit {
  const begin = db.prepare('BEGIN IMMEDIATE')
  const commit = db.prepare('COMMIT')
  let queue: Waiting[] = []
  let scheduled = false
  let closed: (() => void) | undefined
  let closing: Promise<void> | undefined

  function schedule(): void {
    if (scheduled) return
    scheduled = true
    setImmediate(flush)
  }

  function flush(): void {
    scheduled = false
    while (queue.length > 0) {
      const size = queue[0]?.alone ? 1 : queue.findIndex((waiting) => waiting.alone)
      const group = size < 0 ? queue : queue.slice(0, size)
      queue = size < 0 ? [] : queue.slice(size)
      if (!run(group)) return
    }
    closed?.()
  }

  /** False: the database is locked, and the group is back in the queue. */
  function run(group: readonly Waiting[]): boolean {
    try {
      begin.run()
    } catch (error) {
      if (!isBusy(error)) fail(group, error)
      else retryLater(group)
      return !isBusy(error)
    }
    const values: unknown[] = []
    try {
      for (const { op } of group) values.push(op())
    } catch (error) {
      rollback()
      if (group.length > 1) oneByOne(group)
      else if (!againWithRoom(group, error)) fail(group, error)
      return true
    }
    try {
      commit.run()
    } catch (error) {
      rollback()
      // What found no room took with it what might have fitted.
      if (group.length > 1 && isFull(error)) oneByOne(group)
      else if (!againWithRoom(group, error)) fail(group, error)
      return true
    }
    for (const [at, { resolve }] of group.entries()) resolve(values[at])
    return true
  }

  function oneByOne(group: readonly Waiting[]): void {
    for (const waiting of group) waiting.alone = true
    queue = [...group, ...queue]
  }

  /** False: it was not for want of room, or there is none to be had for it. */
  function againWithRoom(group: readonly Waiting[], error: unknown): boolean {
    if (!isFull(error) || group.some(({ isNew }) => isNew) || !makeRoom()) return false
    queue = [...group, ...queue]
    return true
  }

  function retryLater(group: readonly Waiting[]): void {
    const now = performance.now()
    const late = group.filter(({ deadline }) => deadline <= now)
    fail(late, new Error('another process kept the database locked'))
    queue = [...group.filter(({ deadline }) => deadline > now), ...queue]
    scheduled = true
    setTimeout(flush, 1 + jitter(4))
  }

  function rollback(): void {
    try {
      if (db.isTransaction) db.exec('ROLLBACK')
    } catch {
      // The transaction is gone with the file or the handle; its callers are told by the error that led here.
    }
  }

  function enqueue<T>(op: () => T, isNew: boolean): Promise<T> {
    if (closing) return Promise.reject(unavailable('the database is closed'))
    return new Promise<T>((resolve, reject) => {
      const deadline = performance.now() + deadlineMs
      queue.push({ op, resolve: resolve as (value: unknown) => void, reject, deadline, alone: false, isNew })
      schedule()
    })
  }

  return {
    write: (op) => enqueue(op, false),
    add: (op) => enqueue(op, true),

    async read(op) {
      const deadline = performance.now() + deadlineMs
      for (;;) {
        if (closing) throw unavailable('the database is closed')
        try {
          return op()
        } catch (error) {
          if (!isBusy(error) || performance.now() > deadline) throw wrap(error)
          await new Promise((resolve) => setTimeout(resolve, 1 + jitter(4)))
        }
      }
    },

    close() {
      closing ??= new Promise<void>((resolve) => {
        closed = resolve
        schedule()
      })
      return closing
    },
  }
}

function fail(group: readonly Waiting[], error: unknown): void {
  for (const { reject } of group) reject(wrap(error))
}

function wrap(error: unknown): unknown {
  if (error instanceof StoreError) return error
  return unavailable(error instanceof Error ? error.message : String(error), error)
}

function unavailable(message: string, cause?: unknown): StoreError {
  return new StoreError('unavailable', `sqlite: ${message}`, { cause })
}
