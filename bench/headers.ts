import { argv, stdout } from 'node:process'
import { observatory, type Score } from '../doubles/observatory.ts'

/**
 * `npm run headers`: scores a running server, `http://127.0.0.1:3000` unless another address follows. The server's own
 * idea of its public address decides whether TLS is judged: with PUBLIC_URL=https://… it stands behind a proxy that
 * speaks nothing else.
 */
const address = (argv[2] ?? 'http://127.0.0.1:3000').replace(/\/$/, '')
const paths = ['/', '/s', '/r', '/d', '/not-found']
const scores: [string, Score][] = []

try {
  const terms = (await (await fetch(`${address}/api/v1/terms`)).json()) as { publicUrl: string }
  for (const path of paths) {
    const response = await fetch(address + path)
    const score = observatory({
      publicUrl: terms.publicUrl,
      headers: response.headers,
      html: await response.text(),
      plainHttp: !terms.publicUrl.startsWith('https:'),
    })
    scores.push([path, score])
  }
  const [, first] = scores[0] ?? []
  for (const { test, points, why } of first?.findings ?? [])
    stdout.write(`${test.padEnd(32)}${String(points > 0 ? `+${points}` : points).padStart(5)}  ${why}\n`)
  stdout.write('\n')
  for (const [path, { score, grade }] of scores)
    stdout.write(`${path.padEnd(32)}${String(score).padStart(5)}  ${grade}\n`)
  if (!terms.publicUrl.startsWith('https:'))
    stdout.write(
      `\n${terms.publicUrl} has no TLS, and the Observatory counts that: run it with PUBLIC_URL=https://… as behind a proxy.\n`,
    )
} catch (error) {
  stdout.write(
    `No server of ours answers at ${address} (${error instanceof Error ? error.message : error}). Start it with: npm start\n`,
  )
  process.exitCode = 2
}
