import { describe, expect, it } from 'vitest'
import { sharedShard } from '../../../../src/bots/discord/transport/shared-shard.ts'
import type { LogEvent } from '../../../../src/core/log.ts'

function notebook() {
  const log: LogEvent[] = []
  return { log, note: (event: LogEvent) => void log.push(event) }
}

describe('two processes on one shard', () => {
  it('are said once, after two collisions within a minute', () => {
    const { log, note } = notebook()
    let now = 0
    const collided = sharedShard(note, () => now)
    collided(0)
    now += 61_000
    collided(0)
    collided(1)
    expect(log).toEqual([])
    now += 59_000
    for (let time = 0; time < 5; time++) collided(0)
    expect(log).toEqual([{ event: 'shard-shared', platform: 'discord', shard: 0 }])
  })
})
