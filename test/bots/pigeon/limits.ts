/** What Pigeon takes, in UTF-16 units or items. */
export const limits = {
  linesOfMessage: 60,
  lineChars: 1_000,
  plainChars: 2_000,
  buttonsOfLine: 5,
  /** Of a button, a title or a field. */
  labelChars: 60,
  pressChars: 120,
  hintChars: 250,
  fields: 8,
  textChars: 2_000,
  people: 20,
} as const

/** Ours, within them: the note is escaped twice as long at most, and stands on every line of a list. */
export const bounds = {
  maxSecretChars: limits.plainChars,
  maxNoteChars: 100,
  maxRecipients: 5,
} as const
