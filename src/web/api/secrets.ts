import type { WebVault } from '../../core/web-vault.ts'
import type { FailedClaims } from './failed-claims.ts'
import { Refused } from './problems.ts'
import { routes } from './routes.ts'
import type { Serving } from './serve.ts'

/** Keeping a secret, looking at its cover, claiming it and settling the claim. */
export function serveSecrets({ serve, serveOne }: Serving, vault: WebVault, failed: FailedClaims): void {
  for (const route of [routes.keep, routes.keepFile]) {
    serve(route, async (body) => {
      const { kdf, ...order } = body
      const result = await vault.keep({ ...order, ...(kdf && { kdf }) })
      if (result !== 'kept') throw new Refused(result)
      return { id: body.id, expiresAt: body.expiresAt }
    })
  }

  serveOne(routes.cover, async (_body, id) => {
    const cover = await vault.cover(id)
    if (cover.why === 'gone') throw new Refused('gone')
    const { why: state, ...known } = cover
    return { state, ...known }
  })

  serveOne(routes.claim, async ({ proof, claimId }, id) => {
    failed.check(id)
    const result = await vault.claim({ id, proof, claimId })
    if (result.why === 'claimed') {
      const { sealed, expiresAt, leaseUntil, kdf } = result
      return { sealed: base64url(sealed), expiresAt, leaseUntil, kdf }
    }
    await failed.count(id)
    if (result.why === 'wrong-passphrase') throw new Refused(result.why, { triesLeft: result.triesLeft })
    throw new Refused(result.why, result.why === 'opening' ? { retryAfterSeconds: 60 } : {})
  })

  serveOne(routes.settle, async ({ claimId }, id) => {
    if (!(await vault.settle(id, claimId))) throw new Refused('not-holder')
  })
}

/** A megabyte at once is what Node's own encoder is for. */
function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64url')
}
