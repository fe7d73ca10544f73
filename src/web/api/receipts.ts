import type { WebVault } from '../../core/web-vault.ts'
import { Refused } from './problems.ts'
import { routes } from './routes.ts'
import type { Serving } from './serve.ts'

/** What the sender's receipt token is good for: reading what became of a secret, and burning it. */
export function serveReceipts({ serveOne }: Serving, vault: WebVault): void {
  serveOne(routes.receipt, async ({ receipt }, id) => {
    const found = await vault.receipt(id, receipt)
    if (found === undefined) throw new Refused('gone')
    return found
  })

  serveOne(routes.burn, async ({ receipt }, id) => {
    const result = await vault.burn(id, receipt)
    if (result === 'busy') throw new Refused('opening', { retryAfterSeconds: 60 })
    if (result === 'gone') throw new Refused('gone')
    return { state: result }
  })
}
