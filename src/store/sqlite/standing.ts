import type { Finding } from '../../core/store.ts'

/** What is wrong now and was not at the start. */
export interface Standing {
  /** It is; `found` hears it the first time. */
  raise(text: string): void
  /** It is over. */
  clear(text: string): void
  list(): readonly Finding[]
}

/** Nothing is wrong yet. */
export function standing(found: (finding: Finding) => void): Standing {
  const now = new Map<string, Finding>()
  return {
    raise(text) {
      if (now.has(text)) return
      const finding = { level: 'warn', text } as const
      now.set(text, finding)
      found(finding)
    },
    clear: (text) => void now.delete(text),
    list: () => [...now.values()],
  }
}
