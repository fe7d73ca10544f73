/** Discord's documented limits, as far as the code has to know them. Characters are UTF-16 units, the stricter count. */
export const limits = {
  customIdChars: 100,
  textInputChars: 4_000,
  contentChars: 2_000,
  embedDescriptionChars: 4_096,
  buttonsInARow: 5,
} as const

/**
 * Ours. With them every message stays below 40 components and 4,000 characters, and every form below its limits, which
 * a test holds against Discord's rules.
 */
export const bounds = {
  maxSecretChars: limits.textInputChars,
  /** Ten of them, every character escaped, fit beside their states on one page of "My secrets". */
  maxNoteChars: 100,
  maxRecipients: 10,
} as const
