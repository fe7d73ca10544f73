/** The element with this id. @throws when the page has none of that kind: a page and its script belong together */
export function get<T extends Element>(id: string, type: abstract new () => T): T {
  const element = document.getElementById(id)
  if (!(element instanceof type)) throw new TypeError(`no ${type.name} #${id}`)
  return element
}

/** The element with this id. @throws as `get` does */
export const element = (id: string) => get(id, HTMLElement)
/** The button with this id. @throws as `get` does */
export const button = (id: string) => get(id, HTMLButtonElement)
/** The input with this id. @throws as `get` does */
export const input = (id: string) => get(id, HTMLInputElement)

/** Shows one view and hides the others; its heading gets the focus, so that a screen reader begins there. */
export function show(view: string): void {
  for (const section of document.querySelectorAll('[data-view]')) {
    if (!(section instanceof HTMLElement)) continue
    section.hidden = section.dataset['view'] !== view
    if (section.hidden) continue
    const heading = section.querySelector('h1')
    if (heading === null) continue
    document.title = `${heading.textContent?.trim()} · Sotto`
    heading.focus({ preventScroll: true })
    scrollTo(0, 0)
  }
}

/** Puts text into an element and shows it, or hides the empty element. */
export function say(target: HTMLElement, text: string): void {
  target.textContent = text
  target.hidden = text === ''
}

/** Marks a field as wrong, with the reason below it; an empty reason clears it. */
export function complain(
  field: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement,
  reason: string,
): void {
  say(element(`${field.id}-error`), reason)
  if (reason === '') {
    field.removeAttribute('aria-invalid')
    return
  }
  field.setAttribute('aria-invalid', 'true')
  field.focus()
}

/** Writes a moment into a `<time>`, for people and for machines. */
export function setTime(id: string, ms: number, text: string): void {
  const target = get(id, HTMLTimeElement)
  target.dateTime = new Date(ms).toISOString()
  target.textContent = text
}
