/**
 * What asks the process to end: a supervisor, Ctrl-C, and a terminal that closes. npm hands the first two on and not the
 * third, which the terminal sends to the whole group.
 */
const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

/**
 * Resolves with the first signal that asks this process to end. They stay handled from the call on: a second one does not
 * cut short what the first began, such as npm's copy of a Ctrl-C that the terminal sent to us as well.
 */
export function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of signals) process.on(signal, () => resolve(signal))
  })
}
