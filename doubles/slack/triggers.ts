import type { MovableClock } from './clock.ts'
import { digits, hex } from './ids.ts'
import { Refusal } from './refusal.ts'

interface Trigger {
  userId: string
  /** The open view the person acted in, when they acted in one. */
  viewId: string | undefined
  madeAt: number
  used: boolean
}

/** Trigger ids: three seconds, one use (docs.slack.dev, Handling user interaction). */
export class Triggers {
  readonly #clock: MovableClock
  readonly #known = new Map<string, Trigger>()

  constructor(clock: MovableClock) {
    this.#clock = clock
  }

  /** A fresh trigger id for something a person just did. */
  make(userId: string, viewId?: string): string {
    const id = `${digits(13)}.${digits(12)}.${hex(16)}`
    this.#known.set(id, { userId, viewId, madeAt: this.#clock.given(), used: false })
    return id
  }

  /**
   * Looks a trigger id up without using it.
   * @throws {Refusal} `invalid_arguments` for something malformed, `invalid_trigger_id`,
   * `exchanged_trigger_id`, `expired_trigger_id`
   */
  check(id: string): Trigger {
    if (!/^\d+\.\d+\.[0-9a-f]{32}$/.test(id))
      throw new Refusal('invalid_arguments', ['invalid `trigger_id` [json-pointer:/trigger_id]'])
    const trigger = this.#known.get(id)
    if (!trigger) throw new Refusal('invalid_trigger_id')
    if (trigger.used) throw new Refusal('exchanged_trigger_id')
    if (this.#clock.given() - trigger.madeAt >= 3_000) throw new Refusal('expired_trigger_id')
    return trigger
  }

  /** The same, and uses it. */
  exchange(id: string): Trigger {
    const trigger = this.check(id)
    trigger.used = true
    return trigger
  }
}
