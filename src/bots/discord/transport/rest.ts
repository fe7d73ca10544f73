import { REST, type RequestMethod, type RouteLike } from 'discord.js'
import type { Failure } from '../../adapter/platform.ts'
import { classify } from '../errors.ts'

interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly route: RouteLike
  readonly body?: unknown
  readonly query?: Readonly<Record<string, string>>
  /** The whole call, waiting for the library's own rate limiter included, ms. */
  readonly timeoutMs?: number
}

/** What Discord answered, or why a call was not `ok`. */
export type Answer = { readonly why: 'ok'; readonly body: unknown } | Failure

/** Calls to Discord's REST API. Each is sent once; none rejects, and no error of the library gets past this. */
export interface Rest {
  /** With the bot's token: channels, users, commands. */
  asBot(call: Call): Promise<Answer>
  /** With the interaction's token in the route: callbacks, follow-ups, `@original`. */
  through(call: Call): Promise<Answer>
  close(): void
}

interface RestOptions {
  readonly token: string
  readonly apiUrl?: string
}

/** Three attempts of a reveal fit into its lease of 15 s. */
const interactionMs = 4_000

const botMs = 10_000

/** What the library may let a call of the bot wait for a rate limit to pass, ms; beyond it the call fails unsent. */
const patienceMs = 5_000

/**
 * The library repeats what failed with a 5xx, a reset or a timeout three times by itself. Here it may not: whether a
 * call may be made again is the caller's to know.
 */
export function discordRest({ token, apiUrl }: RestOptions): Rest {
  const common = { retries: 0, ...(apiUrl !== undefined && { api: apiUrl }) }
  const bot = new REST({
    ...common,
    timeout: botMs,
    rejectOnRateLimit: ({ retryAfter }) => retryAfter > patienceMs,
  })
  // What goes through an interaction's token does not count against the bot's global limit.
  const interactions = new REST({
    ...common,
    timeout: interactionMs,
    globalRequestsPerSecond: Number.POSITIVE_INFINITY,
    rejectOnRateLimit: () => true,
  })

  async function send(
    rest: REST,
    auth: boolean,
    { method, route, body, query, timeoutMs }: Call,
  ): Promise<Answer> {
    try {
      const answer = await rest.request({
        method: method as RequestMethod,
        fullRoute: route,
        auth,
        ...(body !== undefined && { body }),
        ...(query && { query: new URLSearchParams(query) }),
        signal: AbortSignal.timeout(timeoutMs ?? (auth ? botMs + patienceMs : interactionMs)),
      })
      return { why: 'ok', body: answer }
    } catch (error) {
      return classify(error)
    }
  }

  return {
    asBot: (call) => {
      // A 401 makes the library forget the token for ever, and every later call would fail without a word.
      bot.setToken(token)
      return send(bot, true, call)
    },
    // Without `auth: false` an interaction token that ran out, a 401 too, would cost the bot its own.
    through: (call) => send(interactions, false, call),
    close: () => {
      for (const rest of [bot, interactions]) {
        rest.clearHashSweeper()
        rest.clearHandlerSweeper()
      }
    },
  }
}
