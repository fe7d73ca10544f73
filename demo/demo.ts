const demos: Readonly<Record<string, () => Promise<() => Promise<void>>>> = {
  slack: async () => (await import('./slack.ts')).slackDemo,
  discord: async () => (await import('./discord.ts')).discordDemo,
}

const [platform = 'slack'] = process.argv.slice(2)
const load = Object.hasOwn(demos, platform) ? demos[platform] : undefined

if (load) await (await load())()
else {
  console.error(`usage: npm run demo -- [${Object.keys(demos).join(' | ')}]`)
  process.exitCode = 2
}
