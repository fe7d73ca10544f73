import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { argv, execPath, exit, pid, stdout } from 'node:process'

/** The loops end by themselves after this, whatever becomes of us, ms. */
const longestMs = 60 * 60_000

const loop = `while (Date.now() < ${Date.now() + longestMs} && process.ppid === ${pid});`

// Runs the suite beside a busy loop for each core: what passes only on an idle machine fails here.
const loops = Array.from({ length: availableParallelism() }, () =>
  spawn(execPath, ['-e', loop], { stdio: 'ignore' }),
)
const suite = spawn(execPath, ['node_modules/vitest/vitest.mjs', 'run', ...argv.slice(2)], {
  stdio: 'inherit',
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => suite.kill(signal))
suite.on('close', (code) => {
  for (const busy of loops) busy.kill('SIGKILL')
  stdout.write(`beside ${loops.length} busy loops\n`)
  exit(code ?? 1)
})
