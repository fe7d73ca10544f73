import type { Secret } from '../../core/format/secret.ts'
import { safeName } from '../../core/format/web-content.ts'
import { copy } from './copy.ts'
import { button, element, show } from './dom.ts'
import { sized } from './time.ts'
import { words } from './words.ts'

/** How long a text stays on the screen, s. */
const shownSeconds = 60

let text: Secret | undefined
let file: { readonly name: string; readonly bytes: Uint8Array } | undefined
let countdown: ReturnType<typeof setInterval> | undefined

/** Puts the text on the page, byte for byte, for a minute. Whatever it says, it is text. */
export function showText(secret: Secret): void {
  text = secret
  element('text').textContent = secret.text()
  element('copied').textContent = ''
  const hidesAt = Date.now() + shownSeconds * 1000
  const tick = () => {
    const left = Math.ceil((hidesAt - Date.now()) / 1000)
    element('countdown').textContent = words.hidesIn(left)
    if (left <= 0) hide()
  }
  tick()
  countdown = setInterval(tick, 1000)
  show('text')
}

/** Offers the file for saving. It is in this page's memory until it is forgotten. */
export function showFile(name: string, bytes: Uint8Array): void {
  file = { name: safeName(name), bytes }
  element('file-name').textContent = file.name
  element('file-size').textContent = sized(bytes.length)
  element('saved').textContent = ''
  show('file')
}

/** Takes everything that was shown off the page. */
export function wipeShown(): void {
  clearInterval(countdown)
  element('text').textContent = ''
  element('file-name').textContent = ''
  text?.wipe()
  text = undefined
  file?.bytes.fill(0)
  file = undefined
}

/** Makes the buttons beside what is shown work: copy, hide, save, forget. */
export function startShown(): void {
  // A long secret scrolls inside its frame, and has to by keyboard too.
  element('text').tabIndex = 0
  button('copy').addEventListener('click', async () => {
    if (text === undefined) return
    const done = await copy(text.text())
    element('copied').textContent = done ? words.copied : words.notCopied
    if (!done) getSelection()?.selectAllChildren(element('text'))
  })
  button('hide').addEventListener('click', hide)
  button('forget').addEventListener('click', hide)
  button('save').addEventListener('click', save)
}

function hide(): void {
  wipeShown()
  show('hidden')
}

function save(): void {
  if (file === undefined) return
  // One type for all: no browser runs or renders what it is told to be nothing in particular.
  const blob = new Blob([file.bytes.slice()], { type: 'application/octet-stream' })
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = file.name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
  element('saved').textContent = words.saved
}
