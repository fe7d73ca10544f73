import type { SecretId } from './format/id.ts'
import type { Party } from './format/party.ts'
import { derive, hashProof } from './format/suite1.ts'
import { newToken, type Token } from './format/token.ts'
import type { Keyring } from './keyring.ts'
import { openNote, ownerHashes, sealNote, sealOuter } from './outer.ts'
import type { SecretStore } from './store.ts'

/** A request for a secret from somebody outside, answered once by whoever has the drop link. */
interface Ask {
  /** Who will open the answer, in chat. */
  readonly recipient: Party
  /** Who may cancel and list it; usually the recipient. */
  readonly owner: Party
  /** What the receipt says, and what the drop page is described from. */
  readonly about: Uint8Array
  readonly ttlSeconds: number
}

/** An open request, to be put on a card and into a drop link. */
export interface Asked {
  readonly id: SecretId
  /** For the requester's card and for the drop link's fragment; returned once and kept nowhere. */
  readonly token: Token<'d1'>
  readonly expiresAt: number
}

/** What the drop page seals for. */
interface AskCover {
  readonly about: Uint8Array
  readonly expiresAt: number
  /** 16 bytes, authenticated in what the page seals. */
  readonly recipient: Uint8Array
}

/** What a drop page sends: sealed there, and proven to come from the drop link. */
interface DropAnswer {
  readonly id: SecretId
  /** 32 bytes, from the drop link's token. */
  readonly answerProof: Uint8Array
  readonly sealed: Uint8Array
  readonly proofHash: Uint8Array
}

/** Requests to people outside: asked in chat, answered in a browser, opened in chat. */
export interface Asks {
  /** Opens a request; the drop link is `PUBLIC_URL/d#` and the token. @throws when the store cannot be reached */
  ask(ask: Ask): Promise<Asked>
  /** What an open request asks for; undefined when it is answered, cancelled, expired or unknown. */
  askCover(id: SecretId): Promise<AskCover | undefined>
  /** Keeps the one answer to a request. `gone`: not open, or not from this drop link. */
  answer(answer: DropAnswer): Promise<'sealed' | 'gone'>
}

/** The requests that `store` keeps. */
export function asks(store: SecretStore, keyring: Keyring): Asks {
  return {
    async ask({ recipient, owner, about, ttlSeconds }) {
      const token = newToken('d1')
      const derived = derive(token)
      const { id } = derived
      const expiresAt = (await store.now()) + ttlSeconds * 1000
      const [ownerHash] = ownerHashes(keyring, owner)
      await store.put({
        id,
        kind: 'd1',
        kid: '',
        proofHash: hashProof(derived.answerProof()),
        recipient: derived.recipient(recipient),
        owner: ownerHash,
        kdf: new Uint8Array(0),
        receipt: sealNote(keyring, id, 'receipt/v1', about),
        expiresAt,
      })
      return { id, token, expiresAt }
    },

    async askCover(id) {
      const receipt = await store.look(id)
      if (receipt?.kind !== 'd1' || receipt.state !== 'asked') return undefined
      const about = openNote(keyring, id, 'receipt/v1', receipt.receipt)
      return about && { about, expiresAt: receipt.expiresAt, recipient: receipt.recipient }
    },

    async answer({ id, answerProof, sealed, proofHash }) {
      // The nonce comes from the bytes, so that the same answer sent again after a lost reply is the same to the store.
      const outer = sealOuter(keyring, id, sealed, (size) => hashProof(sealed).slice(0, size))
      const answerHash = hashProof(answerProof)
      const result = await store.answer(id, { answerHash, sealed: outer.bytes, kid: outer.kid, proofHash })
      return result === 'sealed' ? 'sealed' : 'gone'
    },
  }
}
