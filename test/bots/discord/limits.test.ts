import { ComponentType } from 'discord-api-types/v10'
import { describe, expect, it } from 'vitest'
import { checkCommands } from '../../../doubles/discord/command-rules.ts'
import { Form, type Json } from '../../../doubles/discord/form.ts'
import { readMessageText } from '../../../doubles/discord/message-rules.ts'
import { checkModal } from '../../../doubles/discord/modal-rules.ts'
import { wired } from '../../../doubles/run/wired.ts'
import { printAbout } from '../../../src/bots/about.ts'
import type { OpenPress } from '../../../src/bots/adapter/press.ts'
import { parsePress, printPress } from '../../../src/bots/adapter/press.ts'
import type { Message } from '../../../src/bots/adapter/view.ts'
import { card as revealCard, spentCard } from '../../../src/bots/cards.ts'
import { conversation } from '../../../src/bots/conversation.ts'
import { commands } from '../../../src/bots/discord/commands.ts'
import { renderForm, sureModal } from '../../../src/bots/discord/forms.ts'
import { ids } from '../../../src/bots/discord/ids.ts'
import { bounds, limits } from '../../../src/bots/discord/limits.ts'
import { discordPlatform } from '../../../src/bots/discord/platform.ts'
import {
  renderInstead,
  renderMessage,
  renderPrivate,
  renderReveal,
} from '../../../src/bots/discord/render.ts'
import { problemMessage } from '../../../src/bots/problems.ts'
import { receiptCard } from '../../../src/bots/receipts.ts'
import { words } from '../../../src/bots/words.ts'
import { printId } from '../../../src/core/format/id.ts'
import { Secret } from '../../../src/core/format/secret.ts'
import { parseChatToken } from '../../../src/core/format/token.ts'
import type { ReceiptView } from '../../../src/core/receipt.ts'
import { terminalStates } from '../../../src/core/store.ts'
import type { Vault } from '../../../src/core/vault.ts'

/** The longest of everything: 19 digits, and punctuation that doubles when it is escaped. */
const person = '9'.repeat(19)
const note = '*'.repeat(bounds.maxNoteChars)
const token = parseChatToken(`c1.${'A'.repeat(43)}`)!
const id = printId(new Uint8Array(16))
const press: OpenPress = { act: 'open', token, from: person, passphrase: true, audience: 'person' }
const at = { channel: person, message: person }
const about = { platform: 'discord', from: person, audience: 'person', to: person, card: at, note } as const
const expiresAt = Date.UTC(2099, 0)

function receipt(state: ReceiptView['state'], kind: ReceiptView['kind'] = 'c1'): ReceiptView {
  const actor = { platform: 'discord', tenant: '', id: person }
  return {
    id,
    kind,
    state,
    createdAt: 0,
    changedAt: expiresAt,
    expiresAt,
    about: printAbout({ ...about, audience: 'place' }),
    claimed: true,
    actor,
  }
}

/** Discord's rules, as the double checks them. @throws Refusal with everything that does not fit */
function fits(message: Message): void {
  for (const body of [renderMessage(message), renderPrivate(message), renderInstead(message)]) {
    readMessageText(body as unknown as Json, [], undefined, body.flags)
  }
}

function fitsModal(modal: unknown): void {
  const form = new Form()
  checkModal(form, modal)
  form.done()
}

const nothing = {} as never
const platform = discordPlatform({ rest: nothing, interactions: nothing, people: nothing })

const wiring = await wired({ store: nothing, log: () => {}, platforms: [platform] })

/** A conversation over receipts in every state, a full page of them. */
function talk(receipts: readonly ReceiptView[]) {
  const vault = { outbox: async () => ({ receipts, next: 'x'.repeat(80) }) } as unknown as Vault
  const notices = { announce: async () => 0, round: async () => 0 }
  return conversation({ ...wiring.talk(platform), vault, notices })
}

