import { resolve } from 'node:path'
import { parseAbout } from '../bots/about.ts'
import type { Platform } from '../bots/adapter/platform.ts'
import type { Links } from '../bots/ask.ts'
import { minTtlSeconds } from '../core/format/expiry.ts'
import { printToken } from '../core/format/token.ts'
import type { Keyring } from '../core/keyring.ts'
import type { Limiter } from '../core/limiter.ts'
import type { Log } from '../core/log.ts'
import type { SecretStore } from '../core/store.ts'
import { type WebVault, webVault } from '../core/web-vault.ts'
import { type WebApp, webApp } from '../web/api/app.ts'
import type { AskText } from '../web/api/asks.ts'
import { type Assets, readAssets } from '../web/assets.ts'
import type { Config } from './config.ts'
import { RefusedError } from './refused.ts'

/** The built pages, from the project's root. */
const pages = resolve(import.meta.dirname, '../../dist/web')

/** The web's side of Sotto. */
export interface Web {
  readonly app: WebApp
  readonly vault: WebVault
  readonly links: Links
}

/** What the links need that was opened at the start. */
interface WebParts {
  readonly store: SecretStore
  readonly keyring: Keyring
  readonly limiter: Limiter
  readonly log: Log
  /** For how long an answer each of them can show. */
  readonly platforms: readonly Platform[]
}

/** The one-time links, as `config` says. @throws RefusedError when their pages are not built */
export function openWeb(config: Config, { store, keyring, limiter, log, platforms }: WebParts): Web {
  const { publicUrl, trustedProxies, maxFileBytes, maxTtlSeconds } = config
  const vault = webVault({ store, keyring, log, minTtlSeconds, maxTtlSeconds })
  const app = webApp({
    vault,
    keyring,
    limiter,
    log,
    assets: builtAssets(publicUrl),
    publicUrl,
    trustedProxies,
    maxFileBytes,
    maxTtlSeconds,
    describeAsk: (about) => describeAsk(about, platforms),
  })
  return { app, vault, links: linksOf(vault, publicUrl) }
}

function builtAssets(publicUrl: string): Assets {
  try {
    return readAssets(pages, publicUrl)
  } catch (cause) {
    const text = 'the pages are not built; run "npm run build", or turn links off with SOTTO_WEB=off'
    throw new RefusedError('SOTTO_WEB', text, { cause })
  }
}

function linksOf(vault: WebVault, publicUrl: string): Links {
  return {
    ask: (ask) => vault.ask(ask),
    composeUrl: `${publicUrl}/`,
    dropUrl: (token) => `${publicUrl}/d#${printToken(token)}`,
  }
}

/**
 * What the page outside shows of a request: a name that nobody vouches for, and what it is for. Undefined where its
 * platform is off: nothing here knows what answer that could show.
 */
function describeAsk(bytes: Uint8Array, platforms: readonly Platform[]): AskText | undefined {
  const about = parseAbout(bytes)
  const platform = about && platforms.find(({ name }) => name === about.platform)
  if (about === undefined || platform === undefined) return undefined
  return { from: about.name ?? '', note: about.note, maxCharacters: platform.maxSecretChars }
}
