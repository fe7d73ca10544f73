import { codeOf } from '../core/log.ts'
import type { VariableName } from './config.ts'

/** A start that must not happen; the message names the variable that helps, one line for each reason. */
export class RefusedError extends Error {
  readonly code = 'refused'

  constructor(
    variable: VariableName,
    reasons: string | readonly string[],
    options?: { readonly cause?: unknown },
  ) {
    const list = typeof reasons === 'string' ? [reasons] : reasons
    super(list.map((reason) => `${variable}: ${reason}`).join('\n'), options)
    this.name = 'RefusedError'
  }
}

/** Of the operating system, by its code. */
const systemReasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of its path is not a folder',
  EISDIR: 'it is a folder',
  EEXIST: 'a part of its path is not a folder',
  ELOOP: 'it is a link',
}

/** Of SQLite, by its primary result code (sqlite.org/rescode.html). */
const sqliteReasons: Readonly<Record<number, string>> = {
  5: 'another program has it locked',
  8: 'it can only be read',
  10: 'the disk fails or is full',
  11: 'it is damaged',
  13: 'the disk is full',
  14: 'permission denied, or it is no plain file',
  26: 'it is damaged, or not a database',
}

/** Why a file could not be used, in words without a message of somebody else's; a code when there are no words for it. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return codeOf(error)
  const { code, errcode } = error as { readonly code?: unknown; readonly errcode?: unknown }
  const known =
    typeof errcode === 'number'
      ? sqliteReasons[errcode & 0xff]
      : systemReasons[typeof code === 'string' ? code : '']
  if (known !== undefined) return known
  return error.cause === undefined ? codeOf(error) : reasonOf(error.cause)
}
