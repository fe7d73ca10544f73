import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type OpenedStore, stores } from '../../doubles/run/stores.ts'
import type { LogEvent } from '../../src/core/log.ts'

/** Three people in one channel that the bot is in, and somebody whom the bot cannot write to. */
export type Who = 'sender' | 'recipient' | 'other' | 'blocked'

/** What a sender fills in. Nobody: for the first person in the channel. */
export interface Draft {
  readonly to: readonly Who[]
  readonly secret: string
  readonly passphrase?: string
  readonly note?: string
}

/** What happens to the calls that put a secret on the screen. */
export type Fault =
  /** It is shown, and the answer is lost. */
  | 'answer-lost'
  /** The connection dies, and nothing is shown. */
  | 'connection-lost'
  /** Refused with a code that proves that nothing is shown. */
  | 'refused'
  /** Refused with a code that nobody knows. */
  | 'unknown-code'

/** Sotto at work on a platform double, as people see it. */
export interface Stage {
  readonly log: readonly LogEvent[]
  /** Fills the form in and sends it off in the channel; resolves when the sender has read what became of it. */
  send(draft: Draft): Promise<void>
  /** Presses the newest Reveal that this person sees, and goes through the form if one opens; resolves once answered. */
  reveal(who: Who, passphrase?: string): Promise<void>
  /** Presses the recipient's Reveal in a correctly signed payload, and goes through the form. */
  revealInPlaceOf(victim: Who, actor: Who): Promise<void>
  /** The sender presses Burn on the newest receipt. */
  burn(): Promise<void>
  /** The sender asks for "My secrets". */
  list(): Promise<void>
  seesReveal(who: Who): boolean
  /** Everything on this person's screen. */
  sees(who: Who): string
  /** Waits until these words are on this person's screen. */
  until(who: Who, words: string | RegExp): Promise<void>
  /** The next `times` calls that carry the secret meet this. */
  fault(secret: string, fault: Fault, times: number): void
  /** How many calls carried the text to the platform, in any spelling. */
  callsWith(text: string): number
  /** Whether anything that the bot ever posted has the text in it as live markup. */
  liveMarkup(): readonly string[]
  /** A round of due work. */
  round(): Promise<unknown>
  close(): Promise<void>
}

export interface Harness {
  readonly name: string
  open(store: OpenedStore): Promise<Stage>
}

