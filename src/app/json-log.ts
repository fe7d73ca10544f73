import { pino } from 'pino'
import type { Log, LogEvent } from '../core/log.ts'
import type { LogLevel } from './config.ts'
import { type LogOutput, logOutput, type Sink } from './log-output.ts'

const levels: Readonly<Record<LogEvent['event'], LogLevel>> = {
  started: 'info',
  stopping: 'info',
  stopped: 'info',
  finding: 'warn',
  'log-dropped': 'warn',
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

/** A log, and how to wait for its last lines. */
interface JsonLog {
  readonly log: Log
  readonly written: LogOutput['written']
}

/**
 * JSON lines on standard output, one for each event; nothing but an event's own fields. Never throws and never waits:
 * what cannot be written is dropped, counted, and said when it can be again.
 */
export function jsonLog(level: LogLevel, sink?: Sink): JsonLog {
  const output = logOutput((lines) => log({ event: 'log-dropped', lines }), sink)
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, output)
  const log: Log = ({ event, ...fields }) => logger[levels[event]](fields, event)
  return { log, written: output.written }
}
