import { print, type Row } from './measure.ts'

const parts: Readonly<
  Record<string, { readonly title: string; load(): Promise<() => Promise<readonly Row[]>> }>
> = {
  stores: {
    title: 'The vault against a bare loop on the same driver',
    load: async () => (await import('./stores.ts')).storesBench,
  },
  slack: {
    title: 'Slack, through real Bolt in a process of its own',
    load: async () => (await import('./slack.ts')).slackBench,
  },
  web: {
    title: 'Links, over HTTP and in Chromium',
    load: async () => (await import('./web.ts')).webBench,
  },
  discord: {
    title: 'Discord, through real discord.js in a process of its own',
    load: async () => (await import('./discord.ts')).discordBench,
  },
}

const chosen = process.argv.slice(2)
for (const [name, { title, load }] of Object.entries(parts)) {
  if (chosen.length === 0 || chosen.includes(name)) print(title, await (await load())())
}
