/**
 * What Slack takes, in UTF-16 units, items or bytes (docs.slack.dev, Block Kit and views references). Every text of
 * `words.ts` is tested against it.
 */
export const limits = {
  /** Title, submit and close of a modal. */
  modalTitle: 24,
  modalBlocks: 100,
  messageBlocks: 50,
  homeBlocks: 100,
  viewBytes: 250_000,
  /** All text of a message's blocks; not documented (bolt-js #2509). */
  messageChars: 13_200,
  metadata: 3000,
  callbackId: 255,
  header: 150,
  section: 3000,
  context: 3000,
  label: 2000,
  hint: 2000,
  input: 3000,
  buttonText: 75,
  buttonValue: 2000,
  /** Buttons in one row. */
  actions: 25,
  optionText: 75,
  optionValue: 150,
  options: 100,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  /** `text` of a message: the fallback for push and e-mail. */
  fallback: 40_000,
} as const

/** Ours, within them. */
export const bounds = {
  maxSecretChars: limits.input,
  maxNoteChars: 150,
  /** What one person may send at once: the receipts go to one conversation, which takes about one message a second. */
  maxRecipients: 10,
} as const

/** Our own words, cut to `max`; never for anything that is a secret. */
export function clip(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1).trimEnd()}…`
}
