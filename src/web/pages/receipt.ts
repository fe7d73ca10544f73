import './address-bar.ts'
import { print as printBase64url } from '../../core/format/base64url.ts'
import { parseReceiptToken, printReceiptToken, type ReceiptToken } from '../../core/format/receipt-token.ts'
import { maxWrongProofs } from '../../core/store.ts'
import { onFragment, takeFragment } from './address-bar.ts'
import { api, persist, type Receipt } from './api.ts'
import { copy } from './copy.ts'
import { button, element, say, setTime, show } from './dom.ts'
import { at } from './time.ts'
import { trouble, words } from './words.ts'

/** How often the page looks again while something can still happen, ms. */
const roundMs = 10_000

type Shown = keyof typeof words.receiptTitle

let token: ReceiptToken | undefined
let last: Shown | undefined
let notify = false
let timer: ReturnType<typeof setTimeout> | undefined

function begin(): void {
  clearTimeout(timer)
  last = undefined
  token = parseReceiptToken(takeFragment())
  if (token === undefined) {
    show('incomplete')
    return
  }
  show('looking')
  void look()
}

function body(receipt: ReceiptToken): object {
  return { receipt: printBase64url(receipt.proof) }
}

async function look(): Promise<void> {
  clearTimeout(timer)
  const mine = token
  if (mine === undefined) return
  const answer = await persist(() => api.receipt(mine.id, body(mine)), [500, 1_500])
  if (token !== mine) return
  if (answer.why === 'ok') {
    tell(answer.body)
    return
  }
  if (answer.why === 'gone') {
    token = undefined
    show('gone')
    return
  }
  // A page that already shows something keeps it, and says how old it is by not changing the time.
  if (last === undefined) {
    show('trouble')
    element('trouble-words').textContent = trouble(answer, 'receipt')
    return
  }
  say(element('error'), trouble(answer, 'receipt'))
  again()
}

function again(): void {
  timer = setTimeout(() => void look(), roundMs)
}

function tell(receipt: Receipt): void {
  const state: Shown = receipt.state === 'asked' || receipt.state === 'staged' ? 'sealed' : receipt.state
  const { createdAt, changedAt, expiresAt, triesLeft } = receipt
  const alive = state === 'sealed' || state === 'claimed'
  const title = words.receiptTitle[state]
  const changed = state !== last
  element('state-title').textContent = title
  element('state-words').textContent = words.receiptWords[state]
  setTime('created', createdAt, at(createdAt))
  element('changed-part').hidden = state === 'sealed'
  element('changed-label').textContent = words.changedLabel[state]
  setTime('changed', changedAt, at(changedAt))
  setTime('expires', expiresAt, at(expiresAt))
  element('expires-label').textContent = alive ? 'Expires' : 'Would have expired'
  element('tries-part').hidden = triesLeft === maxWrongProofs
  element('tries').textContent = `${maxWrongProofs - triesLeft} of ${maxWrongProofs}`
  element('live').hidden = !alive
  element('fresh').textContent = words.fresh(new Date().toLocaleTimeString())
  say(element('error'), '')
  if (changed) {
    if (notify && last !== undefined)
      new Notification('Sotto', { body: words.notification(title), tag: 'sotto' })
    last = state
    ask(false)
    show('receipt')
  }
  if (alive) again()
}

/** The second step of burning: nothing is destroyed by one slip. */
function ask(sure: boolean): void {
  element('burn-sure').hidden = !sure
  element('burn-part').hidden = sure
}

async function burn(): Promise<void> {
  const mine = token
  if (mine === undefined) return
  const answer = await persist(() => api.burn(mine.id, body(mine)))
  if (answer.why === 'ok') say(element('said'), words.burned)
  else if (answer.why === 'gone' || answer.why === 'opening') say(element('said'), words.notBurned)
  else say(element('error'), trouble(answer, 'receipt'))
  await look()
}

button('burn').addEventListener('click', () => {
  ask(true)
  button('burn-no').focus()
})
button('burn-no').addEventListener('click', () => {
  ask(false)
  button('burn').focus()
})
button('burn-yes').addEventListener('click', () => void burn())
button('try-again').addEventListener('click', () => void look())
button('copy-receipt').addEventListener('click', async () => {
  const mine = token
  const terms = await api.terms()
  if (mine === undefined || terms.why !== 'ok') return
  const done = await copy(`${terms.body.publicUrl}/r#${printReceiptToken(mine)}`)
  say(element('said'), done ? words.receiptCopied : words.notCopied)
})
button('notify').hidden = !('Notification' in globalThis)
button('notify').addEventListener('click', async () => {
  notify = !notify && (await Notification.requestPermission()) === 'granted'
  const press = button('notify')
  press.setAttribute('aria-pressed', String(notify))
  press.textContent = notify ? words.notifying : words.notify
  if (!notify && Notification.permission === 'denied') say(element('said'), words.notifyRefused)
})
onFragment(begin)
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) begin()
})
addEventListener('pagehide', () => {
  clearTimeout(timer)
  token = undefined
})
begin()
