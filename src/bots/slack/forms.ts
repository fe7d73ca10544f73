import type { ModalView } from '@slack/types'
import { passphrase, password } from '../../core/format/generate.ts'
import { codeOf } from '../../core/log.ts'
import { typedSecret } from '../adapter/draft.ts'
import type { Person } from '../adapter/platform.ts'
import type { OpenPress, Press } from '../adapter/press.ts'
import type { Place } from '../adapter/view.ts'
import { refused } from '../refusals.ts'
import { words } from '../words.ts'
import { parseRecipients } from './draft.ts'
import { fields, id, list, string } from './fields.ts'
import type { Handling } from './handling.ts'
import { bounds } from './limits.ts'
import type { Spot } from './metadata.ts'
import type { Pressed } from './parse.ts'
import { typedText } from './typed-text.ts'
import { composeView, confirmView, fieldAction, loadingView, messageView } from './views.ts'

interface Opened {
  readonly viewId: string
  readonly hash: string
}

/** Opens a modal before anything else is done; undefined when it did not open, and then the person knows. */
async function open(
  view: ModalView,
  trigger: string,
  by: Person,
  place: Place | undefined,
  { api, platform }: Handling,
): Promise<Opened | undefined> {
  const opened = await api.call('views.open', { trigger_id: trigger, view })
  if (opened.why === 'ok') {
    const shown = fields(opened.body['view'])
    return { viewId: id(shown['id']) ?? '', hash: string(shown['hash']) ?? '' }
  }
  // Used already: this is a repetition, and the form is open.
  if (opened.code !== 'exchanged_trigger_id') {
    await platform.answer(by.id, place?.reply, refused(words.compose.notOpened))
  }
  return undefined
}

interface Compose {
  readonly by: Person
  readonly to: readonly string[]
  readonly place?: Place
}

/** Opens the form that seals, before any I/O. */
export async function openCompose(compose: Compose, trigger: string, parts: Handling): Promise<void> {
  const form = parts.conversation.form({ act: 'compose', ...compose })
  if (form.form !== 'compose') return
  await open(composeView(form, parts), trigger, compose.by, compose.place, parts)
}

/** The same form in a window that is open already. */
export async function showCompose(compose: Compose, viewId: string, parts: Handling): Promise<void> {
  const form = parts.conversation.form({ act: 'compose', ...compose })
  if (form.form !== 'compose') return
  await parts.api.call('views.update', { view_id: viewId, view: composeView(form, parts) })
}

interface Suggest {
  readonly by: Person
  readonly what: Extract<Press, { act: 'suggest' }>['what']
  readonly viewId: string
  readonly form: NonNullable<Pressed['form']>
  readonly place?: Place
}

/**
 * Puts a fresh password or passphrase into the secret's field. It goes into the form that was pressed, as it was then,
 * and nowhere else: of two presses the one that arrives first wins, and what was sent off meanwhile is left alone.
 */
export async function suggest(
  { by, what, viewId, form: { view: filled, hash }, place }: Suggest,
  parts: Handling,
): Promise<void> {
  const { api, conversation, maxTtlSeconds, platform } = parts
  const { secret } = what === 'password' ? password() : passphrase()
  const to = parseRecipients(filled)
  const form = conversation.form({ act: 'compose', by, to, secret, ...(place && { place }) })
  if (form.form !== 'compose') return
  const view = composeView(form, { maxTtlSeconds, secretAction: `${fieldAction}-${hash}` })
  secret.wipe()
  const shown = await api.call('views.update', { view_id: viewId, hash, view })
  if (shown.why === 'ok' || shown.code === 'hash_conflict' || shown.code === 'not_found') return
  await platform.answer(by.id, place?.reply, refused(words.compose.notSuggested))
}

interface Open {
  readonly by: Person
  readonly press: OpenPress
  readonly place?: Spot
}

/** The confirm form at once; what the store knows of the secret comes after it, and only onto the untouched form. */
export async function openConfirm(
  { by, press, place }: Open,
  trigger: string,
  parts: Handling,
): Promise<void> {
  const { api, conversation, log } = parts
  const form = conversation.form({ act: 'open', by, press })
  if (form.form !== 'confirm') return
  const opened = await open(confirmView(form, place), trigger, by, place, parts)
  if (opened === undefined) return
  // With the store out of reach the form stays: whoever sends it off is told.
  const message = await conversation
    .peek({ act: 'reveal', by, press, ...(place && { place }) })
    .catch((error: unknown) => log({ event: 'store-failed', call: 'peek', code: codeOf(error) }))
  if (!message) return
  const { viewId, hash } = opened
  await api.call('views.update', { view_id: viewId, hash, view: messageView(message, place) })
}

/** "Seal what I just typed": a window at once, then the form with the text that Slack still has. */
export async function openTyped(
  { by, message, place }: { readonly by: Person; readonly message: string; readonly place: Place },
  trigger: string,
  parts: Handling,
): Promise<void> {
  const opened = await open(loadingView, trigger, by, place, parts)
  if (opened === undefined) return
  const text = await readTyped(place.channel, message, by, parts)
  const form = parts.conversation.form({
    act: 'compose',
    by,
    to: [],
    place: { ...place, kind: 'bot' },
    ...typedSecret(text, bounds.maxSecretChars),
  })
  if (form.form !== 'compose') return
  const view = composeView(form, parts)
  form.secret?.wipe()
  await parts.api.call('views.update', { view_id: opened.viewId, hash: opened.hash, view })
}

/** Only ever the person's own message. */
async function readTyped(
  channel: string,
  ts: string,
  by: Person,
  { api }: Handling,
): Promise<string | undefined> {
  const history = await api.ask('conversations.history', {
    channel,
    latest: ts,
    oldest: ts,
    inclusive: true,
    limit: 1,
  })
  if (history.why !== 'ok') return undefined
  const message = list(history.body['messages']).find((one) => one['ts'] === ts && one['user'] === by.id)
  return message && typedText(message)
}
