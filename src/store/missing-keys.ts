import type { Finding } from '../core/store.ts'

/** One warning for each key id that secrets may wait under and that `kids` lacks; none when `kids` is not given. */
export function missingKeys(
  used: readonly string[],
  kids: readonly string[] | undefined,
): readonly Finding[] {
  return used
    .filter((kid) => kids !== undefined && !kids.includes(kid))
    .map((kid) => ({
      level: 'warn',
      text: `secrets wait under the server key "${kid}", which is not configured: nobody can open them until it is put back`,
    }))
}
