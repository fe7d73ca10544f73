/** How people begin in Pigeon: the help's own sentences for it. */
export const begin: readonly string[] = [
  'Send: type /secret, with or without the people it is for, and fill the form. Nobody chosen: the first person in the room opens it.',
  'Ask: type /secret request and what it is for. Name somebody, or get a link for someone outside.',
  'Something longer, or a file: type /secret link.',
]
