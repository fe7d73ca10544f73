import type { Interaction, Interactions } from './interaction.ts'
import type { Transcript } from './transcript.ts'
import type { World } from './world.ts'

/** What became of an act. */
export interface Outcome {
  /** The bot gave a first response in time. */
  readonly ok: boolean
  /** `no_response`, or `client_validation` when the client refused the act itself. */
  readonly error?: string
  /** What was sent; nothing for messages and refused acts. */
  readonly sent?: Interaction
  /** From the act to the first response, in ms of the bot's own time. */
  readonly ms: number
}

/** The parts of the double a person works through. */
export interface Backstage {
  readonly world: World
  readonly interactions: Interactions
  readonly transcript: Transcript
  /** Resolves when an interaction was answered, or three seconds passed. */
  readonly answered: (interaction: Interaction) => Promise<void>
}
