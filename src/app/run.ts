import type { Bot } from '../bots/adapter/bot.ts'
import { conversation } from '../bots/conversation.ts'
import { printId } from '../core/format/id.ts'
import type { Keyring } from '../core/keyring.ts'
import { codeOf, type Log } from '../core/log.ts'
import type { SecretStore } from '../core/store.ts'
import { type Listening, webServer } from '../web/server/server.ts'
import { openBots } from './bots.ts'
import type { Config } from './config.ts'
import type { Web } from './links.ts'
import { everyRound } from './rounds.ts'
import { shutdown } from './shutdown.ts'
import { openKeyring, openLimiter, openStore } from './stores.ts'
import { wire } from './wiring.ts'

/** A start that must not happen; the message says why and what to do. */
export class RefusedError extends Error {
  readonly code = 'refused'

  constructor(message: string) {
    super(message)
    this.name = 'RefusedError'
  }
}

/** Sotto, started. */
export interface Running {
  /** Stops hearing, lets what is in flight finish, and closes the store last. */
  stop(): Promise<void>
}

/** An id that no secret has: looking for it proves that the store answers. */
const nobody = printId(new Uint8Array(16))

/**
 * Starts Sotto as `config` says, in order: what everything stands on, what hears people, what is due. What was opened is
 * closed again when something cannot be.
 * @throws RefusedError when the store is not fit to keep secrets or the port is taken; what the store and the keys throw
 */
export async function run(config: Config, log: Log, open: typeof openStore = openStore): Promise<Running> {
  const keyring = await openKeyring(config, log)
  const store = await open(config)
  const ending = shutdown(log)
  ending.closes(() => store.close())
  try {
    await selfCheck(store, keyring, log)
    const limiter = await openLimiter(config)
    ending.closes(() => limiter.close())
    const bots = await openBots(config, store, log)
    const platforms = bots.map(({ platform }) => platform)
    const wiring = await wire(config, { store, keyring, limiter, log, platforms })
    const server = await listen(config, store, bots, wiring.web)
    ending.hears((deadlineMs) => server.stop(deadlineMs))
    log({ event: 'listening', host: server.host, port: server.port })
    for (const bot of bots) ending.hears((deadlineMs) => bot.stop(deadlineMs))
    await Promise.all(bots.map((bot) => bot.start(conversation(wiring.talk(bot.platform)))))
    ending.closes(everyRound(() => wiring.notices.round()))
    log({
      event: 'started',
      store: config.redis ? 'redis' : 'sqlite',
      bots: platforms.map(({ name }) => name).join(' '),
      readyMs: Math.round(performance.now()),
    })
    return {
      async stop() {
        log({ event: 'stopping' })
        log({ event: 'stopped', unfinished: await ending.stop(config.drainMs) })
      },
    }
  } catch (error) {
    await ending.stop(0)
    throw error
  }
}

async function selfCheck(store: SecretStore, keyring: Keyring, log: Log): Promise<void> {
  const findings = await store.check(keyring.kids())
  for (const { level, text } of findings) log({ event: 'finding', severity: level, text })
  const refusals = findings.filter(({ level }) => level === 'refuse')
  if (refusals.length > 0) throw new RefusedError(refusals.map(({ text }) => text).join('\n'))
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
