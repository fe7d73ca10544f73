/** A deliberately broken version of one source file, and the tests that must notice. */
export interface Mutant {
  /** Says what is broken, in kebab-case; unique. */
  readonly name: string
  /** From the project's root. */
  readonly file: string
  /** Stands in the file exactly once. */
  readonly search: string
  readonly replace: string
  /** What has to change with it, for a version that agrees with itself. */
  readonly also?: readonly { readonly search: string; readonly replace: string }[]
  /** Test files from the project's root; one failing test in any of them is enough. */
  readonly killers: readonly string[]
  /** A part of the names of the tests that must notice, where the files hold many slow ones. */
  readonly named?: string
}

/** The source with the mutant's patch in it, or undefined when a searched text is not there exactly once. */
export function patched(source: string, { search, replace, also = [] }: Mutant): string | undefined {
  let text = source
  for (const edit of [{ search, replace }, ...also]) {
    const [before, after, ...more] = text.split(edit.search)
    if (before === undefined || after === undefined || more.length > 0) return undefined
    text = before + edit.replace + after
  }
  return text
}
