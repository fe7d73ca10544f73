import type { SecretId } from '../core/format/id.ts'
import type { Limiter } from '../core/limiter.ts'
import { codeOf } from '../core/log.ts'
import type { ReceiptView } from '../core/receipt.ts'
import { type About, parseAbout } from './about.ts'
import type { Conversation, Event, Reply } from './adapter/event.ts'
import type { Person, Platform } from './adapter/platform.ts'
import type { Block } from './adapter/view.ts'
import { askColleague, askOutside, composePage, type Links, type NoLinks } from './ask.ts'
import { burnButton, buttons, helpButton, line, listButton, newButton, plain, quiet } from './blocks.ts'
import { draftProblems, peopleProblem, recipients } from './draft-problems.ts'
import { partyOf, pressedBy } from './party.ts'
import { quota } from './quota.ts'
import { burnable, status } from './receipts.ts'
import { explain, refused } from './refusals.ts'
import type { RevealParts } from './reveal.ts'
import { reveal } from './reveal.ts'
import { type RollCall, wipeName } from './screens.ts'
import { send } from './send.ts'
import { say, words } from './words.ts'

/** What a conversation on one platform is made of. */
export interface ConversationParts extends RevealParts {
  /** The longest lifetime that the operator allows. */
  readonly maxTtlSeconds: number
  /** Absent: links are off. */
  readonly links?: Links | NoLinks
  readonly limiter: Limiter
  readonly others: Pick<RollCall, 'call' | 'answered'>
}

/** Receipts on one page of "My secrets". */
const pageSize = 10

