import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  chatKdf,
  kdfBounds,
  parseKdf,
  passphraseBytes,
  printKdf,
  webKdf,
} from '../../../src/core/format/kdf.ts'
import { Secret } from '../../../src/core/format/secret.ts'

const { minMemoryKiB, maxMemoryKiB, minPasses, maxPasses } = kdfBounds

describe('KDF parameters', () => {
  it('have one form, and none without a passphrase', () => {
    expect(printKdf()).toHaveLength(0)
    expect(parseKdf(new Uint8Array())).toBeUndefined()
    for (const parameters of [chatKdf, webKdf]) expect(parseKdf(printKdf(parameters))).toEqual(parameters)
  })

  it('are read only within the bounds, from whatever bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 8 }), (bytes) => {
        const parameters = parseKdf(bytes)
        if (parameters === undefined) expect(bytes).toHaveLength(0)
        else if (parameters !== 'invalid') expect(printKdf(parameters)).toEqual(bytes)
      }),
    )
  })

  it.each([
    { memoryKiB: minMemoryKiB - 1, passes: 1 },
    { memoryKiB: maxMemoryKiB + 1, passes: 1 },
    { memoryKiB: minMemoryKiB, passes: minPasses - 1 },
    { memoryKiB: minMemoryKiB, passes: maxPasses + 1 },
    { memoryKiB: 2 ** 32 + minMemoryKiB, passes: 1 },
    { memoryKiB: 9000.5, passes: 1 },
    { memoryKiB: Number.NaN, passes: 1 },
  ])('are not written beyond the bounds: $memoryKiB KiB, $passes passes', (parameters) => {
    expect(() => printKdf(parameters)).toThrow(expect.objectContaining({ code: 'bad-argument' }))
  })
})

describe('a passphrase', () => {
  it('is the same however a keyboard composes it', () => {
    const composed = passphraseBytes(Secret.fromText('\u00c5 \ufb01 \u2460'))
    expect(passphraseBytes(Secret.fromText('A\u030a fi 1'))).toEqual(composed)
  })

  it('keeps case and spaces', () => {
    expect(passphraseBytes(Secret.fromText(' A '))).toEqual(new TextEncoder().encode(' A '))
  })
})
