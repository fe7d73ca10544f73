/** How people begin in Discord: the help's own sentences for it. */
export const begin: readonly string[] = [
  'Send: type /secret, with or without somebody it is for, and fill the form. Nobody chosen: the first person in the channel opens it.',
  'Ask: type /secret-request. Name somebody, or get a link for someone outside.',
  'Something longer, or a file: type /secret-link.',
]
