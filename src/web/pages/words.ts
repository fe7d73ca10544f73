import type { Failure } from './api.ts'
import { lasting } from './time.ts'

/** Every sentence that a page says by itself; the rest stands in its HTML. */
export const words = {
  sealing: 'This takes a moment.',
  sealingWithPassphrase: 'Making the passphrase expensive to guess. It takes a few seconds, on purpose.',
  sending: 'Sending the sealed bytes.',
  opening: 'Asking for the sealed bytes.',
  openingWithPassphrase: 'Working the passphrase into the key. It takes a few seconds, on purpose.',
  somebody: 'Somebody',
  copied: 'Copied.',
  notCopied: 'Your browser did not allow copying. Select the text and copy it by hand.',
  emptySecret: 'Type a secret first.',
  emptyFile: 'Choose a file first.',
  oneFile: 'One file at a time, please. Pack several into an archive.',
  unreadableFile: 'The file could not be read. Choose it again.',
  longSecret: (most: string) =>
    `That is too long for text: ${most} at most. Put it into a file and send that.`,
  longAnswer: (most: number, length: number) =>
    `That is too long: ${length.toLocaleString()} of ${most.toLocaleString()} characters.`,
  largeFile: (most: string, size: string) => `That file is too large: ${size} of ${most} at most.`,
  brokenText:
    'Half of a character is in there, so it would not arrive unchanged. Delete it and type it again.',
  wrongPassphrase: (triesLeft: number) =>
    `That is not the passphrase. The secret is still sealed; ${tries(triesLeft)} before it is destroyed.`,
  lastTry:
    'That was the tenth wrong passphrase, so the secret was destroyed unread. Ask the sender for a new one.',
  emptyPassphrase: 'Type the passphrase that the sender told you.',
  triesLeft: (triesLeft: number) => (triesLeft < 10 ? `There are ${tries(triesLeft)}.` : ''),
  unopenedUntil: (seconds: number) => `in ${lasting(seconds)}`,
  hidesIn: (seconds: number) => `This page hides it in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`,
  saved: 'Saved. Check that it is there before you leave this page.',
  tampered:
    'The sealed bytes are not the ones that were sealed for this link, so nothing could be opened. Nothing was shown. Tell the sender and whoever runs this server.',
  noWorker:
    'Your browser could not do the passphrase’s arithmetic, which needs 64 MB of memory. The secret is still sealed: close other tabs, or open the link in another browser.',
  noWorkerSealing:
    'Your browser could not do the passphrase’s arithmetic, which needs 64 MB of memory. Nothing was stored: close other tabs, or send it without a passphrase.',
  receiptTitle: {
    sealed: 'Sealed, not opened yet',
    claimed: 'Being opened right now',
    revealed: 'Opened',
    unconfirmed: 'It may have been shown',
    lost: 'It may have been shown',
    burned: 'Burned unread',
    locked: 'Destroyed after ten wrong passphrases',
    expired: 'Expired unopened',
  },
  receiptWords: {
    sealed: 'Nobody has opened it. It waits for its one reveal.',
    claimed: 'Somebody pressed Show less than a minute ago.',
    revealed:
      'It was shown once and is on no server any more. If the time surprises you, change what was in it.',
    unconfirmed:
      'It was given out, and the last step was not confirmed. Ask them, and send it again if they do not have it.',
    lost: 'It was given out, but the page never confirmed that it was shown. Ask them, and send it again if they do not have it.',
    burned: 'You destroyed it before anybody opened it.',
    locked:
      'Nobody opened it. If your recipient did not fumble, somebody guessed: ask them before you send it again.',
    expired: 'Nobody opened it in time, and it was destroyed.',
  },
  changedLabel: {
    sealed: 'Sealed',
    claimed: 'Since',
    revealed: 'Opened',
    unconfirmed: 'Given out',
    lost: 'Given up',
    burned: 'Burned',
    locked: 'Destroyed',
    expired: 'Expired',
  },
  fresh: (time: string) => `As of ${time}. This page looks again every ten seconds.`,
  burned: 'Burned. Nobody can open it any more.',
  notBurned: 'Too late to burn: it is being opened, or was.',
  notify: 'Notify me when this changes',
  notifying: 'You will be notified while this page is open',
  notifyRefused:
    'Your browser does not allow notifications from this page. Leave it open, and its title will tell.',
  notification: (title: string) => `Your secret: ${title}`,
  receiptCopied: 'Copied. Keep it where you find it again.',
  strength: (bits: number) =>
    `${bits < 50 ? 'Weak' : bits < 75 ? 'Fair' : bits < 100 ? 'Strong' : 'Very strong'}: ${Math.floor(bits)} bits`,
  characters: 'Length',
  words: 'Words',
  dropHint: (most: number) => `Up to ${most.toLocaleString()} characters. It arrives exactly as you type it.`,
} as const

/** What happened, and whether the secret still exists; `secret` says which side of it the page is on. */
export function trouble(failure: Failure, secret: 'unopened' | 'opening' | 'unsent' | 'receipt'): string {
  const state = {
    unopened: 'The secret has not been opened.',
    opening:
      'Your claim may have reached the server: for a minute only this page can go on, so try again now.',
    unsent: 'Nothing was sealed yet; what you typed is still here.',
    receipt: 'The secret is as it was.',
  }[secret]
  switch (failure.why) {
    case 'offline':
      return `The server could not be reached. ${state}`
    case 'limited':
      return `Too many attempts from your network. ${state} Try again in ${lasting(Math.max(60, failure.retryAfterSeconds ?? 60))}.`
    case 'cannot-open':
      return 'The server cannot open its own layer around this secret right now. It is still sealed, and whoever runs the server has been told.'
    case 'expiry':
      return `The server does not allow that expiry. ${state} Is your computer’s clock right?`
    case 'too-large':
      return `That is larger than the server takes. ${state}`
    default:
      return `The server could not do that. ${state}`
  }
}

function tries(left: number): string {
  return left === 1 ? 'one more try' : `${left} more tries`
}
