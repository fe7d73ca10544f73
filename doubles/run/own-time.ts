/** How often this process looks at the time at least, ms. */
const stepMs = 20

/** What may pass between two looks although the process does nothing, ms: the step, and some delay of its timer. */
const idleMs = 25

let passedMs = Date.now()
let lookedAt = performance.now()
let used = process.cpuUsage()

setInterval(look, stepMs).unref()

/**
 * The time that this process has had, ms: it runs with the machine's clock, but stands still while the machine works for
 * others. A rule like "within three seconds", held to it, judges the program and not its neighbours. Starts at the
 * machine's time, and falls behind it.
 */
export function ownTime(): number {
  look()
  return passedMs
}

/** Runs `act` once this process has had `ms` more; the answer takes it back. Keeps no process alive. */
export function afterOwnTime(ms: number, act: () => void): () => void {
  const due = ownTime() + ms
  let timer: NodeJS.Timeout
  const wait = () => {
    const leftMs = due - ownTime()
    if (leftMs <= 0) act()
    else timer = setTimeout(wait, leftMs).unref()
  }
  timer = setTimeout(wait, ms).unref()
  return () => clearTimeout(timer)
}

/** Resolves once this process has had `ms` more. Keeps no process alive. */
export function ownPause(ms: number): Promise<void> {
  return new Promise((resolve) => void afterOwnTime(ms, resolve))
}

/** Between two looks counts what was worked, and otherwise no more than an idle process would have let pass. */
function look(): void {
  const now = performance.now()
  const { user, system } = process.cpuUsage(used)
  used = { user: used.user + user, system: used.system + system }
  passedMs += Math.min(now - lookedAt, idleMs + (user + system) / 1_000)
  lookedAt = now
}
