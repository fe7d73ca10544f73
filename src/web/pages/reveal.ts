import './address-bar.ts'
import { print as printBase64url } from '../../core/format/base64url.ts'
import { random } from '../../core/format/random.ts'
import { Secret } from '../../core/format/secret.ts'
import { type Derived, derive } from '../../core/format/suite1.ts'
import { parseToken } from '../../core/format/token.ts'
import type { WebContent } from '../../core/format/web-content.ts'
import { onFragment, takeFragment } from './address-bar.ts'
import { api, type Cover, type Failure, persist } from './api.ts'
import { argon2, NoArgon2Error } from './argon2.ts'
import { button, complain, element, get, input, say, show } from './dom.ts'
import { showFile, showText, startShown, wipeShown } from './reveal-shown.ts'
import { openFromLink, unlock } from './sealing.ts'
import { trouble, words } from './words.ts'

const form = get('form', HTMLFormElement)
const passphrase = input('passphrase')
const formError = element('form-error')
const progress = get('progress', HTMLProgressElement)

/** The link of this page while it can still be opened here; in this variable and nowhere else. */
let derived: Derived | undefined
let cover: Cover | undefined
/** Ours alone: with it, and inside the lease, a torn claim goes on. */
let claimId = ''
/** What "Try again" does. */
let again: () => void = () => undefined

function begin(): void {
  wipe()
  const token = parseToken(takeFragment())
  if (token?.kind !== 'w1') {
    show('incomplete')
    return
  }
  derived = derive(token)
  claimId = printBase64url(random(16))
  void look()
}

/** Asks whether it can be opened. Changes nothing, here or on the server. */
async function look(): Promise<void> {
  const id = derived?.id
  if (id === undefined) return
  show('looking')
  const answer = await persist(() => api.cover(id), [500, 1_500])
  if (answer.why !== 'ok') {
    if (answer.why === 'gone') end('gone')
    else fail(answer, 'unopened', () => void look())
    return
  }
  cover = answer.body
  if (cover.state === 'opening') {
    show('opening')
    return
  }
  element('passphrase-part').hidden = cover.kdf === undefined
  element('tries').textContent = words.triesLeft(cover.triesLeft)
  element('expires').textContent = words.unopenedUntil((cover.expiresAt - Date.now()) / 1000)
  show('cover')
  if (cover.kdf) passphrase.focus()
}

async function open(): Promise<void> {
  const link = derived
  if (link === undefined || cover === undefined) return
  const { kdf } = cover
  const spoken = passphrase.value.trim()
  if (kdf && spoken === '') {
    complain(passphrase, words.emptyPassphrase)
    return
  }
  if (!spoken.isWellFormed()) {
    complain(passphrase, words.brokenText)
    return
  }
  complain(passphrase, '')
  say(formError, '')
  show('working')
  say(element('working-words'), kdf ? words.openingWithPassphrase : words.opening)
  progress.removeAttribute('value')
  const shown = (fraction: number) => {
    progress.value = fraction
  }
  const unlocked = await unlock(link, kdf && Secret.fromText(spoken), kdf, argon2(shown))
  progress.removeAttribute('value')
  const body = { proof: printBase64url(unlocked.proof()), claimId }
  const answer = await persist(() => api.claim(link.id, body))
  if (answer.why !== 'ok') {
    refused(answer)
    return
  }
  const content = openFromLink(link, unlocked, answer.body)
  if (content === undefined) {
    // Never settled: the sender's receipt then says that it may have been shown.
    end('trouble')
    element('trouble-words').textContent = words.tampered
    button('try-again').hidden = true
    return
  }
  reveal(content)
  await persist(() => api.settle(link.id, { claimId }), [500, 1_000, 2_000, 4_000, 8_000, 16_000])
}

function reveal(content: WebContent): void {
  forget()
  if (content.what === 'text') showText(content.text)
  else showFile(content.name, content.bytes)
}

function refused(failure: Failure): void {
  switch (failure.why) {
    case 'wrong-passphrase':
      show('cover')
      element('tries').textContent = ''
      complain(passphrase, words.wrongPassphrase(failure.triesLeft ?? 0))
      passphrase.select()
      if (cover) cover = { ...cover, triesLeft: failure.triesLeft ?? 0 }
      return
    case 'gone': {
      const last = cover?.kdf !== undefined && cover.triesLeft === 1
      end('gone')
      if (last) element('gone-lead').textContent = words.lastTry
      return
    }
    case 'opening':
      show('opening')
      return
    case 'offline':
    case 'unavailable':
    case 'internal':
      // The server may have counted the claim: the same claim id goes on where it was torn.
      fail(failure, 'opening', () => void run())
      return
    default:
      show('cover')
      say(formError, trouble(failure, 'unopened'))
  }
}

function fail(failure: Failure, state: 'unopened' | 'opening', retry: () => void): void {
  show('trouble')
  element('trouble-words').textContent = trouble(failure, state)
  button('try-again').hidden = false
  again = retry
}

async function run(): Promise<void> {
  const press = button('show')
  press.disabled = true
  try {
    await open()
  } catch (error) {
    show('cover')
    say(formError, error instanceof NoArgon2Error ? words.noWorker : trouble({ why: 'internal' }, 'unopened'))
  } finally {
    press.disabled = false
  }
}

/** The link can do nothing more here. */
function end(view: string): void {
  forget()
  show(view)
}

function forget(): void {
  derived = undefined
  cover = undefined
  passphrase.value = ''
}

function wipe(): void {
  forget()
  wipeShown()
}

form.addEventListener('submit', (event) => {
  event.preventDefault()
  void run()
})
button('peek').addEventListener('click', () => {
  const hidden = passphrase.type === 'password'
  passphrase.type = hidden ? 'text' : 'password'
  button('peek').setAttribute('aria-pressed', String(hidden))
})
button('look-again').addEventListener('click', () => void look())
button('try-again').addEventListener('click', () => again())
startShown()
onFragment(begin)
// From the back/forward cache a page would come back as it was left: with the secret on it.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) begin()
})
addEventListener('pagehide', wipe)
begin()
