import './address-bar.ts'
import { maxTtlSeconds, offeredLifetimes, startingTtl } from '../../core/format/expiry.ts'
import { printReceiptToken } from '../../core/format/receipt-token.ts'
import { Secret } from '../../core/format/secret.ts'
import { printToken } from '../../core/format/token.ts'
import type { WebContent } from '../../core/format/web-content.ts'
import { api, persist, type Terms } from './api.ts'
import { argon2, NoArgon2Error } from './argon2.ts'
import { chosenFile, startFile } from './compose-file.ts'
import { startGenerator } from './compose-generator.ts'
import { showLink, startLink, wipeLink } from './compose-link.ts'
import { button, complain, element, get, input, say, show } from './dom.ts'
import { sealForLink } from './sealing.ts'
import { at, lasting, sized } from './time.ts'
import { trouble, words } from './words.ts'

const form = get('form', HTMLFormElement)
const secret = get('secret', HTMLTextAreaElement)
const passphrase = input('passphrase')
const expiry = get('expiry', HTMLSelectElement)
const formError = element('form-error')
const progress = get('progress', HTMLProgressElement)

/** What the server takes; asked for again with every secret, as it also tells the server's clock. */
let terms: Terms | undefined

function isFile(): boolean {
  return form.querySelector<HTMLInputElement>('input[name=what]:checked')?.value === 'file'
}

function offerExpiries(maxSeconds: number): void {
  expiry.replaceChildren(
    ...offeredLifetimes(maxSeconds).map((seconds) => {
      const chosen = seconds === startingTtl(maxSeconds)
      return new Option(lasting(seconds), String(seconds), chosen, chosen)
    }),
  )
}

/** What is to be sealed, or undefined after the field that is wrong has said so. */
async function content(): Promise<WebContent | undefined> {
  if (isFile()) {
    const file = chosenFile(terms?.maxFileBytes)
    if (file === undefined) return undefined
    try {
      return { what: 'file', name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) }
    } catch {
      complain(input('file'), words.unreadableFile)
      return undefined
    }
  }
  const text = secret.value
  const most = terms?.maxTextBytes ?? 40_960
  const reason =
    text === ''
      ? words.emptySecret
      : !text.isWellFormed()
        ? words.brokenText
        : new TextEncoder().encode(text).length > most
          ? words.longSecret(sized(most))
          : ''
  complain(secret, reason)
  return reason === '' ? { what: 'text', text: Secret.fromText(text) } : undefined
}

function fail(words: string): void {
  show('form')
  say(formError, words)
  formError.scrollIntoView({ block: 'center' })
}

async function sealIt(): Promise<void> {
  say(formError, '')
  const chosen = await content()
  if (chosen === undefined) return
  const spoken = passphrase.value.trim()
  if (!spoken.isWellFormed()) {
    complain(passphrase, words.brokenText)
    return
  }
  complain(passphrase, '')
  show('working')
  say(element('working-words'), spoken === '' ? words.sealing : words.sealingWithPassphrase)
  progress.removeAttribute('value')
  const fresh = await persist(api.terms, [300, 1_000])
  if (fresh.why !== 'ok') {
    fail(trouble(fresh, 'unsent'))
    return
  }
  terms = fresh.body
  const expiresAt = terms.now + Number(expiry.value) * 1000
  const sealed = await sealForLink(chosen, {
    ...(spoken !== '' && { passphrase: Secret.fromText(spoken) }),
    expiresAt,
    argon2: argon2((fraction) => {
      progress.value = fraction
    }),
  })
  say(element('working-words'), words.sending)
  progress.removeAttribute('value')
  const kept = await persist(() => api.keep(sealed.body, chosen.what === 'file'))
  if (kept.why !== 'ok') {
    fail(trouble(kept, 'unsent'))
    return
  }
  const { publicUrl } = terms
  showLink({
    link: `${publicUrl}/s#${printToken(sealed.token)}`,
    receiptLink: `${publicUrl}/r#${printReceiptToken(sealed.receipt)}`,
    expiresAt,
    until: at(expiresAt),
    withPassphrase: spoken !== '',
  })
  wipeForm()
}

function wipeForm(): void {
  form.reset()
  secret.value = ''
  passphrase.value = ''
  input('file').value = ''
  element('made').textContent = ''
  for (const details of document.querySelectorAll('details')) details.open = false
  choose()
}

function choose(): void {
  element('text-part').hidden = isFile()
  element('file-part').hidden = !isFile()
}

form.addEventListener('submit', (event) => {
  event.preventDefault()
  const seal = button('seal')
  seal.disabled = true
  sealIt()
    .catch((error: unknown) => {
      fail(error instanceof NoArgon2Error ? words.noWorkerSealing : trouble({ why: 'internal' }, 'unsent'))
    })
    .finally(() => {
      seal.disabled = false
    })
})
for (const choice of form.querySelectorAll('input[name=what]')) choice.addEventListener('change', choose)
button('again').addEventListener('click', () => {
  wipeLink()
  show('form')
})
// Coming back by the browser's buttons finds an empty form, not the last secret or its link.
addEventListener('pageshow', ({ persisted }) => {
  if (!persisted) return
  wipeForm()
  wipeLink()
  show('form')
})
addEventListener('pagehide', () => {
  wipeForm()
  wipeLink()
})

startFile(() => terms?.maxFileBytes)
startGenerator(secret, passphrase)
startLink()
offerExpiries(maxTtlSeconds)
wipeForm()
show('form')
void api.terms().then((answer) => {
  if (answer.why !== 'ok') return
  terms = answer.body
  element('file-max').textContent = sized(answer.body.maxFileBytes)
  const chosen = expiry.value
  offerExpiries(answer.body.maxTtlSeconds)
  if ([...expiry.options].some(({ value }) => value === chosen)) expiry.value = chosen
})
