import type { Api } from './api.ts'
import { wipedView } from './views.ts'

const tries = 3
const pauseMs = 1_000

/** Puts "Wiped" in the place of what a view shows, also where nothing was planned for it. Does not reject. */
export async function wipeView(api: Api, viewId: string, attempt = 1): Promise<void> {
  const wiped = await api.call('views.update', { view_id: viewId, view: wipedView }, attempt)
  if (wiped.why === 'ok' || wiped.code === 'not_found' || attempt >= tries) return
  await new Promise((resolve) => setTimeout(resolve, pauseMs))
  await wipeView(api, viewId, attempt + 1)
}
