import { argon2id } from 'hash-wasm'
import type { Job, Progress } from './argon2.ts'

/** A small run, to know how long the real one takes on this machine. */
const probe = { memoryKiB: 8 * 1024, passes: 1 }

const send = (progress: Progress) => postMessage(progress)

addEventListener('message', ({ data }: MessageEvent<Job>) => {
  run(data).catch((error: unknown) => {
    // Thrown out of any promise: the page hears of nothing else.
    setTimeout(() => {
      throw error
    })
  })
})

async function run({ passphrase, salt, memoryKiB, passes }: Job): Promise<void> {
  await hash(salt, salt, probe.memoryKiB, probe.passes)
  const began = performance.now()
  await hash(salt, salt, probe.memoryKiB, probe.passes)
  const unit = (performance.now() - began) / (probe.memoryKiB * probe.passes)
  send({ expectedMs: unit * memoryKiB * passes })
  const bytes = await hash(passphrase, salt, memoryKiB, passes)
  passphrase.fill(0)
  send({ bytes })
}

function hash(
  password: Uint8Array,
  salt: Uint8Array,
  memorySize: number,
  iterations: number,
): Promise<Uint8Array> {
  return argon2id({
    password,
    salt,
    memorySize,
    iterations,
    parallelism: 1,
    hashLength: 32,
    outputType: 'binary',
  })
}
