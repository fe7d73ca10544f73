import { MessageFlags } from 'discord.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readMarkdown } from '../../../doubles/discord/markdown.ts'
import type { Part } from '../../../src/bots/adapter/view.ts'
import { renderForm } from '../../../src/bots/discord/forms.ts'
import { escapeMarkdown, printParts } from '../../../src/bots/discord/markdown.ts'
import { renderMessage } from '../../../src/bots/discord/render.ts'
import { type Stage, stage } from './stage.ts'

let on: Stage

beforeEach(async () => {
  on = await stage()
})

afterEach(() => on.close())

const flagsOf = (parts: readonly Part[]) =>
  renderMessage({ summary: '', blocks: [{ block: 'line', parts }] }).flags

describe('the page for what a form does not take', () => {
  it('has a command of its own, whose link can be followed and is not previewed', async () => {
    const { discord } = on
    const { anna } = discord.people
    await anna.types('/secret-link', {}, { channel: discord.channels.general })
    await anna.untilSees('Longer than a form, or a file?')
    expect(anna.reads(discord.channels.general).at(-1)).toMatchObject({
      onlyYou: true,
      links: [{ url: 'https://sotto.example/' }],
    })
    const { body = '' } = discord.callsTo('original.edit').at(-1) ?? {}
    expect(body).toContain('<https://sotto.example/>')
    expect(JSON.parse(body).flags & MessageFlags.SuppressEmbeds).not.toBe(0)
  })

  it('is named below the secret’s field where links are on, and only there', async () => {
    const { anna } = on.discord.people
    await anna.types('/secret')
    expect((await anna.untilModal('Send a secret')).text).toContain('Longer, or a file: /secret-link')
    expect(JSON.stringify(renderForm({ form: 'compose', to: [] }, 3_600))).not.toContain('secret-link')
  })
})

describe('a drop link', () => {
  const link = `https://sotto.example/d#d1.${'_-A'.repeat(14)}w`

  it('is copied to the byte, is not alive, and is seen by whoever asked alone', async () => {
    const { discord } = on
    const { anna } = discord.people
    await anna.types('/secret-request', { for: 'the vpn' })
    await anna.untilSees('Give this link')
    const shown = anna.reads().find(({ text }) => text.includes('Give this link'))
    expect(shown).toMatchObject({ onlyYou: true, links: [] })
    expect(shown?.codeBlocks).toEqual([expect.stringMatching(/^https:\/\/sotto\.example\/d#d1\.[\w-]{43}$/)])
    const [copied = ''] = shown?.codeBlocks ?? []
    expect(discord.outboundWith(copied)).toMatchObject([{ route: 'original.edit', privateTo: anna.id }])
  })

  it('would be copied with its escapes by a client that copies a message’s source (counter-example)', () => {
    const source = printParts([{ verbatim: link, address: 'to-copy' }])
    expect(source.split('\n')).toContain(link)
    expect(readMarkdown(on.discord.world, source)).toEqual({ text: link, codeBlocks: [link], links: [] })
    expect(escapeMarkdown(link)).not.toContain(link)
  })

  it('is an address of ours or none at all: anything else stays text', () => {
    for (const text of [
      'javascript:alert(1)',
      `${link}\`\`\``,
      `${link} x`,
      'https://a.example/<b>',
      '@here',
    ]) {
      for (const address of ['to-copy', 'to-follow'] as const) {
        const shown = readMarkdown(on.discord.world, printParts([{ verbatim: text, address }]))
        expect(shown).toEqual({ text, codeBlocks: [], links: [] })
      }
    }
  })
})

it('no message but those with an address is without embeds: a secret stands in one', () => {
  expect(
    flagsOf([{ verbatim: 'https://a.example', address: 'to-copy' }]) & MessageFlags.SuppressEmbeds,
  ).not.toBe(0)
  expect(flagsOf([{ verbatim: 'https://a.example' }]) & MessageFlags.SuppressEmbeds).toBe(0)
})
