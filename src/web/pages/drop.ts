import './address-bar.ts'
import { Secret } from '../../core/format/secret.ts'
import { derive } from '../../core/format/suite1.ts'
import { parseToken, type Token } from '../../core/format/token.ts'
import { onFragment, takeFragment } from './address-bar.ts'
import { type AskText, api, persist } from './api.ts'
import { button, complain, element, get, say, setTime, show } from './dom.ts'
import { sealAnswer } from './sealing.ts'
import { at } from './time.ts'
import { trouble, words } from './words.ts'

const form = get('form', HTMLFormElement)
const secret = get('secret', HTMLTextAreaElement)

let token: Token | undefined
let ask: AskText | undefined

function begin(): void {
  wipe()
  const found = parseToken(takeFragment())
  if (found?.kind !== 'd1') {
    show('incomplete')
    return
  }
  token = found
  void look()
}

async function look(): Promise<void> {
  const mine = token
  if (mine === undefined) return
  show('looking')
  const answer = await persist(() => api.ask(derive(mine).id), [500, 1_500])
  if (answer.why !== 'ok') {
    if (answer.why === 'gone') end('gone')
    else {
      show('trouble')
      element('trouble-words').textContent = trouble(answer, 'unsent')
    }
    return
  }
  ask = answer.body
  for (const id of ['from', 'from-again', 'from-done']) element(id).textContent = ask.from || words.somebody
  element('note').textContent = ask.note
  element('note-part').hidden = ask.note === ''
  element('secret-hint').textContent = words.dropHint(ask.maxCharacters)
  setTime('until', ask.expiresAt, at(ask.expiresAt))
  show('form')
}

async function handOver(): Promise<void> {
  const mine = token
  if (mine === undefined || ask === undefined) return
  const text = secret.value
  const reason =
    text === ''
      ? words.emptySecret
      : !text.isWellFormed()
        ? words.brokenText
        : text.length > ask.maxCharacters
          ? words.longAnswer(ask.maxCharacters, text.length)
          : ''
  complain(secret, reason)
  if (reason !== '') return
  say(element('form-error'), '')
  const plain = Secret.fromText(text)
  // Sealed once: the same bytes again are the same answer, however often the connection breaks.
  const body = sealAnswer(mine, plain, ask)
  plain.wipe()
  const answer = await persist(() => api.answer(derive(mine).id, body))
  if (answer.why === 'ok') end('done')
  else if (answer.why === 'gone') end('gone')
  else say(element('form-error'), trouble(answer, 'unsent'))
}

function end(view: string): void {
  wipe()
  show(view)
}

function wipe(): void {
  token = undefined
  ask = undefined
  secret.value = ''
}

form.addEventListener('submit', (event) => {
  event.preventDefault()
  const press = button('seal')
  press.disabled = true
  handOver().finally(() => {
    press.disabled = false
  })
})
button('try-again').addEventListener('click', () => void look())
onFragment(begin)
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) begin()
})
addEventListener('pagehide', wipe)
begin()
