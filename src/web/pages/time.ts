const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const

/** `24 Nov 2026, 14:02`, as the reader writes it. */
export function at(ms: number): string {
  return moment.format(ms)
}

/** `3 days`, `10 minutes`: rounded to the largest unit that fits. */
export function lasting(seconds: number): string {
  for (const [unit, size] of units) {
    const count = Math.round(seconds / size)
    if (seconds >= size) return `${count} ${unit}${count === 1 ? '' : 's'}`
  }
  return 'less than a minute'
}

/** `12.5 kB`, in the reader's digits. */
export function sized(bytes: number): string {
  const [value, unit] =
    bytes >= 1_000_000 ? [bytes / 1_000_000, 'MB'] : bytes >= 1_000 ? [bytes / 1_000, 'kB'] : [bytes, 'bytes']
  return `${value.toLocaleString(undefined, { maximumFractionDigits: 1 })} ${unit}`
}
