import { print as printBase64url } from '../../core/format/base64url.ts'
import type { WebVault } from '../../core/web-vault.ts'
import { Refused } from './problems.ts'
import { routes } from './routes.ts'
import type { Serving } from './serve.ts'

/** What the drop page shows of a request. */
export interface AskText {
  /** Who asks, as people know them. */
  readonly from: string
  /** What for; empty when nothing was said. */
  readonly note: string
  /** The longest answer that their platform can show. */
  readonly maxCharacters: number
}

/** Requests for a secret, and the one answer to each. `describe` reads what `WebVault.ask` was given as `about`. */
export function serveAsks(
  { serveOne }: Serving,
  vault: WebVault,
  describe: (about: Uint8Array) => AskText | undefined,
): void {
  serveOne(routes.ask, async (_body, id) => {
    const ask = await vault.askCover(id)
    const text = ask && describe(ask.about)
    if (ask === undefined || text === undefined) throw new Refused('gone')
    return { ...text, expiresAt: ask.expiresAt, recipient: printBase64url(ask.recipient) }
  })

  serveOne(routes.answer, async (body, id) => {
    const state = await vault.answer({ id, ...body })
    if (state === 'gone') throw new Refused('gone')
    return { state }
  })
}
