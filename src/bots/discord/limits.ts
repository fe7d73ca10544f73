/** Discord's documented limits, as far as anything here meets them. Characters are UTF-16 units, the stricter count. */
export const limits = {
  customIdChars: 100,
  modalTitleChars: 45,
  modalComponents: 5,
  labelChars: 45,
  labelDescriptionChars: 100,
  textInputChars: 4_000,
  selectOptions: 25,
  selectValues: 25,
  optionLabelChars: 100,
  optionValueChars: 100,
  contentChars: 2_000,
  embedDescriptionChars: 4_096,
  /** Components V2: everything in one message, nested ones too. */
  messageComponents: 40,
  /** Components V2: the texts of one message together. */
  messageTextChars: 4_000,
  buttonLabelChars: 80,
  buttonsInARow: 5,
  commandNameChars: 32,
  commandDescriptionChars: 100,
  /** Follow-ups per interaction where the application is only installed to an account (40094). */
  guestFollowUps: 5,
  firstResponseMs: 3_000,
  tokenMs: 15 * 60_000,
} as const

/** Ours, within the limits above. */
export const bounds = {
  maxSecretChars: limits.textInputChars,
  /** Ten of them, every character escaped, fit beside their states on one page of "My secrets". */
  maxNoteChars: 100,
  maxPassphraseChars: 200,
  maxRecipients: 10,
} as const
