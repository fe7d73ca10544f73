import { retry } from '../adapter/retry.ts'
import type { Api } from './api.ts'
import { wipedView } from './views.ts'

/** Puts "Wiped" in the place of what a view shows, also where nothing was planned for it. Does not reject. */
export async function wipeView(api: Api, viewId: string): Promise<void> {
  await retry((attempt) => api.call('views.update', { view_id: viewId, view: wipedView }, attempt), {
    pauseMs: 1_000,
    again: (wiped) => wiped.why !== 'ok' && wiped.code !== 'not_found',
  })
}
