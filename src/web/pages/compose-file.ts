import { complain, element, input } from './dom.ts'
import { sized } from './time.ts'
import { words } from './words.ts'

/** The file to seal, or undefined after the field has said what is wrong with it. */
export function chosenFile(maxBytes: number | undefined): File | undefined {
  const field = input('file')
  const file = field.files?.[0]
  const reason =
    file === undefined
      ? words.emptyFile
      : maxBytes !== undefined && file.size > maxBytes
        ? words.largeFile(sized(maxBytes), sized(file.size))
        : ''
  complain(field, reason)
  return reason === '' ? file : undefined
}

/** Lets a file be dropped on the field, and says at once when one is too large. */
export function startFile(maxBytes: () => number | undefined): void {
  const field = input('file')
  const area = element('drop')
  field.addEventListener('change', () => {
    if (field.files?.length) chosenFile(maxBytes())
  })
  for (const name of ['dragenter', 'dragover'] as const) {
    area.addEventListener(name, (event) => {
      event.preventDefault()
      area.classList.add('over')
    })
  }
  area.addEventListener('dragleave', () => area.classList.remove('over'))
  area.addEventListener('drop', (event) => {
    event.preventDefault()
    area.classList.remove('over')
    const files = event.dataTransfer?.files
    if (files?.length !== 1) {
      complain(field, words.oneFile)
      return
    }
    field.files = files
    chosenFile(maxBytes())
  })
  // A file that misses the field must not be opened in place of the page.
  for (const name of ['dragover', 'drop'] as const) addEventListener(name, (event) => event.preventDefault())
}
