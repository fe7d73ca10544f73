import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startApp } from '../doubles/run/app.ts'
import { say, storeHolds } from './scene.ts'

/** What Anna sends in every demo. */
export const content = 'correct-horse-battery-staple'
export const passphrase = 'the usual place'
export const note = 'staging database'

/** A local stand-in for a platform. */
interface Double {
  readonly transcript: { news(): readonly string[] }
  connected(): Promise<unknown>
  /** Everything that the platform could hand out later, every edit included. */
  export(): unknown
  close(): Promise<unknown>
}

export interface Play {
  readonly double: Double
  /** What the app needs to know to talk to the double. */
  readonly env: Readonly<Record<string, string>>
  /** Where it happens: “a Slack”. */
  readonly where: string
  /** What is exported there: “the workspace”. */
  readonly whole: string
}

/** Ends a scene: prints what the people saw, or what a thief of the database would find. */
export interface Curtain {
  shown(): void
  stored(): void
}

/** A real run of the real app on the embedded store; `scenes` say who does what. */
export async function play(
  { double, env, where, whole }: Play,
  scenes: (curtain: Curtain) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-demo-'))
  const app = startApp({ ...env, SOTTO_DB: join(folder, 'sotto.db'), SOTTO_WEB: 'off' })
  const found = (isThere: boolean) => `“${content}” ${isThere ? 'IS IN IT' : 'is not in it'}`
  try {
    await double.connected()
    say(
      `Sotto runs, on an empty store, in ${where} that lives in this process. Every line below is what somebody’s client shows.`,
    )
    await scenes({
      shown: () => say(...double.transcript.news()),
      stored: () => say('', ...storeHolds(folder, content)),
    })
    const exported = JSON.stringify(double.export()).includes(content)
    say(`an export of ${whole}, with every edit ever made: ${found(exported)}`)
    say(`the log of the app: ${found(app.output().includes(content))}`)
  } finally {
    await app.stop()
    await double.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
