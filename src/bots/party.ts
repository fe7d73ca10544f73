import type { Party } from '../core/format/party.ts'
import type { Attempt } from '../core/vault.ts'
import type { RevealEvent } from './adapter/event.ts'
import type { Person, Platform } from './adapter/platform.ts'
import type { Place } from './adapter/view.ts'

/**
 * Someone or some place on this platform, as the core knows them. A place has no tenant: its id is unique by itself, and
 * people of several tenants may be in it.
 */
export function partyOf({ name }: Pick<Platform, 'name'>, who: Person | Place): Party {
  return 'channel' in who
    ? { platform: name, tenant: '', id: who.channel }
    : { platform: name, tenant: who.tenant, id: who.id }
}

/** Who presses with which token, and the place where its first person may open. */
export function pressedBy(
  platform: Pick<Platform, 'name'>,
  { by, place, press }: Pick<RevealEvent, 'by' | 'place'> & { readonly press: Bearer },
): Pick<Attempt, 'token' | 'by' | 'place'> {
  const isForPlace = press.audience === 'place' && place !== undefined
  return {
    token: press.token,
    by: partyOf(platform, by),
    ...(isForPlace && { place: partyOf(platform, place) }),
  }
}

type Bearer = Pick<RevealEvent['press'], 'token' | 'audience'>
