import { describe, expect, it } from 'vitest'
import { dmCache, type OpenDm } from '../../../src/bots/adapter/dm-cache.ts'

/** A platform that opens conversations as `answer` says, and for whom it was asked to. */
function opening(answer: (person: string) => Awaited<ReturnType<Parameters<typeof dmCache>[0]>>) {
  const asked: string[] = []
  const openDm: OpenDm = dmCache(async (person) => {
    asked.push(person)
    return answer(person)
  })
  return { asked, openDm }
}

describe('a conversation with the bot', () => {
  it('is opened once for each person', async () => {
    const { asked, openDm } = opening((person) => ({ why: 'ok', channel: `D-${person}` }))
    for (let time = 0; time < 2; time++) {
      expect(await openDm('anna')).toEqual({ why: 'ok', channel: 'D-anna' })
      expect(await openDm('ben')).toEqual({ why: 'ok', channel: 'D-ben' })
    }
    expect(asked).toEqual(['anna', 'ben'])
  })

  it('that cannot be opened proves that nothing was posted in it, and is tried again', async () => {
    const answers = [
      { why: 'ambiguous', code: 'timeout' },
      { why: 'definitive', code: '50007', gone: true },
      { why: 'ok', channel: undefined },
      { why: 'ok', channel: 'D1' },
    ] as const
    const { asked, openDm } = opening(() => answers[asked.length - 1] ?? answers[3])
    expect(await openDm('anna')).toEqual({ why: 'definitive', code: 'timeout' })
    expect(await openDm('anna')).toEqual({ why: 'definitive', code: '50007', gone: true })
    expect(await openDm('anna')).toEqual({ why: 'definitive', code: 'no_channel' })
    expect(await openDm('anna')).toEqual({ why: 'ok', channel: 'D1' })
  })

  it('is forgotten before they fill the memory', async () => {
    const { asked, openDm } = opening((person) => ({ why: 'ok', channel: person }))
    for (let count = 0; count <= 10_000; count++) await openDm(`person${count}`)
    await openDm('person10000')
    expect(asked).toHaveLength(10_001)
    await openDm('person0')
    expect(asked).toHaveLength(10_002)
  })
})
