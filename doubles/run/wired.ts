import { randomBytes } from 'node:crypto'
import { type Config, readConfig } from '../../src/app/config.ts'
import { openKeyring } from '../../src/app/stores.ts'
import { type Opened, type Wiring, wire } from '../../src/app/wiring.ts'
import type { Keyring } from '../../src/core/keyring.ts'
import { type Limiter, type Rates, sameRates } from '../../src/core/limiter.ts'
import { sqliteLimits } from '../../src/store/rate-limits/sqlite.ts'

/** Sotto as the program wires it, with what it was opened with. */
export interface Wired extends Wiring {
  readonly config: Config
  readonly keyring: Keyring
  readonly limiter: Limiter
}

export interface WiredOptions extends Pick<Opened, 'store' | 'log' | 'platforms'> {
  /** Variables as for the program. Keys are fresh, and links off, unless it says otherwise. */
  readonly env?: Readonly<Record<string, string>>
  /** No test is slowed down by a limit that it does not test. */
  readonly rates?: Partial<Rates>
  /** Instead of one with these rates. */
  readonly limiter?: Limiter
  readonly clock?: () => number
}

const generous = sameRates({ points: 1e6, seconds: 600 })

/** The program's own wiring, over a store and platforms of a test. */
export async function wired(options: WiredOptions): Promise<Wired> {
  const { store, log, platforms, clock, rates } = options
  const config = configOf(options.env)
  const keyring = await openKeyring(config, log)
  const limiter = options.limiter ?? sqliteLimits(':memory:', { ...generous, ...rates })
  const wiring = await wire(config, { store, keyring, limiter, log, platforms, ...(clock && { clock }) })
  return { ...wiring, config, keyring, limiter }
}

/** The configuration of a test. */
export function configOf(env: Readonly<Record<string, string>> = {}): Config {
  return readConfig({ SOTTO_WEB: 'off', SOTTO_KEYS: freshKeys(), ...env })
}

/** A server key of its own. */
export function freshKeys(): string {
  return `k1:${randomBytes(32).toString('base64')}`
}
