import { type Logger, LogLevel } from '@slack/bolt'

/**
 * Bolt's and web-api's logger: says nothing. They print whole bodies at debug, and answers of Slack at warn and
 * error; what happens to us is told through the typed log instead.
 */
export const quietLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => LogLevel.ERROR,
  setName() {},
}
