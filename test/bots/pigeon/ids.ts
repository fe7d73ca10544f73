import type { IdShapes } from '../../../src/bots/adapter/press.ts'

/** A letter for the kind and a number: `p1`, `r1`, `m1`. */
export const ids: IdShapes & { readonly room: RegExp } = {
  user: /^p\d{1,12}$/,
  room: /^r\d{1,12}$/,
  message: /^m\d{1,12}$/,
}
