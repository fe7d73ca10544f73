import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { person, type Stage, stage } from './stage.ts'

let here: Stage

beforeEach(async () => {
  here = await stage()
})

afterEach(() => here.close())

const hour = 3_600_000

/** What people read, with the small print taken out. */
function script(): readonly string[] {
  return here
    .script()
    .map((line) =>
      line.replaceAll(
        / (?:It opens once, and )?(?:is gone unopened|Gone unopened|gone unopened|expires|Expires)[^.[]*<when>\.?/g,
        '…',
      ),
    )
}

function says(...expected: readonly (string | RegExp)[]): void {
  const lines = script()
  expect(lines.length, lines.join('\n')).toBe(expected.length)
  for (const [at, line] of lines.entries()) {
    const want = expected[at] ?? ''
    if (typeof want === 'string') expect(line).toContain(want)
    else expect(line).toMatch(want)
  }
}

describe('a secret for one person', () => {
  it('reads like this', async () => {
    await here.send('anna', ['ben'], 'hunter2')
    says(
      /^to ben: @anna sent you a secret\. .*\[Reveal\]/,
      /^to anna: Secret for @ben Sealed.*\[Burn\]/,
      /^to ben in general: @anna sent you a secret\. .*\[Reveal\]/,
      /^anna reads: Sealed for @ben/,
    )
    await here.press('ben', 'open')
    says(
      'ben sees: the secret “hunter2”',
      'the pressed card changes: Opened · <when>',
      'm1 changes: Opened · <when>',
      'm2 changes: Secret for @ben Opened · <when>',
      'to anna: @ben opened your secret.',
    )
    await here.press('ben', 'open')
    says(/^ben sees: Opened <when> from your account\..*\[Not me: tell the sender\]/)
    await here.press('ben', 'tell')
    says('to anna: @ben says that it was not they', 'ben reads: The sender was told.')
    await here.press('mallory', 'open')
    says('mallory sees: This secret is not for you.')
  })

  it('that expires is told to its sender, once', async () => {
    await here.send('anna', ['ben'], 'hunter2')
    script()
    here.later(hour + 1)
    for (let round = 0; round < 10; round++) await here.round()
    says(
      'm1 changes: Expired unopened.',
      'm2 changes: Secret for @ben Expired unopened · <when>',
      /^to anna: A secret .* expired unopened/,
    )
    await here.press('ben', 'open')
    says('ben sees: It expired unopened. Ask the sender for it again.')
  })

  it('that is burned is told to its recipient', async () => {
    await here.send('anna', ['ben'], 'hunter2')
    script()
    await here.press('anna', 'burn')
    says(
      'm1 changes: Burned unread by the sender.',
      'm2 changes: Secret for @ben Burned unread',
      'anna reads: Burned.',
    )
    await here.press('ben', 'open')
    says('ben sees: The sender burned it.')
  })

  it('is burned by nobody else', async () => {
    await here.send('anna', ['ben'], 'hunter2')
    script()
    await here.press('ben', 'burn')
    says('ben reads: There was nothing left to burn.')
    await here.press('ben', 'open')
    expect(script()).toContain('ben sees: the secret “hunter2”')
  })
})

describe('a passphrase', () => {
  it('mistyped costs a try, and not the secret', async () => {
    await here.send('anna', ['ben'], 'hunter2', 'swordfish')
    script()
    await here.press('ben', 'open', 'goldfish')
    says('ben sees: the form: That passphrase is not right. 9 tries left')
    await here.press('ben', 'open', 'swordfish')
    expect(script()).toContain('ben sees: the secret “hunter2”')
  })

  it('mistyped ten times destroys it, and the sender is told', async () => {
    await here.send('anna', ['ben'], 'hunter2', 'swordfish')
    for (let at = 0; at < 9; at++) await here.press('ben', 'open', `fish ${at}`)
    script()
    await here.press('ben', 'open', 'the tenth')
    const told = script()
    expect(told[0]).toContain('ben sees: It was destroyed after ten wrong passphrases.')
    expect(told.at(-1)).toMatch(/^to anna: A secret .* was destroyed after ten wrong passphrases/)
    expect(here.log).toContainEqual(expect.objectContaining({ event: 'alarm', what: 'locked' }))
  })
})

describe('a secret for the first person here', () => {
  it('reads like this', async () => {
    await here.send('anna', [], 'hunter2')
    says(
      /^to general: @anna left a secret for the first person here/,
      /^to anna: Secret for the first person in #general/,
      /^anna reads: Sealed for the first person in #general/,
    )
    await here.press('carla', 'open')
    expect(script()).toEqual([
      'carla sees: the secret “hunter2”',
      'the pressed card changes: Opened by @carla · <when>',
      'm1 changes: Opened by @carla · <when>',
      expect.stringContaining('Opened by @carla · <when>'),
      'to anna: @carla opened your secret.',
    ])
    await here.press('ben', 'open')
    says('ben sees: It is gone. Whether it was opened')
    await here.press('carla', 'open')
    says('carla sees: Opened <when> from your account.')
  })
})

describe('somebody who takes no messages', () => {
  const closed = { why: 'definitive', code: 'cannot_dm', gone: true } as const

  it('gets the card where it was sent from, and the sender is told', async () => {
    here.posts.push(closed)
    await here.send('anna', ['ben'], 'hunter2')
    says(
      /^to general: @ben: @anna sent you a secret/,
      /^to anna: Secret for @ben/,
      /^anna reads: @ben takes no messages from me.* Sealed for @ben/,
    )
  })

  it('and cannot be reached there either gets nothing, and nothing is kept', async () => {
    here.posts.push(closed, closed)
    await here.send('anna', ['ben'], 'hunter2')
    says(/^anna reads: @ben could not be reached.*Nothing was kept for them/)
    const { message } = await here.talk.answer({ act: 'list', by: person('anna'), before: '' })
    expect(JSON.stringify(message)).toContain('You have no secrets on the way')
  })
})

describe('a form', () => {
  it.each([
    [['robot'], 'x', 'A bot cannot open a secret'],
    [['ghost'], 'x', 'not known here'],
    [['a', 'b', 'c', 'd'], 'x', 'At most 3 people'],
    [['ben'], '', 'Type or paste the secret'],
    [['ben'], 'x'.repeat(3_001), 'At most 3,000 characters'],
  ])('to %j is refused on its field', async (to, secret, problem) => {
    await here.send('anna', to, secret)
    says(problem)
  })
})

describe('a failure on the way to the screen', () => {
  const refused = { why: 'definitive', code: 'rate_limited' } as const
  const lost = { why: 'ambiguous', code: 'ECONNRESET' } as const

  it('before the claim consumes nothing', async () => {
    await here.send('anna', ['ben'], 'hunter2')
    here.prepares.push({ why: 'definitive', code: 'not_found' })
    script()
    await here.press('ben', 'open')
    says()
    await here.press('ben', 'open')
    expect(script()).toContain('ben sees: the secret “hunter2”')
  })

  it('that proves that nothing was shown seals it again', async () => {
    await here.send('anna', ['ben'], 'hunter2')
    here.shows.push(refused)
    script()
    await here.press('ben', 'open')
    says('ben sees: It was not shown, and is still sealed.')
    await here.press('ben', 'open')
    expect(script()).toContain('ben sees: the secret “hunter2”')
  })

  it('that proves nothing is tried again on the same screen', async () => {
    await here.send('anna', ['ben'], 'hunter2')
    here.shows.push(lost, lost)
    script()
    await here.press('ben', 'open')
    expect(script()).toContain('ben sees: the secret “hunter2”')
  })

  it('that never proves anything counts as shown', async () => {
    await here.send('anna', ['ben'], 'hunter2')
    here.shows.push(lost, refused, lost)
    script()
    await here.press('ben', 'open')
    const lines = script()
    expect(lines.join('\n')).not.toContain('hunter2')
    expect(lines.at(-1)).toMatch(/^to anna: A secret .* may have been shown/)
    await here.press('ben', 'open')
    says('ben sees: It is gone: it may have been shown once')
  })
})

describe('whatever is asked', () => {
  it('is answered', async () => {
    const by = person('anna')
    for (const act of ['help', 'typed-in-command', 'unknown-button', 'link'] as const) {
      const { message } = await here.talk.answer({ act, by })
      expect(message.blocks.length).toBeGreaterThan(0)
    }
    const { message } = await here.talk.answer({ act: 'typed', by, message: '1.1' })
    expect(JSON.stringify(message)).toContain('seal-typed')
  })
})
