import { expect, it } from 'vitest'
import { parseReply, printReply } from '../../../src/bots/discord/reply.ts'

it('the way to answer through an interaction is read as it was printed, and nothing else is one', () => {
  const reply = { applicationId: '123456789012345678', token: 'aW50ZXJhY3Rpb24.x-_=' }
  expect(parseReply(printReply(reply))).toEqual(reply)
  const strange = ['', '/', 'token', '123456789012345678/', 'abc/token', '123456789012345678/a/b', '1/token']
  for (const text of strange) expect(parseReply(text)).toBeUndefined()
})
