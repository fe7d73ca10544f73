/** A text as a reader sees it, and what in it is alive. */
export interface ReadText {
  readonly shown: string
  /** Addresses, alarms, people and rooms. */
  readonly alive: readonly string[]
}

const tokens = /\\(.)|@(everyone|p\d+)|#(r\d+)|%(\d+):(?:time|day|relative)%|(https?:\/\/\S+)|\*/gsu

/** Reads Pigeon's markup. */
export function readMarkup(text: string): ReadText {
  const alive: string[] = []
  const shown = text.replace(tokens, (whole, plain, named, room, when, address) => {
    if (plain !== undefined) return plain
    if (when !== undefined) return new Date(Number(when)).toISOString()
    const living = named ?? room ?? address
    if (living !== undefined) alive.push(living)
    return living === undefined ? '' : whole
  })
  return { shown, alive }
}
