/**
 * Coalesces waits for replicas: `wait` covers all that was written before it was sent, so that calls made while one is
 * under way share the next. `epoch` counts connections: what a wait on a new connection says of older writes is nothing.
 */
export function acknowledgement(wait: () => Promise<void>, epoch: () => number): () => Promise<boolean> {
  let underWay: Promise<void> | undefined
  let next: Promise<void> | undefined

  function start(): Promise<void> {
    underWay = wait().finally(() => {
      underWay = undefined
    })
    return underWay
  }

  function soon(): Promise<void> {
    if (underWay === undefined) return start()
    next ??= underWay
      .catch(() => {})
      .then(() => {
        next = undefined
        return start()
      })
    return next
  }

  return async () => {
    const since = epoch()
    await soon()
    return epoch() === since
  }
}
