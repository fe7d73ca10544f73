import type { Body, Interaction, PigeonForm } from '../protocol.ts'

/** Somebody with an account. */
export interface Account {
  readonly id: string
  readonly name: string
  readonly kind: 'person' | 'bot'
  readonly left: boolean
  /** Takes no messages from bots. */
  readonly blocks: boolean
}

/** A room, and who is in it; the bot is in every one of them. */
export interface Room {
  readonly id: string
  readonly kind: Interaction['kind']
  readonly people: readonly string[]
}

/** A message as it stands now. */
export interface Message {
  readonly id: string
  readonly room: string
  /** The bot, unless somebody said it. */
  readonly by?: string
  /** The only one who sees it. */
  readonly only?: string
  body: Body
}

/** An interaction, and how it was answered so far. */
export interface Done {
  readonly interaction: Interaction
  /** Own time, ms: a form has three seconds. */
  readonly at: number
  form?: PigeonForm
  /** Its private message. */
  message?: Message
  got: boolean
}

/** Everything that Pigeon knows. */
export interface World {
  readonly accounts: ReadonlyMap<string, Account>
  readonly rooms: Map<string, Room>
  /** Oldest first. */
  readonly messages: Map<string, Message>
  readonly interactions: Map<string, Done>
  /** Every body that was ever shown. */
  readonly bodies: Body[]
  /** A number that was not there before. */
  next(): number
}

const names = ['anna', 'ben', 'carla', 'nora'] as const

/** The people of the double, by name. */
export type Name = (typeof names)[number]

/** `#general` with anna, ben, carla, and nora, who takes no messages from bots; and a bot, and an account that left. */
export function world(): World {
  let numbers = 10
  const account = (id: string, name: string, over: Partial<Account> = {}): Account => ({
    id,
    name,
    kind: 'person',
    left: false,
    blocks: false,
    ...over,
  })
  const people = names.map((name, at) => account(`p${at + 1}`, name, { blocks: name === 'nora' }))
  const others = [account('p8', 'robo', { kind: 'bot' }), account('p9', 'gone', { left: true })]
  return {
    accounts: new Map([...people, ...others].map((one) => [one.id, one])),
    rooms: new Map([['r1', { id: 'r1', kind: 'room', people: people.map(({ id }) => id) }]]),
    messages: new Map(),
    interactions: new Map(),
    bodies: [],
    next: () => ++numbers,
  }
}
