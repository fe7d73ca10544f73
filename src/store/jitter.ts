/** A random part of `most`, 0 included: keeps processes that start or collide together from going on in step. */
export function jitter(most: number): number {
  const [drawn = 0] = crypto.getRandomValues(new Uint16Array(1))
  return (drawn / 65_536) * most
}
