import { copy } from './copy.ts'
import { button, element, get, input, setTime, show } from './dom.ts'
import { qrCode } from './qr.ts'
import { words } from './words.ts'

interface MadeLink {
  readonly link: string
  readonly receiptLink: string
  /** ms since epoch. */
  readonly expiresAt: number
  /** The same for people. */
  readonly until: string
  readonly withPassphrase: boolean
}

/** Shows what was made: the link to send, and the receipt to keep. */
export function showLink({ link, receiptLink, expiresAt, until, withPassphrase }: MadeLink): void {
  input('link').value = link
  input('receipt-link').value = receiptLink
  get('open-receipt', HTMLAnchorElement).href = receiptLink
  element('tell-passphrase').hidden = !withPassphrase
  element('qr').replaceChildren(qrCode(link, 'QR code of the link'))
  element('copied').textContent = ''
  setTime('until', expiresAt, until)
  show('link')
}

/** Takes the link off the page, and out of its memory as far as a page can. */
export function wipeLink(): void {
  input('link').value = ''
  input('receipt-link').value = ''
  get('open-receipt', HTMLAnchorElement).href = '/r'
  element('qr').replaceChildren()
  element('copied').textContent = ''
}

/** Makes the two copy buttons work, and their fields select themselves. */
export function startLink(): void {
  for (const [press, field] of [
    [button('copy-link'), input('link')],
    [button('copy-receipt'), input('receipt-link')],
  ] as const) {
    press.addEventListener('click', async () => {
      const done = await copy(field.value)
      element('copied').textContent = done ? words.copied : words.notCopied
      if (!done) field.select()
    })
    field.addEventListener('focus', () => field.select())
  }
}
