/** One of the store's verbs, tried twice: the second time finds out what became of the first. @throws what the second throws */
export function tryTwice<T>(verb: () => Promise<T>): Promise<T> {
  return verb().catch(verb)
}

/** What came of one call; `ambiguous`: it may have had its effect. */
interface Outcome {
  readonly why: string
}

interface RetryOptions<O extends Outcome> {
  /** 3 unless set, the first included. */
  readonly tries?: number
  readonly pauseMs?: number
  /** Whether another try may help; while the outcome is ambiguous, unless set. */
  readonly again?: (outcome: O) => boolean
}

/** Repeats a call whose effect may be had twice; the last outcome. `attempt` counts from 1. */
export async function retry<O extends Outcome>(
  call: (attempt: number) => Promise<O>,
  { tries = 3, pauseMs = 0, again = ({ why }) => why === 'ambiguous' }: RetryOptions<O> = {},
): Promise<O> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await call(attempt)
    if (attempt >= tries || !again(outcome)) return outcome
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}
