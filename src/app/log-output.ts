import { writeSync } from 'node:fs'
import { stdout } from 'node:process'
import { withinOr } from '../core/deadline.ts'

/** Where the lines of the log go. None of it throws or waits, whatever has become of the place. */
export interface LogOutput {
  /** Takes a line with its line break. What cannot be written now is kept for later, and dropped when too much is kept. */
  write(line: string): void
  /** Resolves when nothing is kept any more, or after `deadlineMs`. */
  written(deadlineMs: number): Promise<void>
}

/** Writes a part of these bytes, at least one, and gives how many. @throws when none can be written now */
export type Sink = (bytes: Uint8Array) => number

/** How much is kept while nothing can be written, bytes. */
const maxKeptBytes = 256 * 1024

/** How long until what is kept is tried again, ms: a reader that is slow, and a disk that is full. */
const slowMs = 20
const fullMs = 500

/**
 * Lines through `sink`, whole and in order. A full disk, a reader that is slow or has gone costs lines, and nothing
 * else. `recovered` hears how many, once, when everything that was kept has been written.
 */
export function logOutput(recovered: (lines: number) => void, sink: Sink = standardOutput()): LogOutput {
  const kept: Uint8Array[] = []
  let keptBytes = 0
  let dropped = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let onEmpty = () => {}

  function flush(): void {
    try {
      for (let [line] = kept; line !== undefined; [line] = kept) {
        const written = sink(line)
        keptBytes -= written
        if (written === line.length) kept.shift()
        // The rest stays first, so that no line is ever torn by another.
        else kept[0] = line.subarray(written)
      }
    } catch (error) {
      const isSlow = (error as NodeJS.ErrnoException | null)?.code === 'EAGAIN'
      timer ??= setTimeout(again, isSlow ? slowMs : fullMs).unref()
      return
    }
    onEmpty()
    if (dropped === 0) return
    const lines = dropped
    dropped = 0
    recovered(lines)
  }

  function again(): void {
    timer = undefined
    flush()
  }

  return {
    write(text) {
      const line = Buffer.from(text)
      if (keptBytes + line.length > maxKeptBytes) {
        dropped++
        return
      }
      kept.push(line)
      keptBytes += line.length
      // While the timer runs nothing could be written a moment ago: a call of the system for each line would not help.
      if (timer === undefined) flush()
    },

    async written(deadlineMs) {
      if (kept.length === 0) return
      const empty = new Promise<void>((resolve) => {
        onEmpty = resolve
      })
      await withinOr(empty, deadlineMs, undefined)
      onEmpty = () => {}
    },
  }
}

/** Standard output, without waiting for whoever reads it. */
function standardOutput(): Sink {
  // Node makes a pipe or a socket one that does not block when it opens its stream, which itself is not used: it ends
  // at the first error, and keeps without bound what a reader does not take.
  const { fd } = stdout
  return (bytes) => writeSync(fd, bytes)
}
