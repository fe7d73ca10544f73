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
  'shard-shared': 'error',
}

/** JSON lines on standard output, one for each event; nothing but an event's own fields. */
export function jsonLog(level: LogLevel, destination?: DestinationStream): Log {
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    destination ?? pino.destination({ sync: true }),
  )
  return ({ event, ...fields }) => logger[levels[event]](fields, event)
}
