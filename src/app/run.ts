import type { Bot } from '../bots/adapter/bot.ts'
import { conversation } from '../bots/conversation.ts'
import { printId } from '../core/format/id.ts'
import { codeOf, type Log } from '../core/log.ts'
import type { SecretStore } from '../core/store.ts'
import { type Listening, webServer } from '../web/server/server.ts'
import { openBots } from './bots.ts'
import type { Config } from './config.ts'
import type { Web } from './links.ts'
import { RefusedError } from './refused.ts'
import { everyRound } from './rounds.ts'
import { shutdown } from './shutdown.ts'
import { checkStore, openKeyring, openLimiter, openStore } from './stores.ts'
import { wire } from './wiring.ts'

/** Sotto, started. */
interface Running {
  /** Stops hearing, lets what is in flight finish, and closes the store last. */
  stop(): Promise<void>
}

/** An id that no secret has: looking for it proves that the store answers. */
const nobody = printId(new Uint8Array(16))

/**
 * Starts Sotto as `config` says, in order: what everything stands on, what hears people, what is due. What was opened is
 * closed again when something cannot be.
 * @throws RefusedError when the environment does not let it start
 */
export async function run(config: Config, log: Log, open: typeof openStore = openStore): Promise<Running> {
  const keyring = await openKeyring(config, log)
  const store = await open(config, log)
  const ending = shutdown(log)
  ending.closes(() => store.close())
  try {
    await checkStore(config, store, keyring, log)
    const limiter = await openLimiter(config)
    ending.closes(() => limiter.close())
    const bots = await openBots(config, store, log)
    const platforms = bots.map(({ platform }) => platform)
    const wiring = await wire(config, { store, keyring, limiter, log, platforms })
    const server = await listen(config, store, bots, wiring.web)
    ending.drains((deadlineMs) => server.stop(deadlineMs))
    log({ event: 'listening', host: server.host, port: server.port })
    for (const bot of bots) ending.drains((deadlineMs) => bot.stop(deadlineMs))
    await Promise.all(bots.map((bot) => bot.start(conversation(wiring.talk(bot.platform)))))
    // Each at its own pace: news that a platform keeps waiting must not keep a secret on a screen.
    ending.closes(everyRound(() => wiring.notices.round()))
    ending.closes(everyRound(() => wiring.errands.round()))
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

const listenReasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program has this port',
  EACCES: 'this user may not open this port',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'this name has no address',
  EAI_AGAIN: 'this name has no address',
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
    details: () => store.findings().map(({ text }) => text),
  })
  return listening.catch((error: unknown) => {
    const code = codeOf(error)
    const ofHost = code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN'
    throw new RefusedError(
      ofHost ? 'HOST' : 'PORT',
      `cannot listen on ${host}:${port} (${code}): ${listenReasons[code] ?? 'choose another address'}`,
      { cause: error },
    )
  })
}
