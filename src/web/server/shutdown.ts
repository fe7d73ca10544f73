import type { Server } from 'node:http'
import { withinOr } from '../../core/deadline.ts'

/**
 * Stops listening and waits until everything that is being answered is answered, for at most `deadlineMs`; then cuts off
 * the rest. Resolves to how many of `answering` were cut off.
 */
export async function shutdown(server: Server, deadlineMs: number, answering: () => number): Promise<number> {
  const closed = new Promise<'closed'>((resolve) => server.close(() => resolve('closed')))
  server.closeIdleConnections()
  if ((await withinOr(closed, deadlineMs, 'late')) === 'closed') return 0
  const unfinished = answering()
  server.closeAllConnections()
  return unfinished
}
