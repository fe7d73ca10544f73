import type { Argon2 } from '../../core/format/kdf.ts'
import workerUrl from './argon2-worker.ts?worker&url'

/** What the worker is sent, once. */
export interface Job {
  readonly passphrase: Uint8Array
  readonly salt: Uint8Array
  readonly memoryKiB: number
  readonly passes: number
}

/** First how long it will take, then what came out. */
export type Progress = { readonly expectedMs: number } | { readonly bytes: Uint8Array }

/** Argon2id could not be run here: no worker, no WebAssembly, no memory. */
export class NoArgon2Error extends Error {
  readonly code = 'no-argon2'
}

interface Policies {
  createPolicy(
    name: string,
    rules: { readonly createScriptURL: (url: string) => string },
  ): { createScriptURL(url: string): string }
}

/** The one script that this page may start. Where Trusted Types are not known, the plain address does. */
const policies = (globalThis as { readonly trustedTypes?: Policies }).trustedTypes
const policy = policies?.createPolicy('sotto', {
  createScriptURL(url) {
    if (url !== workerUrl) throw new TypeError('not the Argon2 worker')
    return url
  },
})

/** Argon2id in a worker, which is loaded for it and ended after it. `shown` is told how far it is, 0 to 1. */
export function argon2(shown: (fraction: number) => void): Argon2 {
  return (passphrase, salt, parameters) =>
    new Promise((resolve, reject) => {
      const worker = new Worker(policy?.createScriptURL(workerUrl) ?? workerUrl)
      let timer: ReturnType<typeof setInterval> | undefined
      const end = () => {
        clearInterval(timer)
        worker.terminate()
      }
      worker.onerror = () => {
        end()
        reject(new NoArgon2Error())
      }
      worker.onmessage = ({ data }: MessageEvent<Progress>) => {
        if ('bytes' in data) {
          end()
          shown(1)
          resolve(data.bytes)
          return
        }
        const began = performance.now()
        timer = setInterval(() => {
          shown(Math.min(0.97, (performance.now() - began) / data.expectedMs))
        }, 100)
      }
      const job: Job = { passphrase: passphrase.slice(), salt, ...parameters }
      worker.postMessage(job, [job.passphrase.buffer])
    })
}
