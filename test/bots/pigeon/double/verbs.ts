import { ownTime } from '../../../../doubles/run/own-time.ts'
import type { Body, Call, Fields } from '../protocol.ts'
import type { Message, World } from './world.ts'

/** How long a form may be in coming, ms. */
const formMs = 3_000

/** Does one call; what it is answered, an error's code among it. */
export function perform(world: World, call: Call): Fields {
  switch (call.verb) {
    case 'hello':
      return refuse('bad_call')
    case 'got': {
      const done = world.interactions.get(call.interaction)
      if (done) done.got = true
      return {}
    }
    case 'post': {
      if (!world.rooms.has(call.room)) return refuse('no_such_room')
      if (call.under !== undefined && world.messages.get(call.under)?.room !== call.room) {
        return refuse('no_such_message')
      }
      return { message: show(world, { room: call.room, body: call.body }).id }
    }
    case 'edit': {
      const message = world.messages.get(call.message)
      if (message?.room !== call.room || message.by !== undefined || message.only !== undefined) {
        return refuse('no_such_message')
      }
      change(world, message, call.body)
      return {}
    }
    case 'talk': {
      const account = world.accounts.get(call.person)
      if (!account) return refuse('no_such_person')
      if (account.blocks || account.left || account.kind === 'bot') return refuse('blocked')
      return { room: talkWith(world, call.person) }
    }
    case 'who': {
      const account = world.accounts.get(call.person)
      return account ? { kind: account.kind, left: account.left } : refuse('no_such_person')
    }
    case 'read': {
      const message = world.messages.get(call.message)
      if (message?.room !== call.room || message.by === undefined) return refuse('no_such_message')
      return { by: message.by, text: message.body.plain }
    }
    case 'form': {
      const done = world.interactions.get(call.interaction)
      if (!done || done.interaction.what === 'typed') return refuse('no_such_interaction')
      if (done.form || done.message) return refuse('already_answered')
      if (ownTime() - done.at > formMs) return refuse('too_late')
      done.form = call.form
      return {}
    }
    case 'private': {
      const done = world.interactions.get(call.interaction)
      if (!done || done.interaction.what === 'typed') return refuse('no_such_interaction')
      const { room, person } = done.interaction
      if (done.message) change(world, done.message, call.body)
      else done.message = show(world, { room, only: person, body: call.body })
      return { message: done.message.id }
    }
  }
}

/** The room between this person and the bot. */
export function talkWith(world: World, person: string): string {
  const id = `r${100 + Number(person.slice(1))}`
  world.rooms.set(id, { id, kind: 'talk', people: [person] })
  return id
}

/** Puts a new message into the world. */
export function show(world: World, message: Omit<Message, 'id'>): Message {
  const shown = { id: `m${world.next()}`, ...message }
  world.messages.set(shown.id, shown)
  world.bodies.push(shown.body)
  return shown
}

function change(world: World, message: Message, body: Body): void {
  message.body = body
  world.bodies.push(body)
}

function refuse(error: string): Fields {
  return { error }
}