/** What Sotto says and does in a chat, the same on every platform. */
export function conversation(parts: ConversationParts): Conversation {
  const { vault, platform, notices, errands, log, maxTtlSeconds, links, limiter } = parts
  const share = quota(platform.name, limiter)

  async function list(by: Person, before: string): Promise<Reply> {
    const page = await vault.outbox(partyOf(platform, by), pageSize, before === '' ? undefined : before)
    const rows = page.receipts.flatMap(row)
    const older =
      page.next === undefined
        ? []
        : [{ label: words.buttons.older, press: { act: 'list', before: page.next } as const }]
    return {
      message: plain(
        words.list.summary,
        { block: 'heading', text: words.list.title },
        ...(rows.length === 0 ? [line(words.list.empty)] : rows),
        buttons(newButton, ...older, helpButton),
      ),
    }
  }

  function row(receipt: ReceiptView): readonly Block[] {
    const about = parseAbout(receipt.about)
    if (about?.platform !== platform.name) return []
    const to = rowLead(receipt, about)
    const note = about.note === '' ? [] : say` · ${{ verbatim: about.note }}`
    return [
      line(
        [...to, ...note, { text: '\n' }, ...status(receipt, about)],
        burnable(receipt.state) ? burnButton(receipt.id) : undefined,
      ),
    ]
  }

  async function burn(by: Person, id: SecretId): Promise<Reply> {
    const result = await vault.burn(id, partyOf(platform, by))
    if (result === 'burned') await notices.announce([id])
    return { message: plain(words.list.summary, line(words.burn[result])) }
  }

  /** Only someone who could be told that it was opened from their account can say that it was not they. */
  async function tell(event: Extract<Event, { act: 'tell' }>): Promise<Reply> {
    const { by } = event
    const refusal = await vault.peek(pressedBy(platform, event))
    const receipt = refusal?.why === 'gone' ? refusal.receipt : undefined
    const about = receipt?.byYou ? parseAbout(receipt.about) : undefined
    if (!receipt || !about) return { message: refused(words.refused.gone) }
    if (!(await share.alarm(by))) return { message: refused(words.refused.senderTold) }
    log({ event: 'alarm', what: 'not-me', id: receipt.id })
    // Whoever answered a request is outside: there is nobody here to tell.
    if (receipt.kind === 'd1') return { message: refused(words.refused.senderNotTold) }
    const news = plain(words.notice.summary, line(words.notice.notMe(by.id, receipt.changedAt)))
    const posted = await platform.post({ person: about.from }, news)
    return {
      message: refused(posted.why === 'definitive' ? words.refused.senderNotTold : words.refused.senderTold),
    }
  }

  async function ask(event: Extract<Event, { act: 'ask' }>): Promise<Reply> {
    const seconds = await share.secrets(event.by, 1)
    if (seconds !== undefined) return { message: refused(words.problem.limited(seconds)) }
    return event.to === undefined
      ? await askOutside(event, parts)
      : await askColleague(event, event.to, platform)
  }

  async function answer(event: Event): Promise<Reply> {
    switch (event.act) {
      case 'help':
        return { message: help(platform) }
      case 'typed-in-command':
        return {
          message: plain(words.help.summary, line(words.typedInCommand), buttons(newButton, helpButton)),
        }
      case 'list':
        return await list(event.by, event.before)
      case 'burn':
        return await burn(event.by, event.id)
      case 'tell':
        return await tell(event)
      case 'typed':
        return { message: typed(event.message) }
      case 'ask':
        return await ask(event)
      case 'link':
        return composePage(links)
      case 'unknown-button':
        return { message: refused(words.refused.malformed) }
    }
  }

  return {
    form(event) {
      if (event.act === 'open') return { form: 'confirm', press: event.press }
      const { to, place, secret, problem } = event
      return {
        form: 'compose',
        to,
        ...(place && { place }),
        ...(secret && { secret }),
        ...(problem !== undefined && { problem }),
        ...(typeof links === 'object' && { hasLinks: true }),
      }
    },

    async check(event) {
      const problems = draftProblems(event.draft, event.place, platform, maxTtlSeconds)
      const ids = recipients(event)
      const found = problems.to === undefined && ids.length > 0 ? await platform.find(ids, event.by) : []
      const problem = peopleProblem(found)
      if (problem !== undefined) problems.to = problem
      if (Object.keys(problems).length > 0) return { problems }
      const seconds = await share.secrets(event.by, Math.max(1, ids.length))
      if (seconds !== undefined) return { problems: { secret: words.problem.limited(seconds) } }
      return { ready: { event, people: found.flatMap((one) => (one.why === 'person' ? [one.person] : [])) } }
    },

    send: (ready) => send(ready, parts),

    async peek(event) {
      const refusal = await vault.peek(pressedBy(platform, event))
      return refusal && explain(refusal, event.press)
    },

    reveal: (event) => reveal(event, parts),

    async wipe(id, directly) {
      if ((await errands.now(id, wipeName)) === 'away') await directly()
    },

    callOthers: (id) => parts.others.call(errands, id, platform),
    othersAnswered: (id) => parts.others.answered(errands, id),
    wiped: (id) => errands.cancel(id, wipeName),

    async answer(event) {
      try {
        return await answer(event)
      } catch (error) {
        log({ event: 'store-failed', call: event.act, code: codeOf(error) })
        return { message: refused(words.refused.storeDown) }
      }
    },
  }
}

function rowLead(receipt: ReceiptView, about: About) {
  if (receipt.kind === 'd1') return [{ text: words.ask.row }]
  return about.audience === 'place' ? words.receipt.toPlace(about.to) : words.receipt.to(about.to)
}

function help({ begin }: Platform) {
  const { title, summary, what, rest } = words.help
  return plain(
    summary,
    { block: 'heading', text: title },
    ...[what, ...begin, ...rest].map((text) => line(text)),
    buttons(newButton, listButton),
  )
}

/** The answer to anything that is typed to the bot: what was typed is neither kept nor repeated. */
function typed(message: string) {
  return plain(
    words.typed.summary,
    line(words.typed.hello),
    line(words.typed.text),
    buttons(
      { label: words.buttons.sealTyped, press: { act: 'seal-typed', message } },
      newButton,
      listButton,
      helpButton,
    ),
    quiet(words.typed.cannotDelete),
  )
}
