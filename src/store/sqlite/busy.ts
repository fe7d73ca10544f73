import { jitter } from '../jitter.ts'

/** Whether another process was in the way: SQLITE_BUSY in any of its kinds. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5
}

/**
 * What `open` returns, tried again while other processes are in its way, 5 s at most: SQLite's own waiting does not cover
 * the change to WAL, nor the end of a file's last other user. Blocks this thread, so it is for the start alone.
 * @throws what `open` threw last
 */
export function whenFree<T>(open: () => T): T {
  const deadline = performance.now() + 5_000
  for (;;) {
    try {
      return open()
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1 + jitter(9))
    }
  }
}
