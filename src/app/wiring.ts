import type { Platform } from '../bots/adapter/platform.ts'
import type { ConversationParts } from '../bots/conversation.ts'
import { lateEdits } from '../bots/late-edits.ts'
import { type Notices, notices } from '../bots/notices.ts'
import { rollCall, wipeHandler } from '../bots/screens.ts'
import { argon2Queue } from '../core/argon2-queue.ts'
import { type Errands, errands } from '../core/errands.ts'
import type { Keyring } from '../core/keyring.ts'
import type { Limiter } from '../core/limiter.ts'
import type { Log } from '../core/log.ts'
import type { SecretStore } from '../core/store.ts'
import { type Vault, vault } from '../core/vault.ts'
import type { Config } from './config.ts'
import type { Web } from './links.ts'

/** What was opened at the start. */
export interface Opened {
  readonly store: SecretStore
  readonly keyring: Keyring
  readonly limiter: Limiter
  readonly log: Log
  readonly platforms: readonly Platform[]
  /** ms since epoch, for what people read; the store has its own. */
  readonly clock?: () => number
}

/** The parts of Sotto, each with what it needs of the others. */
export interface Wiring {
  readonly vault: Vault
  readonly notices: Notices
  /** Absent: links are off. */
  readonly web?: Web
  readonly errands: Errands
  /** What the conversation on one of the platforms is made of. */
  talk(platform: Platform): ConversationParts
}

/** Passphrases that may wait for their turn: about a second's work. One more is told "busy, try again". */
const maxPassphrases = 128

/** Wires the product as `config` says. Nothing is started. @throws RefusedError when links are on and their pages are not built */
export async function wire(config: Config, opened: Opened): Promise<Wiring> {
  const { store, keyring, limiter, log, platforms, clock = Date.now } = opened
  const { maxTtlSeconds } = config
  const safe = vault({ store, keyring, argon2: argon2Queue({ waiting: maxPassphrases }).run, log })
  const others = rollCall(platforms)
  const handlers = {
    wipe: wipeHandler(platforms, log),
    ...lateEdits(safe, platforms, log),
    ...others.handlers,
  }
  const later = errands({ store, keyring, handlers, log, clock })
  const announcer = notices(safe, platforms, later, log, clock)
  const web = config.web ? await openWeb(config, { store, keyring, limiter, log, platforms }) : undefined
  return {
    vault: safe,
    notices: announcer,
    errands: later,
    ...(web && { web }),
    talk: (platform) => ({
      vault: safe,
      platform,
      notices: announcer,
      errands: later,
      others,
      limiter,
      log,
      maxTtlSeconds,
      clock,
      ...(web && { links: config.linksAreLocal ? 'local' : web.links }),
    }),
  }
}

/** Loaded only when links are on. */
async function openWeb(...parts: Parameters<typeof import('./links.ts')['openWeb']>): Promise<Web> {
  const links = await import('./links.ts')
  return links.openWeb(...parts)
}
