import { parse as parseBase64url, print as printBase64url } from '../../core/format/base64url.ts'
import type { SecretId } from '../../core/format/id.ts'
import { type Argon2, type KdfParameters, printKdf, webKdf } from '../../core/format/kdf.ts'
import { newReceiptToken, type ReceiptToken, receiptHash } from '../../core/format/receipt-token.ts'
import type { Secret } from '../../core/format/secret.ts'
import { type Derived, derive, open, seal, type Unlocked } from '../../core/format/suite1.ts'
import { newToken, type Token } from '../../core/format/token.ts'
import { parseContent, printContent, type WebContent } from '../../core/format/web-content.ts'

interface SealOptions {
  readonly passphrase?: Secret
  /** ms since epoch, the server's clock. */
  readonly expiresAt: number
  readonly argon2: Argon2
}

/** The body of `POST /secrets`, in base64url. */
interface KeepBody {
  readonly id: SecretId
  readonly sealed: string
  readonly proofHash: string
  readonly receiptHash: string
  readonly expiresAt: number
  readonly kdf?: KdfParameters
}

/** A secret that only its token opens, and what the server is given of it. */
export interface SealedLink {
  readonly token: Token
  readonly receipt: ReceiptToken
  readonly body: KeepBody
}

/** Seals for a link, under a new token. Wipes nothing: the content stays the caller's. @throws what `argon2` throws */
export async function sealForLink(content: WebContent, options: SealOptions): Promise<SealedLink> {
  const { passphrase, expiresAt, argon2 } = options
  const token = newToken('w1')
  const derived = derive(token)
  const kdf = passphrase && webKdf
  const unlocked = await unlock(derived, passphrase, kdf, argon2)
  const printed = printContent(content)
  const context = { expiresAt, recipient: derived.recipient(), kdf: printKdf(kdf) }
  const sealed = seal(derived, unlocked, printed, context)
  printed.wipe()
  const receipt = newReceiptToken(derived.id)
  return {
    token,
    receipt,
    body: {
      id: derived.id,
      sealed: printBase64url(sealed),
      proofHash: printBase64url(unlocked.proofHash()),
      receiptHash: printBase64url(receiptHash(receipt.proof)),
      expiresAt,
      ...(kdf && { kdf }),
    },
  }
}

/** With the passphrase where there is one. */
export async function unlock(
  derived: Derived,
  passphrase: Secret | undefined,
  kdf: KdfParameters | undefined,
  argon2: Argon2,
): Promise<Unlocked> {
  if (passphrase === undefined || kdf === undefined) return derived.unlock()
  const stretched = await derived.stretch(passphrase, kdf, argon2)
  if (stretched === 'busy') throw new TypeError('a browser has no queue')
  return derived.unlock(stretched)
}

/** What was sealed for the link, or undefined when these bytes are not what was. */
export function openFromLink(
  derived: Derived,
  unlocked: Unlocked,
  claimed: { readonly sealed: string; readonly expiresAt: number; readonly kdf?: KdfParameters | undefined },
): WebContent | undefined {
  const { expiresAt, kdf } = claimed
  const sealed = parseBase64url(claimed.sealed)
  const context = { expiresAt, recipient: derived.recipient(), kdf: printKdf(kdf) }
  const opened = sealed && open(derived, unlocked, sealed, context)
  if (opened?.why !== 'opened') return undefined
  const content = parseContent(opened.secret)
  opened.secret.wipe()
  return content
}

/** The body of `POST /asks/:id/answer`: plain text, as chat shows it, sealed for whoever asked. */
export function sealAnswer(
  token: Token,
  text: Secret,
  ask: { readonly expiresAt: number; readonly recipient: string },
): object {
  const derived = derive(token)
  const unlocked = derived.unlock()
  const recipient = parseBase64url(ask.recipient) ?? new Uint8Array(0)
  const context = { expiresAt: ask.expiresAt, recipient, kdf: printKdf() }
  return {
    answerProof: printBase64url(derived.answerProof()),
    sealed: printBase64url(seal(derived, unlocked, text, context)),
    proofHash: printBase64url(unlocked.proofHash()),
  }
}
