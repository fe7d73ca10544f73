import { GatewayCloseCodes as Close, GatewayIntentBits as Intent } from 'discord-api-types/v10'
import { isObject, type Json } from './form.ts'
import type { World } from './world.ts'

const privileged = Intent.GuildMembers | Intent.GuildPresences | Intent.MessageContent
const allIntents = Object.values(Intent).reduce<number>(
  (sum, bit) => (typeof bit === 'number' ? sum | bit : sum),
  0,
)

/** The code with which an identify is refused, if it is. */
export function identifyObjection(
  { application }: World,
  d: Json,
  id: unknown,
  count: unknown,
): Close | undefined {
  const { intents } = d
  if (d['token'] !== application.token) return Close.AuthenticationFailed
  if (!isObject(d['properties'])) return Close.DecodeError
  if (!Number.isInteger(id) || !Number.isInteger(count) || Number(id) < 0 || Number(id) >= Number(count))
    return Close.InvalidShard
  if (typeof intents !== 'number' || (intents & ~allIntents) !== 0) return Close.InvalidIntents
  if ((intents & privileged & ~application.privilegedIntents) !== 0) return Close.DisallowedIntents
  return undefined
}
