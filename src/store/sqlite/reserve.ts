import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { Standing } from './standing.ts'

/** Room on the disk that nothing but claims, settles and ends may use. */
export interface Reserve {
  /** How large it is when it is whole. */
  readonly bytes: number
  /** Whether so many new bytes may be kept: all of the reserve is there, and twice the room for large ones. */
  fits(bytes: number): boolean
  /** Gives up a part of it; false when none is left. */
  give(): boolean
  stop(): void
}

/** What one call gives up, bytes: a hundred claims, each with its settling. */
const stepBytes = 1024 * 1024

/** How often it is filled up again, ms, when something was given. */
const refillMs = 5_000

/** What is looked at one by one: smaller ones fit into what the -wal may hold. */
const largeBytes = 64 * 1024

const unused = new Uint8Array(64 * 1024).fill(0x5a)

/** No room is kept: for a store whose disk is somebody else's matter. */
export const noReserve: Reserve = { bytes: 0, fits: () => true, give: () => false, stop: () => undefined }

/**
 * A file of `bytes` beside the database, which is shortened when a full disk would keep what is there from being opened
 * or ended. It is as large as the -wal can grow before it must be copied into a database that cannot grow; on a small
 * disk a sixteenth of it.
 */
export function reserve(path: string, bytes: number, standing: Standing): Reserve {
  const file = `${path}-reserve`
  const { blocks, bsize } = statfsSync(dirname(path))
  const whole = Math.min(bytes, Math.floor((blocks * bsize) / 16))
  const text = `the disk under ${path} is full: no new secrets are taken until there is room again; those that are kept can be opened`
  let timer: NodeJS.Timeout | undefined

  function size(): number {
    return statSync(file, { throwIfNoEntry: false })?.size ?? 0
  }

  function fill(): void {
    const handle = openSync(file, 'a', 0o600)
    try {
      for (let left = whole - size(); left > 0; )
        left -= writeSync(handle, unused, 0, Math.min(left, unused.length))
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
  }

  function refill(): void {
    try {
      const { bavail } = statfsSync(dirname(path))
      // Not the last of the disk: what was given must not be taken back from those it was given to.
      if (bavail * bsize > whole - size() + stepBytes) fill()
    } catch {
      // Still full.
    }
    if (size() >= whole) standing.clear(text)
    else later()
  }

  function later(): void {
    standing.raise(text)
    timer ??= setTimeout(() => {
      timer = undefined
      refill()
    }, refillMs).unref()
  }

  if (size() < whole) refill()
  return {
    bytes: whole,

    fits(bytes) {
      if (size() < whole) {
        later()
        return false
      }
      if (bytes < largeBytes) return true
      const { bavail } = statfsSync(dirname(path))
      // Once in the -wal and once in the database.
      return bavail * bsize > 2 * bytes
    },

    give() {
      const left = size()
      if (left === 0 || !existsSync(file)) return false
      const handle = openSync(file, 'r+')
      try {
        ftruncateSync(handle, Math.max(0, left - stepBytes))
      } finally {
        closeSync(handle)
      }
      later()
      return true
    },

    stop: () => clearTimeout(timer),
  }
}
