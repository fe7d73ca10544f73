import type { Mutant } from '../mutant.ts'

const wiring = 'test/app/wiring.test.ts'
const refusing = 'test/app/refusals.test.ts'
const starting = 'test/app/start.test.ts'
const configuring = 'test/app/config.test.ts'

/** The start and the wiring. */
export const app: readonly Mutant[] = [
  {
    name: 'starts-on-an-unfit-store',
    file: 'src/app/stores.ts',
    search: 'if (refusals.length > 0)',
    replace: 'if (false)',
    killers: [refusing],
    named: 'Redis would bring back what was opened',
  },
  {
    name: 'confidential-value-repeated',
    file: 'src/app/config.ts',
    search: 'const confidential = /TOKEN|SECRET|KEYS|REDIS_URL|PROXY$/',
    replace: 'const confidential = /SECRET|KEYS|REDIS_URL|PROXY$/',
    killers: [configuring],
  },
  {
    name: 'missing-key-file-made',
    file: 'src/app/stores.ts',
    search: 'if (!made) return await namedKeys(',
    replace: 'if (false) return await namedKeys(',
    killers: [refusing],
    named: 'the key file may not be read',
  },
  {
    name: 'unhandled-error-printed',
    file: 'src/app/start.ts',
    search: 'return [`Sotto failed: ${codeOf(error)}`, ...frames]',
    replace: 'return [`Sotto failed: ${error}`, ...frames]',
    killers: [starting],
    named: 'prints no error whole',
  },
  {
    name: 'limiter-not-handed-over',
    file: 'src/app/wiring.ts',
    search: 'others,\n      limiter,',
    replace: 'others,',
    killers: [wiring],
  },
  {
    name: 'limiter-not-handed-to-the-web',
    file: 'src/app/links.ts',
    search: 'keyring,\n    limiter,\n    log,',
    replace: "keyring,\n    limiter: { ...limiter, take: async () => ({ why: 'allowed' }) },\n    log,",
    killers: [wiring],
  },
  {
    name: 'longest-lifetime-not-handed-over',
    file: 'src/app/wiring.ts',
    search: 'maxTtlSeconds,\n      clock,',
    replace: 'maxTtlSeconds: 30 * 86_400,\n      clock,',
    killers: [wiring],
  },
]
