import type { Interaction } from './parse.ts'

/** What answers through an interaction, for 15 minutes: a capability, never logged. */
export type Reply = Pick<Interaction, 'applicationId' | 'token'>

/** As `Place.reply` has it. */
export function printReply({ applicationId, token }: Reply): string {
  return `${applicationId}/${token}`
}

/** Undefined when nothing of ours printed it. */
export function parseReply(text: string): Reply | undefined {
  const [, applicationId, token] = /^(\d{17,20})\/([^/]+)$/.exec(text) ?? []
  return applicationId !== undefined && token !== undefined ? { applicationId, token } : undefined
}
