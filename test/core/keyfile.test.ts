import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { derive } from '../../src/core/format/suite1.ts'
import { newToken } from '../../src/core/format/token.ts'
import { keyfile } from '../../src/core/keyfile.ts'
import { openOuter, sealOuter } from '../../src/core/outer.ts'

const { id } = derive(newToken('c1'))
const somewhere = () => join(mkdtempSync(join(tmpdir(), 'sotto-key-')), 'sotto.key')

describe('a key file', () => {
  it('is made once, for its owner only, and used from then on', async () => {
    const path = somewhere()
    const first = await keyfile(path)
    const second = await keyfile(path)
    expect([first.created, second.created]).toEqual([true, false])
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const { bytes } = sealOuter(first.keyring, id, Uint8Array.of(1))
    expect(openOuter(second.keyring, id, bytes).why).toBe('opened')
  })

  it('is the same one for many that start at once, and no draft stays behind', async () => {
    const path = somewhere()
    const all = await Promise.all(Array.from({ length: 20 }, () => keyfile(path)))
    expect(all.filter(({ created }) => created)).toHaveLength(1)
    const { bytes } = sealOuter((await keyfile(path)).keyring, id, Uint8Array.of(1))
    for (const { keyring } of all) expect(openOuter(keyring, id, bytes).why).toBe('opened')
    expect(readdirSync(join(path, '..'))).toEqual(['sotto.key'])
  })

  it('takes further keys, one a line', async () => {
    const path = somewhere()
    await keyfile(path)
    const added = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64')
    writeFileSync(path, `k2:${added}\n${readFileSync(path, 'utf8')}`)
    expect((await keyfile(path)).keyring.kids()).toEqual(['k2', 'k1'])
  })

  it.each([0o640, 0o604, 0o660, 0o644])(
    'is refused when others may read or write it: mode %o',
    async (mode) => {
      const path = somewhere()
      await keyfile(path)
      chmodSync(path, mode)
      await expect(keyfile(path)).rejects.toMatchObject({
        code: 'unsafe-key-file',
        message: expect.stringContaining(`chmod 600 ${path}`),
      })
    },
  )

  it('is refused when it is a folder or a link', async () => {
    const folder = somewhere()
    mkdirSync(folder)
    await expect(keyfile(folder)).rejects.toMatchObject({ code: 'unsafe-key-file' })
    const real = somewhere()
    await keyfile(real)
    const link = somewhere()
    symlinkSync(real, link)
    await expect(keyfile(link)).rejects.toMatchObject({ code: 'unsafe-key-file' })
  })

  it('is never made anew over one that cannot be read as keys', async () => {
    const path = somewhere()
    writeFileSync(path, '', { mode: 0o600 })
    await expect(keyfile(path)).rejects.toMatchObject({ code: 'bad-keys' })
    expect(readFileSync(path, 'utf8')).toBe('')
  })
})
