import { createHash } from 'node:crypto'
import { Routes } from 'discord.js'
import type { Failure } from '../../adapter/platform.ts'
import { commands } from '../commands.ts'
import type { Rest } from './rest.ts'

/**
 * Puts the commands when Discord's differ. The comparison is with what is registered, not with a hash of our own: so
 * commands that someone else removed come back, and any number of processes may start together.
 */
export async function register(
  rest: Rest,
  applicationId: string,
  wanted = commands(),
): Promise<'same' | 'put' | Failure> {
  const route = Routes.applicationCommands(applicationId)
  const listed = await rest.asBot({ method: 'GET', route, query: { with_localizations: 'true' } })
  if (listed.why !== 'ok') return listed
  if (hash(listed.body) === hash(wanted)) return 'same'
  const put = await rest.asBot({ method: 'PUT', route, body: wanted })
  return put.why === 'ok' ? 'put' : put
}

/** The same for lists that mean the same, whatever ids, versions, order and defaults Discord adds. */
export function hash(list: unknown): string {
  const kept = Array.isArray(list) ? list.map(essence) : []
  const lines = kept.map((command) => JSON.stringify(command)).sort()
  return createHash('sha256').update(lines.join('\n')).digest('base64url')
}

type Json = Readonly<Record<string, unknown>>

function essence(value: unknown): unknown {
  const command = (typeof value === 'object' && value !== null ? value : {}) as Json
  return {
    type: command['type'] ?? 1,
    name: command['name'],
    description: command['description'] ?? '',
    names: sortedMap(command['name_localizations']),
    descriptions: sortedMap(command['description_localizations']),
    integrationTypes: sortedList(command['integration_types']),
    contexts: sortedList(command['contexts']),
    required: command['required'] ?? false,
    maxLength: command['max_length'] ?? null,
    options: Array.isArray(command['options']) ? command['options'].map(essence) : [],
  }
}

function sortedMap(value: unknown): unknown {
  return Object.entries(value ?? {}).sort(([one], [other]) => (one < other ? -1 : 1))
}

function sortedList(value: unknown): unknown {
  return Array.isArray(value) ? [...value].sort() : []
}
