import { randomBytes } from 'node:crypto'
import type { Clock } from './clock.ts'
import { slackId } from './ids.ts'
import { named, startingValues, type Values } from './inputs.ts'
import { Refusal } from './refusal.ts'
import { copyOf, type Fields, textOf } from './shapes.ts'
import type { User } from './world.ts'

/** A view that is open on somebody's screen, or their App Home. */
export interface OpenView {
  id: string
  user: User
  kind: 'modal' | 'home'
  /** The definition, with ids for all blocks and elements. */
  definition: Fields
  blocks: Fields[]
  values: Values
  hash: string
  rootId: string
  previousId: string | null
  /** Messages under fields, by block id. */
  errors: Map<string, string>
  /** What Slack itself says above the form, such as that it could not reach the app. */
  banner: string
  /** The definitions this view showed, first to last: what was on the screen at some time. */
  shown: Fields[]
}

/** The open modals, per person a stack of at most three, and the App Homes. */
export class Views {
  /** Called after a view has opened, changed or closed. */
  onChange: (what: 'opened' | 'changed' | 'closed', view: OpenView) => void = () => {}
  readonly #clock: Clock
  readonly #open = new Map<string, OpenView>()
  readonly #stacks = new Map<string, OpenView[]>()
  readonly #homes = new Map<string, OpenView>()
  readonly #external = new Map<string, string>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The modal a person looks at. */
  top(userId: string): OpenView | undefined {
    return this.#stacks.get(userId)?.at(-1)
  }

  /** All views of a person's modal, lowest first. */
  stack(userId: string): OpenView[] {
    return this.#stacks.get(userId) ?? []
  }

  /** A person's App Home, when the app has published one. */
  home(userId: string): OpenView | undefined {
    return this.#homes.get(userId)
  }

  /** Opens a modal; what the person had open is replaced. */
  open(user: User, definition: Fields): OpenView {
    this.#checkExternal(definition)
    for (const view of this.stack(user.id)) this.#forget(view)
    const view = this.#make(user, 'modal', definition)
    this.#stacks.set(user.id, [view])
    this.onChange('opened', view)
    user.changed.notify()
    return view
  }

  /**
   * Puts a view on top of the modal.
   * @throws {Refusal} `push_limit_reached` above three views, `not_found` without an open modal
   */
  push(user: User, definition: Fields): OpenView {
    const stack = this.stack(user.id)
    const [root] = stack
    if (!root) throw new Refusal('not_found')
    if (stack.length >= 3) throw new Refusal('push_limit_reached')
    this.#checkExternal(definition)
    const view = this.#make(user, 'modal', definition)
    view.rootId = root.id
    view.previousId = stack.at(-1)?.id ?? null
    this.#stacks.set(user.id, [...stack, view])
    this.onChange('opened', view)
    user.changed.notify()
    return view
  }

  /**
   * Changes an open view; what the person typed stays where block and action keep their ids.
   * @throws {Refusal} `not_found` when it is closed, `hash_conflict` when it changed since
   */
  update(id: string, definition: Fields, hash?: string): OpenView {
    const view = this.find(id)
    if (hash !== undefined && hash !== view.hash) throw new Refusal('hash_conflict')
    if (definition['type'] !== view.kind)
      throw new Refusal('invalid_arguments', ['view type cannot change [json-pointer:/view/type]'])
    this.#checkExternal(definition, view.id)
    this.#define(view, definition)
    this.onChange('changed', view)
    view.user.changed.notify()
    return view
  }

  /**
   * Publishes a person's App Home.
   * @throws {Refusal} `hash_conflict`
   */
  publish(user: User, definition: Fields, hash?: string): OpenView {
    const existing = this.#homes.get(user.id)
    if (existing) return this.update(existing.id, definition, hash)
    if (hash !== undefined) throw new Refusal('hash_conflict')
    this.#checkExternal(definition)
    const view = this.#make(user, 'home', definition)
    this.#homes.set(user.id, view)
    this.onChange('opened', view)
    user.changed.notify()
    return view
  }

  /** An open view by its id. @throws {Refusal} `not_found` */
  find(id: string): OpenView {
    const view = this.#open.get(id)
    if (!view) throw new Refusal('not_found')
    return view
  }

  /** The id of the view with an external id. @throws {Refusal} `not_found` */
  idOf(externalId: string): string {
    const id = this.#external.get(externalId)
    if (id === undefined) throw new Refusal('not_found')
    return id
  }

  /** Closes the top view, and shows the one below it again. */
  closeTop(user: User): OpenView | undefined {
    const stack = [...this.stack(user.id)]
    const view = stack.pop()
    if (!view) return undefined
    this.#forget(view)
    this.#stacks.set(user.id, stack)
    this.onChange('closed', view)
    user.changed.notify()
    return view
  }

  /** Closes the whole modal; the views that were open, top first. */
  clear(user: User): OpenView[] {
    const closed = [...this.stack(user.id)].reverse()
    for (const view of closed) this.#forget(view)
    this.#stacks.delete(user.id)
    for (const view of closed.slice(-1)) this.onChange('closed', view)
    user.changed.notify()
    return closed
  }

  #make(user: User, kind: 'modal' | 'home', definition: Fields): OpenView {
    const id = slackId('V')
    const view: OpenView = {
      id,
      user,
      kind,
      definition,
      blocks: [],
      values: {},
      hash: '',
      rootId: id,
      previousId: null,
      errors: new Map(),
      banner: '',
      shown: [],
    }
    this.#define(view, definition)
    this.#open.set(id, view)
    return view
  }

  #define(view: OpenView, definition: Fields): void {
    view.definition = copyOf(definition)
    view.blocks = named(definition['blocks'])
    view.values = startingValues(view.blocks, view.values)
    view.hash = `${Math.floor(this.#clock.now() / 1_000)}.${randomBytes(6).toString('base64url')}`
    view.errors = new Map()
    view.banner = ''
    view.shown.push(view.definition)
    const externalId = textOf(definition['external_id'])
    if (externalId) this.#external.set(externalId, view.id)
  }

  #checkExternal(definition: Fields, own?: string): void {
    const externalId = textOf(definition['external_id'])
    const holder = externalId ? this.#external.get(externalId) : undefined
    if (holder !== undefined && holder !== own) throw new Refusal('duplicate_external_id')
  }

  #forget(view: OpenView): void {
    this.#open.delete(view.id)
    const externalId = textOf(view.definition['external_id'])
    if (externalId) this.#external.delete(externalId)
  }
}
