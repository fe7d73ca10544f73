import { jitter } from '../jitter.ts'

/** Whether another process was in the way: SQLITE_BUSY in any of its kinds. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5
}

/** Whether the file cannot grow: SQLITE_FULL, or a write, or the shared memory's, that failed (sqlite.org/rescode.html). */
export function isFull(error: unknown): boolean {
  if (!(error instanceof Error && 'errcode' in error)) return false
  return (Number(error.errcode) & 0xff) === 13 || error.errcode === 778 || error.errcode === 4874
}

/** In the way for a moment: another process locks the file, or recovers its -wal. */
function isPassing(error: unknown): boolean {
  return (
    isBusy(error) ||
    (error instanceof Error && 'errcode' in error && [6, 15].includes(Number(error.errcode) & 0xff))
  )
}

/**
 * What `open` returns, tried again while other processes are in its way, 30 s at most: SQLite's own waiting does not cover
 * the change to WAL, nor the end of a file's last other user. Blocks this thread, so it is for the start alone.
 * @throws what `open` threw last
 */
export function whenFree<T>(open: () => T): T {
  const deadline = performance.now() + 30_000
  for (;;) {
    try {
      return open()
    } catch (error) {
      if (!isPassing(error) || performance.now() > deadline) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1 + jitter(9))
    }
  }
}
