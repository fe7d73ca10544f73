import { parseTlv, printTlv } from './tlv.ts'
import { utf8 } from './utf8.ts'

/** Someone, or some place, on a platform: by the signed payload's ids (tenant and user), never by name. */
export interface Party {
  readonly platform: string
  readonly tenant: string
  readonly id: string
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The only bytes of this party (`docs/format.md` §2), to be hashed under a key or sealed as a note. */
export function printParty({ platform, tenant, id }: Party): Uint8Array {
  return printTlv([
    [1, utf8(platform)],
    [2, utf8(tenant)],
    [3, utf8(id)],
  ])
}

/** What `printParty` wrote, or undefined. */
export function parseParty(bytes: Uint8Array): Party | undefined {
  const fields = parseTlv(bytes)
  if (fields?.length !== 3 || fields.some(([tag], at) => tag !== at + 1)) return undefined
  try {
    const [platform = '', tenant = '', id = ''] = fields.map(([, value]) => decoder.decode(value))
    return { platform, tenant, id }
  } catch {
    return undefined
  }
}

/** Whether both are the same account: platform, tenant and id. */
export function sameParty(one: Party, other: Party): boolean {
  return one.platform === other.platform && one.tenant === other.tenant && one.id === other.id
}
