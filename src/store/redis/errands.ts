import { printId, type SecretId } from '../../core/format/id.ts'
import type { DueErrand, Errand, ErrandName, ErrandStore } from '../../core/store.ts'
import { idBytes } from '../codes.ts'
import { markOf, type Planned, planned } from '../planned.ts'
import type { Connection } from './connection.ts'
import type { KeyNames } from './keys.ts'
import type { ScriptName } from './scripts.ts'

type Argument = string | number | Uint8Array

/** The errands of one store. */
interface RedisErrands {
  readonly verbs: ErrandStore
  /** The keys and arguments that a step on a record takes beside its own for what it owes. @throws StoreError `bad-argument` */
  owed(id: SecretId, owes: readonly Errand[] | undefined): Owed
  /** The same for what it cancels. */
  cancelled(id: SecretId, names: readonly string[] | undefined): Owed
}

/** What a script takes beside its own keys and arguments. */
export interface Owed {
  readonly keys: readonly string[]
  readonly args: readonly Argument[]
}

const idLength = 16
const nothing: Owed = { keys: [], args: [] }

/** `time` is a script's first argument; `dueIn` finds the members of the next buckets' due sets whose time has come. */
export function redisErrands(
  connection: Connection,
  keys: KeyNames,
  time: () => Argument,
  dueIn: (limit: number) => Promise<readonly Buffer[]>,
): RedisErrands {
  function run(script: ScriptName, id: Buffer, name: string, ...args: Argument[]): Promise<unknown> {
    return connection.run(script, keys.errand(id, printId(id), name), [time(), memberOf(id, name), ...args])
  }

  async function take(member: Buffer, holdMs: number, force: boolean): Promise<DueErrand | undefined> {
    const id = member.subarray(0, idLength)
    const name = member.toString('latin1', idLength)
    const reply = (await run('sottoErrand', id, name, holdMs, force ? 1 : 0)) as Buffer
    return reply.length === 0 ? undefined : readErrand(printId(id), name, reply)
  }

  function beside(id: Uint8Array, text: SecretId, names: readonly string[], args: readonly Argument[]): Owed {
    const errandKeys = names.map((name) => keys.errand(id, text, name)[0])
    return { keys: [keys.errandSet(id[0] ?? 0), ...errandKeys], args }
  }

  return {
    owed(id, owes = []) {
      const plans = owes.map((errand) => planned(errand, id))
      const [first] = plans
      if (first === undefined) return nothing
      const names = plans.map(({ name }) => name)
      return beside(first.id, id, names, plans.flatMap(argumentsOf))
    },

    cancelled(id, names = []) {
      const bytes = idBytes(id)
      if (bytes === undefined || names.length === 0) return nothing
      const members = names.map((name) => memberOf(bytes, name))
      return beside(bytes, id, names, members)
    },

    verbs: {
      async plan(errand) {
        const plan = planned(errand)
        const [, ...args] = argumentsOf(plan)
        await run('sottoPlan', plan.id, plan.name, ...args)
      },

      async errands(limit, holdMs, only) {
        const members = only?.flatMap(memberIfAny) ?? (await dueIn(limit))
        return upTo(limit, members, (member) => take(member, holdMs, only !== undefined))
      },

      async postpone(id, name, dueAt, of) {
        const bytes = idBytes(id)
        if (bytes)
          await run('sottoPostpone', bytes, name, dueAt, of ? markOf(of.note) : '', of ? of.tries : '')
      },

      async finish(id, name, of) {
        const bytes = idBytes(id)
        if (bytes) await run('sottoFinish', bytes, name, of ? markOf(of.note) : '')
      },
    },
  }
}

/** An errand in its bucket's due set: the raw id, and the name. */
function memberOf(id: Uint8Array, name: string): Buffer {
  return Buffer.concat([id, Buffer.from(name, 'latin1')])
}

function memberIfAny({ id, name }: ErrandName): Buffer | [] {
  const bytes = idBytes(id)
  return bytes ? memberOf(bytes, name) : []
}

/** What the scripts keep an errand by. */
function argumentsOf({ id, name, dueAt, until, mark, note }: Planned): readonly Argument[] {
  return [memberOf(id, name), dueAt, until, mark, note]
}

function readErrand(id: SecretId, name: string, reply: Buffer): DueErrand {
  return {
    id,
    name,
    over: reply[0] === 1,
    tries: reply.readUInt16BE(1),
    dueAt: reply.readUIntBE(3, 6),
    until: reply.readUIntBE(9, 6),
    // Not a window on what the socket read: kept for long, that keeps all of it.
    note: new Uint8Array(reply.subarray(15)),
  }
}

/** What `take` gets of `all`, in order, `limit` at most; no more of them are asked for than may be needed. */
export async function upTo<T>(
  limit: number,
  all: readonly Buffer[],
  take: (each: Buffer) => Promise<T | undefined>,
): Promise<T[]> {
  const found: T[] = []
  for (let from = 0; from < all.length && found.length < limit; ) {
    const next = all.slice(from, from + limit - found.length)
    from += next.length
    found.push(...(await Promise.all(next.map(take))).filter((each) => each !== undefined))
  }
  return found
}
