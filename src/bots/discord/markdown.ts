import type { Part } from '../adapter/view.ts'

const snowflake = /^\d{1,20}$/

/** Text as text: no markdown, mention, link, emoji or timestamp in it is alive. At most twice as long. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[!-/:-@[-`{-~]/g, '\\$&')
}

/** One paragraph in Discord's markdown. */
export function printParts(parts: readonly Part[]): string {
  return parts.map(printPart).join('')
}

function printPart(part: Part): string {
  if ('text' in part) return part.text
  if ('strong' in part) return `**${escapeMarkdown(part.strong)}**`
  if ('verbatim' in part) return verbatim(part)
  if ('person' in part) return snowflake.test(part.person) ? `<@${part.person}>` : escapeMarkdown(part.person)
  if ('channel' in part)
    return snowflake.test(part.channel) ? `<#${part.channel}>` : escapeMarkdown(part.channel)
  return `<t:${Math.floor(part.when / 1000)}:${styles[part.as]}>`
}

/** To copy: code, which clients copy as it stands, where escapes would come along. To follow: a link without preview. */
function verbatim({ verbatim: text, address }: Extract<Part, { readonly verbatim: string }>): string {
  if (address === undefined || !/^https?:\/\/[!-;=?-_a-~]+$/.test(text)) return escapeMarkdown(text)
  return address === 'to-copy' ? `\`\`\`\n${text}\n\`\`\`` : `<${text}>`
}

const styles = { time: 't', day: 'f', relative: 'R' } as const
