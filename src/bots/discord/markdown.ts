import type { Part } from '../view.ts'

const snowflake = /^\d{1,20}$/

/** Text as text: no markdown, mention, link, emoji or timestamp in it is alive. At most twice as long. */
export function literal(text: string): string {
  return text.replace(/[!-/:-@[-`{-~]/g, '\\$&')
}

/** One paragraph in Discord's markdown. */
export function printParts(parts: readonly Part[]): string {
  return parts.map(printPart).join('')
}

function printPart(part: Part): string {
  if ('text' in part) return part.text
  if ('strong' in part) return `**${literal(part.strong)}**`
  if ('verbatim' in part) return literal(part.verbatim)
  if ('person' in part) return snowflake.test(part.person) ? `<@${part.person}>` : literal(part.person)
  if ('channel' in part) return snowflake.test(part.channel) ? `<#${part.channel}>` : literal(part.channel)
  return `<t:${Math.floor(part.when / 1000)}:${styles[part.as]}>`
}

const styles = { time: 't', day: 'f', relative: 'R' } as const
