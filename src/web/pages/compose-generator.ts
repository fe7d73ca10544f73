import { type Generated, passphrase, password } from '../../core/format/generate.ts'
import { button, complain, element, get, input } from './dom.ts'
import { words } from './words.ts'

/** How many words make a passphrase that ten tries and Argon2id protect, and that is told on the phone. */
const spokenWords = 4

const kinds = {
  password: {
    least: 8,
    most: 64,
    usual: 20,
    label: words.characters,
    make: (length: number) => password({ length }),
  },
  passphrase: {
    least: 4,
    most: 12,
    usual: 6,
    label: words.words,
    make: (count: number) => passphrase({ words: count }),
  },
} as const

/** The generator below the secret, and the button that makes a passphrase. Nothing is made before it is asked for. */
export function startGenerator(secret: HTMLTextAreaElement, spoken: HTMLInputElement): void {
  const details = get('generator', HTMLDetailsElement)
  const size = input('size')
  const made = get('made', HTMLOutputElement)

  function kind() {
    const chosen = details.querySelector<HTMLInputElement>('input[name=kind]:checked')?.value
    return kinds[chosen === 'passphrase' ? 'passphrase' : 'password']
  }

  function range(): void {
    const { least, most, usual, label } = kind()
    size.min = String(least)
    size.max = String(most)
    size.value = String(usual)
    element('size-label').textContent = label
    make()
  }

  function make(): void {
    element('size-value').textContent = size.value
    const generated = kind().make(Number(size.value))
    made.textContent = textOf(generated)
    get('strength', HTMLMeterElement).value = Math.min(128, generated.bits)
    element('strength-words').textContent = words.strength(generated.bits)
  }

  details.addEventListener('toggle', () => {
    if (details.open) range()
    else made.textContent = ''
  })
  for (const choice of details.querySelectorAll('input[name=kind]')) choice.addEventListener('change', range)
  size.addEventListener('input', make)
  button('make-again').addEventListener('click', make)
  button('use-made').addEventListener('click', () => {
    secret.value = made.textContent ?? ''
    complain(secret, '')
    details.open = false
    secret.focus()
  })
  button('make-passphrase').addEventListener('click', () => {
    spoken.value = textOf(passphrase({ words: spokenWords }))
    spoken.focus()
    spoken.select()
  })
}

function textOf({ secret }: Generated): string {
  const text = secret.text()
  secret.wipe()
  return text
}