describe('everything that Discord is shown', () => {
  it('fits as a card, a receipt and what becomes of them', () => {
    for (const audience of ['person', 'place'] as const) {
      fits(revealCard({ ...about, audience }, press, expiresAt, true))
      for (const state of [...terminalStates, 'staged', 'sealed', 'claimed', 'asked'] as const) {
        fits(receiptCard(receipt(state), { ...about, audience }, true))
      }
      for (const state of terminalStates) fits(spentCard(receipt(state), { audience }))
    }
  })

  it('fits as a page of ten secrets in every state', async () => {
    for (const state of [...terminalStates, 'staged', 'sealed', 'claimed', 'asked'] as const) {
      const { message } = await talk(Array.from({ length: 10 }, () => receipt(state))).answer({
        act: 'list',
        by: { tenant: '', id: person },
        before: '',
      })
      const distinct = {
        ...message,
        blocks: message.blocks.map((block, index) =>
          block.block === 'line' && block.button?.press.act === 'burn'
            ? {
                ...block,
                button: {
                  ...block.button,
                  press: { act: 'burn' as const, id: printId(new Uint8Array(16).fill(index)) },
                },
              }
            : block,
        ),
      }
      fits(distinct)
    }
  })

  it('would not fit with notes of 1,000 characters (counter-example)', async () => {
    const long = printAbout({ ...about, note: '*'.repeat(1_000) })
    const receipts = Array.from({ length: 10 }, () => ({ ...receipt('revealed'), about: long }))
    const { message } = await talk(receipts).answer({
      act: 'list',
      by: { tenant: '', id: person },
      before: '',
    })
    expect(() => fits(message)).toThrow()
  })

  it('fits as the answer to what was typed, asked and done wrong', async () => {
    const by = { tenant: '', id: person }
    const { answer } = talk([])
    const events = [
      { act: 'help', by },
      { act: 'typed-in-command', by },
      { act: 'typed', by, message: person },
      { act: 'unknown-button', by },
      { act: 'link', by },
    ] as const
    for (const event of events) fits((await answer(event)).message)
    const problems = { to: 'x', secret: 'x', passphrase: 'x', ttl: 'x', note: 'x' }
    for (const problem of [words.problem.secretUnshowable, words.problem.secretLong(4_000)]) {
      fits(problemMessage({ ...problems, secret: problem }))
    }
  })

  it('fits as the outcome for the most recipients', () => {
    const lines = [words.sent.fallback(person), words.sent.doubtful(person)]
    const blocks = Array.from({ length: bounds.maxRecipients }, () =>
      lines.map((parts) => ({ block: 'line', parts }) as const),
    ).flat()
    fits({ summary: '', blocks: [...blocks, { block: 'line', parts: [{ text: words.sent.receipt }] }] })
  })

  it('fits as a form', () => {
    const place = { channel: person, kind: 'channel' } as const
    const to = Array.from({ length: 25 }, (_, index) => `${person.slice(2)}${index + 10}`)
    const secret = Secret.fromText('x'.repeat(4_000))
    for (const maxTtlSeconds of [600, 3_600, 30 * 86_400]) {
      fitsModal(renderForm({ form: 'compose', to, secret, place, hasLinks: true }, maxTtlSeconds))
      fitsModal(renderForm({ form: 'compose', to: [] }, maxTtlSeconds))
      for (const problem of [words.compose.typedLost, words.compose.typedLong(bounds.maxSecretChars)])
        fitsModal(renderForm({ form: 'compose', to: [], problem, hasLinks: true }, maxTtlSeconds))
    }
    const problem = words.confirm.wrong(9)
    fitsModal(renderForm({ form: 'confirm', press, problem }, 600))
    fitsModal(sureModal({ act: 'burn', id }))
  })

  it('offers only the lifetimes that the operator allows, and chooses three days', () => {
    const options = (maxTtlSeconds: number) => {
      const modal = renderForm({ form: 'compose', to: [] }, maxTtlSeconds)
      const components = modal.components.flatMap((part) => ('component' in part ? [part.component] : []))
      const select = components.find(({ type }) => type === ComponentType.StringSelect)
      return select && 'options' in select ? select.options : []
    }
    expect(options(86_400).map(({ value }) => value)).toEqual(['600', '3600', '14400', '86400'])
    expect(options(86_400).filter((option) => option.default)).toMatchObject([{ value: '86400' }])
    expect(options(30 * 86_400).filter((option) => option.default)).toMatchObject([{ value: '259200' }])
  })

  it('fits on the private message of a reveal, with 4,000 characters and every remark', () => {
    const secret = Secret.fromText(`\n${'x'.repeat(3_997)}\u0001\n`)
    const views = [
      { view: 'opening' },
      { view: 'wiped' },
      { view: 'shown', id: printId(new Uint8Array(16)), secret, from: person, wipeAt: expiresAt },
      { view: 'confirm', form: { form: 'confirm', press, problem: words.confirm.wrong(9) } },
      { view: 'message', message: { summary: '', blocks: [{ block: 'line', parts: [{ text: 'x' }] }] } },
    ] as const
    for (const view of views) {
      const body = renderReveal(view, press)
      if (!body) throw new Error(`${view.view} cannot be shown`)
      readMessageText(body as unknown as Json, [], undefined, body.flags)
      expect(body.content?.length ?? 0).toBeLessThanOrEqual(limits.contentChars)
    }
  })

  it('fits as commands, with room for translations', () => {
    const form = new Form()
    checkCommands(form, commands({ secret: { de: 'geheimnis' } }) as unknown as readonly Json[], [0, 1])
    form.done()
    expect(commands({ secret: { de: 'geheimnis' } })[0]).toMatchObject({
      name: 'secret',
      name_localizations: { de: 'geheimnis' },
    })
  })

  it('pings nobody, in any body', () => {
    const message = revealCard(about, press, expiresAt, true)
    for (const body of [
      renderMessage(message),
      renderPrivate(message),
      renderInstead(message),
      renderReveal(
        {
          view: 'shown',
          id: printId(new Uint8Array(16)),
          secret: Secret.fromText('@everyone'),
          from: person,
          wipeAt: 0,
        },
        press,
      ),
      renderReveal({ view: 'wiped' }),
    ]) {
      expect(body?.allowed_mentions).toEqual({ parse: [] })
    }
  })

  it('has custom ids that come back as the press they stand for', () => {
    const body = renderMessage(revealCard(about, press, expiresAt, true))
    const customId = /"custom_id":"([^"]+)"/.exec(JSON.stringify(body))?.[1] ?? ''
    expect(customId.length).toBeLessThanOrEqual(limits.customIdChars)
    expect(customId.startsWith('c1:')).toBe(true)
    const read = parsePress(customId, ids)
    expect(read).toEqual(press)
    expect(read && printPress(read)).toBe(customId)
  })
})
