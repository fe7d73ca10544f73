const [platform = 'slack'] = process.argv.slice(2)

if (platform === 'slack') {
  const { slackDemo } = await import('./slack.ts')
  await slackDemo()
} else {
  console.error('usage: npm run demo')
  process.exitCode = 2
}
