/** How people begin in Slack: the help's own sentences for it. */
export const begin: readonly string[] = [
  'Send: type the command, with or without the people it is for, and fill the form. Nobody chosen: the first person in the channel opens it.',
  'Ask: add the word request and what it is for. Name somebody, or get a link for someone outside.',
  'Something longer, or a file: add the word link.',
]
