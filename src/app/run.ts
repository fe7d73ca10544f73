import type { Bot } from '../bots/adapter/bot.ts'
import { conversation } from '../bots/conversation.ts'
import { notices } from '../bots/notices.ts'
import { argon2Queue } from '../core/argon2-queue.ts'
import { printId } from '../core/format/id.ts'
import type { Keyring } from '../core/keyring.ts'
import { codeOf, type Log } from '../core/log.ts'
import type { SecretStore } from '../core/store.ts'
import { vault } from '../core/vault.ts'
import { type Listening, webServer } from '../web/server/server.ts'
import type { Config } from './config.ts'
import type { Web } from './links.ts'
import { openKeyring, openLimiter, openStore } from './stores.ts'

/** A start that must not happen; the message says why and what to do. */
export class RefusedError extends Error {
  readonly code = 'refused'

  constructor(message: string) {
    super(message)
    this.name = 'RefusedError'
  }
}

export interface Running {
  /** Stops hearing, lets what is in flight finish, and closes the store last. */
  stop(): Promise<void>
}

/** Passphrases that may wait for their turn: about a second's work. One more is told "busy, try again". */
const maxPassphrases = 128

/** An id that no secret has: looking for it proves that the store answers. */
const nobody = printId(new Uint8Array(16))

/** How often due work is looked for, ms. */
const roundMs = 500

/** How long stopping waits for the news under way, ms. */
const lastRoundMs = 5_000

/** How long stopping waits for people's reveals, ms: a lease and a little. */
const drainMs = 20_000

/**
 * Wires config, store, vault, links and bots, and starts them. What was opened is closed again when something cannot be.
 * @throws RefusedError when the store is not fit to keep secrets or the port is taken; what the store and the keys throw
 */
export async function run(config: Config, log: Log, open: typeof openStore = openStore): Promise<Running> {
  const keyring = await openKeyring(config, log)
  const store = await open(config)
  /** What hears people; and what must outlive that. The last opened closes first. */
  const hearing: ((deadlineMs: number) => Promise<number>)[] = []
  const closing: (() => Promise<unknown>)[] = [() => store.close()]
  async function stop(deadlineMs: number): Promise<number> {
    const unfinished = await Promise.all(hearing.map((end) => end(deadlineMs)))
    for (const close of closing.reverse()) {
      await close().catch((error: unknown) =>
        log({ event: 'store-failed', call: 'close', code: codeOf(error) }),
      )
    }
    return unfinished.reduce((sum, count) => sum + count, 0)
  }
  try {
    await selfCheck(store, keyring, log)
    const limiter = await openLimiter(config)
    closing.push(() => limiter.close())
    const safe = vault({ store, keyring, argon2: argon2Queue({ waiting: maxPassphrases }).run, log })
    const bots = await openBots(config, store, log)
    const platforms = bots.map(({ platform }) => platform)
    const told = notices(safe, platforms, log)
    const web = config.web ? await openLinks(config, { store, keyring, limiter, log, platforms }) : undefined
    const server = await listen(config, store, bots, web)
    hearing.push((deadlineMs) => server.stop(deadlineMs))
    log({ event: 'listening', host: server.host, port: server.port })
    const { maxTtlSeconds } = config
    const parts = {
      vault: safe,
      notices: told,
      limiter,
      log,
      maxTtlSeconds,
      ...(web && { links: web.links }),
    }
    hearing.push(...bots.map((bot) => (deadlineMs: number) => bot.stop(deadlineMs)))
    await Promise.all(bots.map((bot) => bot.start(conversation({ ...parts, platform: bot.platform }))))
    closing.push(everyRound(() => told.round()))
    log({
      event: 'started',
      store: config.redis ? 'redis' : 'sqlite',
      bots: platforms.map(({ name }) => name).join(' '),
      readyMs: Math.round(performance.now()),
    })
    return {
      async stop() {
        log({ event: 'stopping' })
        log({ event: 'stopped', unfinished: await stop(drainMs) })
      },
    }
  } catch (error) {
    await stop(0)
    throw error
  }
}

async function selfCheck(store: SecretStore, keyring: Keyring, log: Log): Promise<void> {
  const findings = await store.check(keyring.kids())
  for (const { level, text } of findings) log({ event: 'finding', severity: level, text })
  const refusals = findings.filter(({ level }) => level === 'refuse')
  if (refusals.length > 0) throw new RefusedError(refusals.map(({ text }) => text).join('\n'))
}

/** Loads the library of each configured platform, and of no other. */
async function openBots(
  { slack, discord, maxTtlSeconds }: Config,
  store: SecretStore,
  log: Log,
): Promise<readonly Bot[]> {
  const bots: Bot[] = []
  if (slack) {
    const { slackBot } = await import('../bots/slack/bot.ts')
    bots.push(slackBot({ ...slack, store, log, maxTtlSeconds }))
  }
  if (discord) {
    const { discordBot } = await import('../bots/discord/bot.ts')
    bots.push(discordBot({ ...discord, store, log, maxTtlSeconds }))
  }
  return bots
}

async function openLinks(...args: Parameters<typeof import('./links.ts')['openWeb']>): Promise<Web> {
  const { openWeb } = await import('./links.ts')
  return await openWeb(...args)
}

/** One port for the links, for platforms that call us, and for whoever watches over the process. */
function listen(
  { host, port, publicUrl, trustedProxies }: Config,
  store: SecretStore,
  bots: readonly Bot[],
  web: Web | undefined,
): Promise<Listening> {
  const listening = webServer({
    host,
    port,
    publicUrl,
    trustedProxies,
    ...(web && { web: web.app }),
    mounted: bots.flatMap(({ http }) => (http ? [http] : [])),
    async ready() {
      await store.look(nobody)
      return { store: true, ...Object.fromEntries(bots.map((bot) => [bot.platform.name, bot.connected()])) }
    },
  })
  return listening.catch((error: unknown) => {
    throw new RefusedError(
      `cannot listen on ${host}:${port} (${codeOf(error)}): HOST and PORT choose another address`,
    )
  })
}

/**
 * Runs rounds one after another, never two at once. The returned function waits for the last one, but not for a platform
 * that does not answer: its news is due again elsewhere.
 */
function everyRound(round: () => Promise<unknown>): () => Promise<void> {
  let last: Promise<unknown> = Promise.resolve()
  let timer: ReturnType<typeof setTimeout>
  let over = false
  const next = () => {
    last = round()
    void last.then(() => {
      if (!over) timer = setTimeout(next, roundMs)
    })
  }
  timer = setTimeout(next, roundMs)
  return async () => {
    over = true
    clearTimeout(timer)
    let waited: ReturnType<typeof setTimeout> | undefined
    const late = new Promise((resolve) => {
      waited = setTimeout(resolve, lastRoundMs)
    })
    await Promise.race([last, late])
    clearTimeout(waited)
  }
}
