import type { Person } from './person.ts'
import type { Channel, User, World } from './world.ts'

/** The people every double starts with. */
export type Cast = Record<'anna' | 'ben' | 'carla' | 'mallory' | 'felix' | 'dora' | 'nora', Person>

/** The conversations every double starts with. */
export interface Places {
  /** Public; the bot is a member. */
  general: Channel
  /** Public; the bot is not a member. */
  random: Channel
  /** Private; the bot, anna and ben are members. */
  leads: Channel
  /** Private; only anna and ben are members. */
  board: Channel
  /** Shared with the other workspace; the bot, anna, ben and felix are members. */
  partners: Channel
  /** Archived; the bot is a member. */
  archive: Channel
  /** The direct message of anna and ben. */
  annaAndBen: Channel
}

/** Makes the people, and another app's bot called deploybot. */
export function castOf(world: World, person: (user: User) => Person): Cast {
  const add = (name: string, traits = {}) => person(world.addUser(name, traits))
  world.addUser('deploybot', { isBot: true })
  return {
    anna: add('anna'),
    ben: add('ben'),
    carla: add('carla'),
    mallory: add('mallory'),
    felix: add('felix', { teamId: world.foreign.id }),
    dora: add('dora', { deactivated: true }),
    nora: add('nora', { refusesDms: true }),
  }
}

/** Makes the conversations. */
export function channelsOf(world: World, { anna, ben, carla, mallory, felix, nora }: Cast): Places {
  const home = [anna, ben, carla, mallory, nora]
  return {
    general: world.addChannel('general', [...home, world.bot]),
    random: world.addChannel('random', home),
    leads: world.addChannel('leads', [anna, ben, world.bot], { kind: 'private' }),
    board: world.addChannel('board', [anna, ben], { kind: 'private' }),
    partners: world.addChannel('partners', [anna, ben, felix, world.bot], { shared: true }),
    archive: world.addChannel('archive', [anna, world.bot], { archived: true }),
    annaAndBen: world.openIm(anna.id, ben.id),
  }
}
