import { describe, expect, it } from 'vitest'
import { SottoError } from '../../src/core/format/errors.ts'
import { codeOf } from '../../src/core/log.ts'

describe('what a log line says of an error', () => {
  it('is its code, or else its name', () => {
    expect(codeOf(new SottoError('too-large', 'the content is larger than 64 MiB'))).toBe('too-large')
    expect(codeOf(Object.assign(new Error('no'), { code: 50_013 }))).toBe('50013')
    expect(codeOf(new TypeError('canary'))).toBe('TypeError')
  })

  it('is never its message, nor a code or a name that could carry one', () => {
    const said = [
      new Error('canary canary'),
      Object.assign(new Error('no'), { code: 'canary canary' }),
      Object.assign(new Error('no'), { name: 'canary canary' }),
      Object.assign(new Error('no'), { code: `canary${'y'.repeat(100)}` }),
      { message: 'canary' },
      'canary',
      undefined,
      null,
    ].map(codeOf)
    expect(said.filter((code) => code.includes('canary'))).toEqual([])
    expect(said.at(-1)).toBe('unknown')
  })
})
