import type { Interaction } from './parse.ts'

/** What finds the private message of one reveal again: for 15 minutes a key to what stands on it. */
interface Message extends Pick<Interaction, 'applicationId' | 'token'> {
  /** Absent: `@original`. */
  readonly message?: string
}

/** JSON of application, token and message. */
export function printWipeNote({ applicationId, token, message }: Message): string {
  return JSON.stringify([applicationId, token, ...(message === undefined ? [] : [message])])
}

/** Undefined when it is no such note. */
export function parseWipeNote(note: string): Message | undefined {
  let value: unknown
  try {
    value = JSON.parse(note)
  } catch {
    return undefined
  }
  if (!Array.isArray(value)) return undefined
  const [applicationId, token, message] = value as readonly unknown[]
  if (typeof applicationId !== 'string' || typeof token !== 'string') return undefined
  return { applicationId, token, ...(typeof message === 'string' && { message }) }
}
