import type { Part } from './adapter/view.ts'

/** A sentence of ours around parts that are not ours: say`Opened by ${{ person }}.` */
export function say(strings: TemplateStringsArray, ...parts: readonly Part[]): readonly Part[] {
  return strings.flatMap((text, at) => {
    const part = parts[at]
    return [...(text === '' ? [] : [{ text }]), ...(part ? [part] : [])]
  })
}

/** A length of time as people say it; `seconds` a positive whole number. */
export function span(seconds: number): string {
  const units = [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
  ] as const
  const [unit, size] = units.find(([, unitSeconds]) => seconds >= unitSeconds) ?? ['second', 1]
  const count = Math.round(seconds / size)
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

/** Every sentence that a chat shows. Adapters add none of their own but how to begin, which differs from platform to platform. */
export const words = {
  buttons: {
    reveal: 'Reveal',
    burn: 'Burn',
    newSecret: 'New secret',
    mySecrets: 'My secrets',
    help: 'Help',
    answer: 'Send it to them',
    request: 'Request',
    older: 'Older',
    useLink: 'Use a link',
    suggestPassword: 'Suggest a password',
    suggestPassphrase: 'Suggest a passphrase',
    sealTyped: 'Seal what I just typed',
    wipe: 'I have it, wipe now',
    tell: 'Not me: tell the sender',
    show: 'Show',
    send: 'Seal and send',
    cancel: 'Cancel',
    close: 'Close',
  },

  sure: {
    title: 'Burn this secret?',
    text: 'It is destroyed unread. Nobody can open it any more.',
    yes: 'Burn it',
    no: 'Keep it',
  },

  compose: {
    title: 'Send a secret',
    to: 'To whom?',
    toHintPlace: 'Leave empty for the first person here to open it.',
    toHint: 'Each of them gets a copy of their own that opens once.',
    secret: 'Secret',
    secretHint: 'A password, a key, a token. It is shown exactly as you type it.',
    /** After `secretHint`, where there is room for the command that leads to the page. */
    secretLonger: (command: string) => ` Longer, or a file: ${command}`,
    notSuggested: 'If nothing new stands in the form, the suggestion did not arrive. Press again.',
    /** Beside the button that leads to the page. */
    longer: 'Longer than that, or a file?',
    passphrase: 'Passphrase',
    passphraseHint: 'Optional. Tell it to them another way: a call, in person. We cannot recover it.',
    ttl: 'Expires after',
    note: 'What is it for?',
    noteHint: 'Optional, not secret: it stands on the card, so that they know what they open.',
    loading: 'One moment…',
    sealing: 'Sealing…',
    done: 'Sealed',
    failed: 'Not sent',
    notOpened: 'If no form opened, it took too long. Nothing happened: try again.',
    typedLong: (max: number) =>
      `What you typed is longer than the ${max.toLocaleString('en-US')} characters that fit here.`,
    typedLost: 'I could not read what you typed. Type or paste it here.',
  },

  ask: {
    summary: 'Somebody asks you for a secret.',
    card: (from: string) => say`${{ person: from }} asks you for a secret.`,
    asked: (to: string) =>
      say`I asked ${{ person: to }}. What they send arrives as a card in your conversation with me.`,
    notAsked: (to: string) => say`${{ person: to }} could not be reached: they take no messages from me.`,
    off: 'Links are turned off here. Whoever runs Sotto can turn them on.',
    local:
      'Links would open on the machine that runs Sotto and nowhere else, so none is given out. Whoever runs it sets PUBLIC_URL to the address where people reach it.',
    dropSummary: 'Your drop link.',
    drop: 'Give this link to the person outside. It takes one answer, sealed in their browser:',
    dropUntil: (expiresAt: number) =>
      say`It ends ${{ when: expiresAt, as: 'day' }}. I show it only here and only now: it is not stored.`,
    dropWhere: 'The answer arrives on the card in our conversation.',
    dropCardSummary: 'A request of yours.',
    dropCard:
      'You asked somebody outside for a secret. When they have answered, it opens here, once, only for you.',
    dropNotPosted:
      'I could not post the card that the answer opens on, so there is no link. Open our conversation, and ask again.',
    answered: 'Your request was answered. Press Reveal on its card to open it, once.',
    expired: 'A request of yours has ended, and nothing of it is left.',
    link: 'Longer than a form, or a file? Seal it on this page; it gives you a link that opens once:',
    linkSummary: 'The page for longer secrets and files.',
    dropOnce: 'Somebody with your drop link sent you a secret. You can open it once.',
    dropShown: (wipeAt: number) =>
      say`Copy it now: it cannot be opened again, and this view wipes itself ${{ when: wipeAt, as: 'relative' }}.`,
    row: 'Request to somebody outside',
    opened: (when: number) =>
      say`Opened ${{ when, as: 'time' }} from your account. Not you? Tell whoever sent it to change what was in it.`,
    lost: (when: number) =>
      say`Gone · ${{ when, as: 'day' }}. It may have been shown, so it was destroyed. Ask for it again if you do not have it.`,
    burned: 'You burned it unread.',
  },

  confirm: {
    title: 'Open a secret',
    once: (from: string) => say`${{ person: from }} sent you a secret. You can open it once.`,
    ready:
      'Be where nobody reads over your shoulder. It stays on the screen for one minute, or until you wipe it.',
    passphrase: 'Passphrase',
    passphraseHint: 'The sender told it to you another way. Ten wrong ones in all destroy the secret.',
    opening: 'Opening…',
    shownTitle: 'Your secret',
    shown: (from: string, wipeAt: number) =>
      say`From ${{ person: from }}. Copy it now: it cannot be opened again, and this view wipes itself ${{ when: wipeAt, as: 'relative' }}.`,
    wipedEarly:
      'Wiped early, because Sotto is restarting. The secret is gone from here and from Sotto. If you have no copy yet, ask for it to be sent again.',
    wiped: 'Wiped. The secret is gone from here and from Sotto. Keep your copy in a password manager.',
    wrong: (triesLeft: number) =>
      `That passphrase is not right. ${triesLeft} ${triesLeft === 1 ? 'try' : 'tries'} left; after the last one the secret is destroyed.`,
    busy: 'Many people are opening secrets right now. Nothing was opened: try again in a few seconds.',
    breaks: (before: number, after: number) =>
      `Line breaks that cannot be seen here belong to it: ${before} at its beginning, ${after} at its end.`,
    controls: 'It holds control characters, which cannot be seen here and may be lost when you copy it.',
    marked:
      'Three backticks in a row cannot stand here. After every second one is an invisible character that does not belong to it.',
    needed: 'Type the passphrase that the sender told you.',
    again: 'Press Reveal on the card for another try.',
  },

  card: {
    summary: 'Someone sent you a secret. Open it in the app.',
    placeSummary: 'A secret for the first person here. Open it in the app.',
    doneSummary: 'This secret is gone.',
    person: (from: string) => say`${{ person: from }} sent you a secret. It opens once, only for you.`,
    personHere: (from: string, to: string) =>
      say`${{ person: to }}: ${{ person: from }} sent you a secret. It opens once, only for you.`,
    place: (from: string) =>
      say`${{ person: from }} left a secret for the first person here to open. It opens once.`,
    passphrase: 'You need the passphrase that they told you another way.',
    note: (note: string) => say`For: ${{ verbatim: note }}`,
    until: (expiresAt: number) => say`Expires ${{ when: expiresAt, as: 'day' }}.`,
    hintAlso: 'The same secret waits in your conversation with me.',
    opened: (when: number) => say`Opened · ${{ when, as: 'time' }}`,
    openedBy: (by: string, when: number) => say`Opened by ${{ person: by }} · ${{ when, as: 'time' }}`,
    unconfirmed: (when: number) =>
      say`Gone · ${{ when, as: 'time' }}. It may have been shown, so it was destroyed. The sender knows.`,
    lost: (when: number) =>
      say`Gone · ${{ when, as: 'time' }}. Opening it was interrupted, so it was destroyed. The sender knows.`,
    undelivered: (when: number) =>
      say`Gone · ${{ when, as: 'time' }}. Its delivery was interrupted, so it was destroyed unread. The sender knows.`,
    burned: 'Burned unread by the sender.',
    locked: 'Destroyed after ten wrong passphrases. The sender knows.',
    expired: 'Expired unopened.',
  },

  receipt: {
    summary: 'The receipt of a secret that you sent.',
    to: (to: string) => say`Secret for ${{ person: to }}`,
    toPlace: (channel: string) => say`Secret for the first person in ${{ channel }}`,
    staged: 'Being delivered',
    sealed: (expiresAt: number) => say`Sealed · expires ${{ when: expiresAt, as: 'day' }}`,
    claimed: 'Being opened',
    asked: (expiresAt: number) => say`Asked · waits until ${{ when: expiresAt, as: 'day' }}`,
    revealed: (when: number) => say`Opened · ${{ when, as: 'day' }}`,
    revealedBy: (by: string, when: number) => say`Opened by ${{ person: by }} · ${{ when, as: 'day' }}`,
    unconfirmed: (when: number) =>
      say`May have been shown · ${{ when, as: 'day' }}. It is destroyed: send it again if they do not have it.`,
    lost: (when: number) =>
      say`Interrupted · ${{ when, as: 'day' }}. It may have been shown and is destroyed: send it again if they do not have it.`,
    undelivered: (when: number) =>
      say`Not delivered · ${{ when, as: 'day' }}. It is destroyed unread: send it again.`,
    burned: (when: number) => say`Burned unread · ${{ when, as: 'day' }}`,
    locked: (when: number) => say`Destroyed after ten wrong passphrases · ${{ when, as: 'day' }}`,
    expired: (when: number) => say`Expired unopened · ${{ when, as: 'day' }}`,
    doubtfulCard: 'It is not certain that the card arrived. If they do not see it, burn this and send again.',
  },

  notice: {
    summary: 'News of a secret that you sent.',
    revealed: (to: string) => say`${{ person: to }} opened your secret.`,
    expired: 'A secret that you sent expired unopened. It is destroyed.',
    locked:
      'A secret that you sent was destroyed after ten wrong passphrases. If nobody fumbled, somebody guessed: ask them before you send it again.',
    unconfirmed:
      'A secret that you sent may have been shown: the last step was not confirmed. It is destroyed. Ask them, and send it again if they do not have it.',
    lost: 'Opening a secret that you sent was interrupted. It may have been shown, so it is destroyed. Ask them, and send it again if they do not have it.',
    undelivered:
      'A secret that you sent could not be delivered: something failed in between. It is destroyed unread. Send it again.',
    notMe: (to: string, when: number) =>
      say`${{ person: to }} says that it was not they who opened your secret at ${{ when, as: 'time' }}. Change what was in it.`,
  },

  sent: {
    summary: 'What became of your secret.',
    one: (to: string, expiresAt: number) =>
      say`Sealed for ${{ person: to }}. It opens once, and expires ${{ when: expiresAt, as: 'day' }}.`,
    place: (channel: string, expiresAt: number) =>
      say`Sealed for the first person in ${{ channel }}. It opens once, and expires ${{ when: expiresAt, as: 'day' }}.`,
    receipt:
      'The receipt is in your conversation with me. It says when the secret is opened, and lets you burn it before.',
    noReceipt: 'I could not post the receipt yet: it comes later. Until then find it under My secrets.',
    fallback: (to: string) =>
      say`${{ person: to }} takes no messages from me. I put the card here instead, for them only.`,
    blocked: (to: string) =>
      say`${{ person: to }} could not be reached: they take no messages from me. Nothing was kept for them.`,
    doubtful: (to: string) =>
      say`It is not certain that the card reached ${{ person: to }}. If they do not see it, burn it from the receipt and send it again.`,
    doubtfulPlace:
      'It is not certain that the card arrived. If it is not here, burn it from the receipt and send it again.',
    notPosted: (to: string) =>
      say`The card for ${{ person: to }} could not be posted. Nothing was kept for them: try again.`,
    notPostedPlace: 'The card could not be posted here. Nothing was kept: try again, or choose a person.',
    unsure: (to: string) =>
      say`The card for ${{ person: to }} is there, but it is not certain that it opens: the store cannot be reached since. If the secret is lost, I tell you in our conversation.`,
    unsurePlace:
      'The card is there, but it is not certain that it opens: the store cannot be reached since. If the secret is lost, I tell you in our conversation.',
    busy: 'Many secrets are being sealed right now. Nothing was kept: try again in a few seconds.',
    storeDown: 'The store cannot be reached right now. Nothing was sent: try again in a moment.',
  },

  refused: {
    summary: 'This cannot be opened.',
    notYours: 'This secret is not for you. Your press opened nothing and used nothing up.',
    gone: 'It is gone. Whether it was opened, burned or expired is for its sender and its recipient to know.',
    openedByYou: (when: number) =>
      say`Opened ${{ when, as: 'time' }} from your account. Not you? Tell the sender.`,
    expired: 'It expired unopened. Ask the sender for it again.',
    burned: 'The sender burned it. Ask them if you still need it.',
    locked: 'It was destroyed after ten wrong passphrases. The sender knows: ask them for it again.',
    unconfirmed:
      'It is gone: it may have been shown once, and that could not be confirmed. The sender knows: ask them for it again.',
    lost: 'It is gone: opening it was interrupted. The sender knows: ask them for it again.',
    undelivered: 'It is gone unread: its delivery was interrupted. The sender knows: ask them for it again.',
    opening: 'It is being opened right now. If that was not you, tell the sender.',
    nothingYet: 'Nothing yet: nobody has answered.',
    cannotOpen:
      'It cannot be opened now: its server key is missing. It is not lost: tell whoever runs Sotto here.',
    tampered:
      'It cannot be opened: what is stored is not what was sealed. Whoever runs Sotto here has been alarmed.',
    notShown: 'It was not shown, and is still sealed. Press Reveal again.',
    unreadable: 'It was not shown: what was sealed is not text. Ask for it again.',
    storeDown: 'The store cannot be reached right now, so nothing was shown. Try again in a moment.',
    interrupted: 'The connection was interrupted, so nothing was done. Try again.',
    failed:
      'Something went wrong here. Whoever runs Sotto finds it in the log: try again, and tell them if it stays.',
    malformed: 'This button is too old or damaged. Ask the sender for a new one.',
    senderTold: 'The sender was told. They will know what to change.',
    senderNotTold: 'The sender could not be told just now. Tell them yourself, soon.',
  },

  burn: {
    burned: 'Burned. Nobody can open it any more.',
    busy: 'It is being opened right now: too late to burn it.',
    gone: 'There was nothing left to burn.',
  },

  typedInCommand:
    'I did not use or keep what you typed after the command, but a command can be logged on its way here. If it was a secret, treat it as exposed and change it. To send one, press New secret and type it into the form.',

  typed: {
    summary: 'I keep nothing that you type here.',
    text: 'Shall I seal that for someone? Nothing is stored unless you press the button.',
    cannotDelete:
      'A bot cannot delete your message: delete it yourself, and if it is a password, change it when you can.',
    hello: 'I deliver a password, key or token once, to the person it is meant for.',
  },

  list: {
    title: 'My secrets',
    summary: 'The secrets that you sent.',
    empty: 'You have no secrets on the way. Their receipts stay here until a day after they expire.',
  },

  help: {
    title: 'Sotto',
    summary: 'How Sotto works.',
    what: 'Sotto delivers a password, key or token once, to the person it is meant for. After it is opened, nothing readable remains.',
    rest: [
      'Open: press Reveal on the card. You see it for one minute. It cannot be opened twice.',
      'Follow: the receipt in your conversation with me changes when it is opened, and lets you burn it before.',
      'What it cannot do: stop someone who has opened a secret from copying it, or hide it from the chat platform while it is typed and shown.',
    ],
  },

  commands: {
    secret: 'Send a password, key or token that opens once.',
    to: 'Who it is for. The form takes more people, or nobody for the first one here.',
    secrets: 'The secrets that you sent: follow or burn them.',
    request: 'Ask somebody for a secret, or get a link for someone outside.',
    requestFrom: 'Whom you ask. Nobody: a link for someone outside.',
    requestFor: 'What it is for; they read it.',
    link: 'Get the page for something longer, or a file: it makes a link that opens once.',
    send: 'Send a secret',
  },

  home: {
    title: 'Hand over a secret, once',
    text: 'A password, a key, a token: sealed until the one person it is meant for opens it, and then gone.',
  },

  problem: {
    secretEmpty: 'Type or paste the secret.',
    secretLong: (max: number) => `At most ${max.toLocaleString('en-US')} characters fit here.`,
    secretUnshowable:
      'This cannot be shown exactly here: it is nothing but line breaks, or long with three backticks in a row. Shorten it, or send it in parts.',
    secretInvalid: 'This holds characters that cannot be stored exactly. Paste it again.',
    noteLong: (max: number) => `At most ${max} characters.`,
    passphraseLong: (max: number) => `At most ${max} characters.`,
    ttl: (minimum: string, maximum: string) => `Choose between ${minimum} and ${maximum}.`,
    nobody: 'Choose at least one person.',
    many: (max: number) => `At most ${max} people at once.`,
    bot: 'A bot cannot open a secret. Choose people only.',
    unknown: 'One of them is not known here. Choose somebody else.',
    deactivated: 'One of these accounts is deactivated.',
    limited: (seconds: number) =>
      `That is a lot of secrets in a short time. Nothing was stored: try again in ${span(seconds)}.`,
    unreachable: 'The people you chose could not be looked up just now. Try again.',
  },
} as const
