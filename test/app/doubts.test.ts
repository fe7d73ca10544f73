import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readConfig, secretVariables } from '../../src/app/config.ts'
import { doubtsOfEnvFile } from '../../src/app/doubts.ts'

describe('a configuration that is allowed and seldom meant', () => {
  it.each([
    [
      { PUBLIC_URL: 'http://secrets.example.com' },
      /^PUBLIC_URL is http:\/\/secrets.example.com, without TLS/,
    ],
    [{ PUBLIC_URL: 'http://10.0.0.7:3000' }, /without TLS/],
    [{ HOST: '0.0.0.0' }, /^HOST is 0.0.0.0 and PUBLIC_URL is not set/],
    [{ HOST: '::' }, /^HOST is :: and PUBLIC_URL is not set/],
    [{ PORT: '0' }, /^PORT is 0 and PUBLIC_URL is not set/],
    [{ REDIS_REPLICAS: '1' }, /^REDIS_REPLICAS is set without REDIS_URL/],
  ])('is said in one sentence: %o', (env, said) => {
    expect(readConfig(env).doubts).toEqual([expect.stringMatching(said)])
  })

  it.each([
    {},
    { PUBLIC_URL: 'https://secrets.example.com', HOST: '0.0.0.0' },
    { PUBLIC_URL: 'http://localhost:3000', PORT: '0' },
    { PUBLIC_URL: 'http://[::1]:3000' },
    { HOST: '::1' },
    { SOTTO_WEB: 'off', HOST: '0.0.0.0', PORT: '0', PUBLIC_URL: 'http://secrets.example.com' },
  ])('is not what it says of %o', (env) => {
    expect(readConfig(env).doubts).toEqual([])
  })
})

describe('the .env file', () => {
  let folder: string
  let path: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sotto-env-'))
    path = join(folder, '.env')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('is a finding when others may read what is secret in it, which is not repeated', () => {
    writeFileSync(
      path,
      '# SLACK_BOT_TOKEN=\nPORT=1\nexport DISCORD_TOKEN = canary\nSOTTO_KEYS=k1:canary\nREDIS_URL=\n',
    )
    for (const mode of [0o644, 0o640]) {
      chmodSync(path, mode)
      expect(doubtsOfEnvFile(path, secretVariables)).toEqual([
        `${path} can be read by others, and holds DISCORD_TOKEN, SOTTO_KEYS: chmod 600 ${path}`,
      ])
    }
    chmodSync(path, 0o600)
    expect(doubtsOfEnvFile(path, secretVariables)).toEqual([])
  })

  it('is none when it is not there, or holds nothing secret', () => {
    expect(doubtsOfEnvFile(path, secretVariables)).toEqual([])
    writeFileSync(path, 'PORT=1\nDISCORD_TOKEN_FILE=/run/secrets/discord\n', { mode: 0o644 })
    expect(doubtsOfEnvFile(path, secretVariables)).toEqual([])
  })
})
