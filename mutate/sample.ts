/** `size` of `list`, drawn without repetition; the same seed draws the same ones. */
export function sample<T>(list: readonly T[], size: number, seed: string): readonly T[] {
  const draw = generator(seed)
  const rest = [...list]
  const drawn: T[] = []
  while (drawn.length < size && rest.length > 0) {
    drawn.push(...rest.splice(Math.floor(draw() * rest.length), 1))
  }
  return drawn
}

/** Numbers from 0 to 1 that follow from the seed: xmur3 into mulberry32. Good enough to draw a sample, and for nothing else. */
function generator(seed: string): () => number {
  let state = 1_779_033_703 ^ seed.length
  for (let at = 0; at < seed.length; at++) {
    state = Math.imul(state ^ seed.charCodeAt(at), 3_432_918_353)
    state = (state << 13) | (state >>> 19)
  }
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
