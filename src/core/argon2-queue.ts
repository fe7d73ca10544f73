import { SottoError } from './format/errors.ts'
import type { Argon2, KdfParameters } from './format/kdf.ts'

/** What bounds the queue; the defaults suit a machine of two cores. */
export interface QueueOptions {
  /** How many run at once. Two leave the other half of Node's four I/O threads to everyone else. */
  readonly parallel?: number
  /** How many may wait; the next one is told `busy`. */
  readonly waiting?: number
  /** What all that run may take together, in KiB. */
  readonly memoryKiB?: number
  /** The function itself, for tests. */
  readonly argon2?: (
    passphrase: Uint8Array,
    salt: Uint8Array,
    parameters: KdfParameters,
  ) => Promise<Uint8Array>
}

/** What the queue holds now. */
interface QueueLoad {
  readonly running: number
  readonly waiting: number
  /** Of those that run. */
  readonly memoryKiB: number
}

/** Argon2id in its turn, and what waits for it. */
export interface Argon2Queue {
  /**
   * 32 bytes in the order of arrival, or `busy` at once when the queue is full. Takes the passphrase over and wipes it,
   * whatever the answer. @throws SottoError `too-large` for one that the memory cap could never admit
   */
  readonly run: Argon2
  load(): QueueLoad
}

interface Job {
  readonly parameters: KdfParameters
  readonly start: () => void
}

/** Argon2id on the server, bounded in concurrency, memory and length: a flood of passphrases cannot take the process down. */
export function argon2Queue(options: QueueOptions = {}): Argon2Queue {
  const { parallel = 2, waiting = 64, memoryKiB = 256 * 1024, argon2 = native } = options
  const jobs: Job[] = []
  let running = 0
  let usedKiB = 0

  function begin(): void {
    // Strictly first come, first served: a large one at the head is not starved by small ones behind it.
    for (let next = jobs[0]; next !== undefined && fits(next.parameters); next = jobs[0]) {
      jobs.shift()
      admit(next.parameters)
      next.start()
    }
  }

  function fits(parameters: KdfParameters): boolean {
    return running < parallel && usedKiB + parameters.memoryKiB <= memoryKiB
  }

  function admit(parameters: KdfParameters): void {
    running += 1
    usedKiB += parameters.memoryKiB
  }

  async function run(passphrase: Uint8Array, salt: Uint8Array, parameters: KdfParameters) {
    try {
      if (parameters.memoryKiB > memoryKiB)
        throw new SottoError('too-large', 'this passphrase needs more memory than the cap')
      if (jobs.length > 0 || !fits(parameters)) {
        if (jobs.length >= waiting) return 'busy'
        await new Promise<void>((start) => jobs.push({ parameters, start }))
      } else {
        admit(parameters)
      }
      try {
        return await argon2(passphrase, salt, parameters)
      } finally {
        running -= 1
        usedKiB -= parameters.memoryKiB
        begin()
      }
    } finally {
      passphrase.fill(0)
    }
  }

  return { run, load: () => ({ running, waiting: jobs.length, memoryKiB: usedKiB }) }
}

/** The prebuilt Argon2id v1.3 (its defaults), p = 1. */
async function native(
  passphrase: Uint8Array,
  salt: Uint8Array,
  { memoryKiB, passes }: KdfParameters,
): Promise<Uint8Array> {
  // Only for the first passphrase: a process that meets none does not load it.
  const { hashRaw } = await import('@node-rs/argon2')
  const raw = await hashRaw(passphrase, {
    salt,
    memoryCost: memoryKiB,
    timeCost: passes,
    parallelism: 1,
    outputLen: 32,
  })
  const bytes = Uint8Array.from(raw)
  raw.fill(0)
  return bytes
}
