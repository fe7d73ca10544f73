import { describe, expect, it } from 'vitest'
import { mountOf, mountsHere } from '../../src/core/mounts.ts'

const table = `22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
23 22 0:30 / /run/secrets/my\\040keys ro,relatime shared:1 master:2 - tmpfs tmpfs rw
24 22 0:31 / /data rw - ext4 /dev/vdb rw
25 22 0:32 / /data rw - tmpfs tmpfs ro
26 22 8:1 /sub /data/sub rw - ext4 /dev/vdc rw
`

describe('the mount of a path', () => {
  it.each([
    ['/etc/keys', { point: '/', readOnly: false }],
    ['/run/secrets/my keys', { point: '/run/secrets/my keys', readOnly: true }],
    ['/run/secrets/my keys 2', { point: '/', readOnly: false }],
    ['/data/x', { point: '/data', readOnly: true }],
    ['/data/sub/x', { point: '/data/sub', readOnly: false }],
  ])('of %s is the deepest that holds it, the last of several at one place', (path, mount) => {
    expect(mountOf(path, table)).toEqual(mount)
  })

  it('is none where the system lists none', () => {
    expect(mountOf('/etc/keys', '')).toBeUndefined()
    expect(mountOf('/etc/keys', 'torn line\n')).toBeUndefined()
  })

  it('is found in what this system lists', async () => {
    expect(mountOf('/', await mountsHere())?.point).toBe('/')
  })
})
