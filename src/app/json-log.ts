import { type DestinationStream, pino } from 'pino'
import type { Log, LogEvent } from '../core/log.ts'
import type { LogLevel } from './config.ts'

const levels: Readonly<Record<LogEvent['event'], LogLevel>> = {
  started: 'info',
  stopping: 'info',
  stopped: 'info',
  finding: 'warn',
  'key-file-created': 'warn',
  listening: 'info',
  'platform-down': 'warn',
  'platform-up': 'info',
  'platform-call-failed': 'info',
  malformed: 'warn',
  'request-refused': 'warn',
  'handler-failed': 'error',
  'store-failed': 'error',
  unconfirmed: 'warn',
  alarm: 'error',
  'notice-failed': 'warn',
  'news-given-up': 'error',
  'errand-given-up': 'error',
  'errand-failed': 'warn',
  'shard-shared': 'error',
}

/** How much waits for an output that takes nothing, bytes; what comes then is dropped. */
const maxWaiting = 1_048_576

/** JSON lines on standard output, one for each event; nothing but an event's own fields. Never throws. */
export function jsonLog(level: LogLevel, destination: DestinationStream = standardOutput()): Log {
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination)
  return ({ event, ...fields }) => logger[levels[event]](fields, event)
}

/** A closed terminal or a full disk costs lines, and nobody their secret: the caller is often in the middle of one. */
function standardOutput(): DestinationStream {
  const output = pino.destination({ sync: true, maxLength: maxWaiting })
  output.on('error', () => {})
  return output
}
