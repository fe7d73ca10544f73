import { buildPages } from '../src/web/build.ts'

/** Before any test: the pages that the real program serves. */
export async function setup(): Promise<void> {
  await buildPages()
}