/** What every chat platform keeps, told as people live it; once for each adapter and store. */
export function platformContract(harness: Harness, on = stores): void {
  describe.each(on)(`${harness.name} over $name`, ({ open }) => {
    let now = Date.now()
    let opened: OpenedStore
    let stage: Stage
    let canary: string

    beforeEach(async () => {
      now = Date.now()
      canary = `canary-${crypto.randomUUID()}`
      opened = await open(() => now)
      stage = await harness.open(opened)
    })

    afterEach(async () => {
      await stage.close()
      await opened.close()
    })

    it('shows a secret to its recipient, once, and tells both', async () => {
      await stage.send({ to: ['recipient'], secret: canary, note: 'the staging database' })
      await stage.until('recipient', 'the staging database')
      await stage.reveal('recipient')
      await stage.until('recipient', canary)
      await stage.until('sender', 'opened your secret')
      await stage.until('recipient', 'Opened · ')
      expect(stage.sees('sender')).not.toContain('Sealed · ')
      expect(stage.seesReveal('sender')).toBe(false)
      expect(stage.callsWith(canary)).toBe(1)
    })

    it('refuses everyone else, and the secret stays', async () => {
      await stage.send({ to: ['recipient'], secret: canary })
      await stage.revealInPlaceOf('recipient', 'other')
      await stage.until('other', 'not for you')
      expect(stage.callsWith(canary)).toBe(0)
      await stage.reveal('recipient')
      await stage.until('recipient', canary)
    })

    it('keeps a secret whose passphrase was mistyped', async () => {
      await stage.send({ to: ['recipient'], secret: canary, passphrase: 'the usual place' })
      await stage.reveal('recipient', 'some other place')
      await stage.until('recipient', '9 tries left')
      expect(stage.callsWith(canary)).toBe(0)
      await stage.reveal('recipient', 'the usual place')
      await stage.until('recipient', canary)
      expect(stage.callsWith('the usual place')).toBe(0)
    })

    it('destroys a secret after ten wrong passphrases, and tells its sender once', async () => {
      await stage.send({ to: ['recipient'], secret: canary, passphrase: 'the usual place' })
      for (let left = 9; left >= 1; left--) {
        await stage.reveal('recipient', `guess ${left}`)
        await stage.until('recipient', left === 1 ? '1 try left' : `${left} tries left`)
      }
      await stage.reveal('recipient', 'guess 0')
      await stage.until('recipient', 'destroyed after ten wrong passphrases')
      await stage.until('sender', /was destroyed after ten wrong passphrases/)
      await stage.round()
      expect(stage.sees('sender').match(/was destroyed after ten/g)).toHaveLength(1)
      expect(stage.callsWith(canary)).toBe(0)
    })

    it('burns a secret from its receipt', async () => {
      await stage.send({ to: ['recipient'], secret: canary })
      await stage.burn()
      await stage.until('sender', 'Burned unread · ')
      await stage.until('recipient', 'Burned unread by the sender')
      expect(stage.callsWith(canary)).toBe(0)
    })

    it('destroys what nobody opened in time, and says so', async () => {
      await stage.send({ to: ['recipient'], secret: canary })
      now += 3 * 24 * 3_600_000 + 1
      for (let round = 0; round < 10; round++) await stage.round()
      await stage.until('sender', 'expired unopened')
      await stage.until('recipient', 'Expired unopened')
      expect(stage.callsWith(canary)).toBe(0)
    })

    it('tells a recipient who comes too late that it expired', async () => {
      await stage.send({ to: ['recipient'], secret: canary })
      now += 3 * 24 * 3_600_000 + 1
      await stage.reveal('recipient')
      await stage.until('recipient', /[Ee]xpired unopened/)
      expect(stage.callsWith(canary)).toBe(0)
    })

    it('puts the card into the channel for someone whom it cannot write to', async () => {
      await stage.send({ to: ['blocked'], secret: canary })
      await stage.until('sender', 'takes no messages from me')
      await stage.reveal('blocked')
      await stage.until('blocked', canary)
      await stage.until('sender', 'opened your secret')
    })

    it('gives each of several recipients a copy, and reports each by itself', async () => {
      await stage.send({ to: ['recipient', 'other', 'blocked'], secret: canary })
      await stage.until('sender', 'takes no messages from me')
      await stage.reveal('recipient')
      await stage.until('recipient', canary)
      await stage.reveal('other')
      await stage.until('other', canary)
      expect(stage.callsWith(canary)).toBe(2)
    })

    it('lets the first person in the channel open it, and nobody after', async () => {
      await stage.send({ to: [], secret: canary })
      await stage.reveal('other')
      await stage.until('other', canary)
      await stage.until('recipient', /Opened by .* · /)
      expect(stage.seesReveal('recipient')).toBe(false)
      expect(stage.callsWith(canary)).toBe(1)
      await stage.until('sender', 'opened your secret')
    })

    it('shows again on the same screen when the answer was lost, and settles', async () => {
      await stage.send({ to: ['recipient'], secret: canary })
      stage.fault(canary, 'answer-lost', 2)
      await stage.reveal('recipient')
      await stage.until('recipient', canary)
      await stage.until('sender', 'opened your secret')
      expect(stage.callsWith(canary)).toBe(3)
    })

    it('counts a secret as shown when no answer could be had, and shows it nowhere else', async () => {
      await stage.send({ to: ['recipient'], secret: canary })
      stage.fault(canary, 'connection-lost', 100)
      await stage.reveal('recipient')
      await stage.until('sender', 'may have been shown')
      await stage.until('recipient', 'It may have been shown')
      if (stage.seesReveal('recipient')) await stage.reveal('recipient')
      await stage.until('recipient', 'It may have been shown')
      expect(stage.callsWith(canary)).toBe(3)
    })

    it('takes a code that nobody knows for a doubt', async () => {
      await stage.send({ to: ['recipient'], secret: canary })
      stage.fault(canary, 'unknown-code', 100)
      await stage.reveal('recipient')
      await stage.until('sender', 'may have been shown')
      expect(stage.callsWith(canary)).toBe(3)
    })

    it('keeps a secret sealed when the platform proves that it was not shown', async () => {
      await stage.send({ to: ['recipient'], secret: canary })
      stage.fault(canary, 'refused', 1)
      await stage.reveal('recipient')
      await stage.until('recipient', 'It was not shown, and is still sealed')
      expect(stage.callsWith(canary)).toBe(1)
      await stage.reveal('recipient')
      await stage.until('recipient', canary)
      await stage.until('sender', 'opened your secret')
    })

    it('shows what a note says, and lets none of it act', async () => {
      const note = '<!channel> @everyone <@U0000000001> *b* ||s|| ](http://x.example) ``` :bomb:'
      await stage.send({ to: [], secret: canary, note })
      await stage.until('recipient', note)
      expect(
        stage.liveMarkup().filter((found) => /channel>|everyone|U0000000001|x\.example/.test(found)),
      ).toEqual([])
    })

    it('lists what was sent, each with its state', async () => {
      await stage.send({ to: ['recipient'], secret: canary, note: 'first of two' })
      await stage.send({ to: ['other'], secret: canary, note: 'second of two' })
      await stage.list()
      await stage.until('sender', /second of two[\s\S]*first of two/)
    })

    it('logs nothing that people typed', async () => {
      await stage.send({ to: ['recipient'], secret: canary, passphrase: canary, note: `note ${canary}` })
      await stage.reveal('recipient', 'wrong')
      await stage.until('recipient', '9 tries left')
      await stage.reveal('recipient', canary)
      await stage.until('recipient', /From .*/)
      await stage.until('sender', 'opened your secret')
      expect(JSON.stringify(stage.log)).not.toContain(canary)
    })
  })
}
