import type { Mutant } from '../mutant.ts'

const quotas = 'test/bots/quota.test.ts'
const asks = 'test/bots/limited.test.ts'
const limits = 'test/web/limits.test.ts'
const addresses = 'test/web/address.test.ts'
const hardening = 'test/web/hardening.test.ts'
const quota = 'src/bots/quota.ts'

/** How often somebody may do what costs others something. */
export const limiting: readonly Mutant[] = [
  {
    name: 'no-quota-of-a-person',
    file: quota,
    search: "await wait('chat-person', keyOf(by), count)",
    replace: 'undefined',
    killers: [quotas],
  },
  {
    name: 'no-quota-of-a-tenant',
    file: quota,
    search: "await wait('chat-tenant',",
    replace: "(await 0) || void wait('chat-tenant',",
    killers: [quotas],
  },
  {
    name: 'quota-by-id-without-tenant',
    file: quota,
    search: '`${platform}/${tenant}/${id}`',
    replace: '`${platform}/${id}`',
    killers: [asks],
  },
  {
    name: 'no-quota-of-alarms',
    file: 'src/bots/conversation.ts',
    search: 'if (!(await share.alarm(by)))',
    replace: 'if (false)',
    killers: [asks],
  },
  {
    name: 'no-quota-of-requests',
    file: 'src/bots/conversation.ts',
    search: 'await share.secrets(event.by, 1)',
    replace: 'undefined',
    killers: [asks],
  },
  {
    name: 'recipients-not-counted',
    file: 'src/bots/conversation.ts',
    search: 'Math.max(1, ids.length)',
    replace: '1',
    killers: [quotas],
  },
  {
    name: 'no-limit-by-address',
    file: 'src/web/api/serve.ts',
    search: "if (allowed.why === 'limited') throw",
    replace: 'if (false) throw',
    killers: [hardening],
  },
  {
    name: 'failed-claims-not-counted',
    file: 'src/web/api/secrets.ts',
    search: 'await failed.count(id)',
    replace: '',
    killers: [hardening],
    named: 'claims of one id',
  },
  {
    name: 'large-body-counts-as-one',
    file: 'src/web/api/serve.ts',
    search: '1 + Math.floor(body.maxBytes / maxTextBody)',
    replace: '1',
    killers: [hardening],
  },
  {
    name: 'forwarded-for-believed',
    file: 'src/web/server/address.ts',
    search: 'while (trusted(client)) {',
    replace: 'while (hops.length > 0) {',
    killers: [hardening],
  },
  {
    name: 'every-hop-believed',
    file: 'src/web/server/address.ts',
    search: 'const hop = hops.pop()',
    replace: 'const hop = hops.shift()',
    killers: [hardening],
  },
  {
    name: 'networks-without-bits',
    file: 'src/web/server/address.ts',
    search: 'known.addSubnet(address, bits,',
    replace: 'known.addSubnet(address, 0,',
    killers: [addresses],
  },
  {
    name: 'ipv6-limited-by-address',
    file: 'src/web/server/address.ts',
    search: 'parts.slice(0, 4)',
    replace: 'parts.slice(0, 8)',
    killers: [addresses],
  },
  {
    name: 'address-kept-in-clear',
    file: 'src/web/server/address.ts',
    search: "Buffer.from(hash).toString('base64url')",
    replace: 'hash.length > 0 ? address : address',
    killers: [addresses],
  },
  {
    name: 'sqlite-limits-without-insurance',
    file: 'src/store/rate-limits/sqlite.ts',
    search: 'tableCreated: true,',
    replace: 'tableCreated: true, insuranceLimiter: undefined as never,',
    killers: [limits],
  },
  {
    name: 'sqlite-limits-not-swept',
    file: 'src/store/rate-limits/sqlite.ts',
    search: 'sweep()\n  const timer',
    replace: 'const timer',
    killers: [limits],
  },
  {
    name: 'redis-limits-without-insurance',
    file: 'src/store/rate-limits/redis.ts',
    search: '...options, storeClient: redis',
    replace: '...options, storeClient: redis, insuranceLimiter: undefined as never',
    killers: [limits],
    named: 'rate limits in Redis',
  },
  {
    name: 'redis-limits-without-ttl',
    file: 'src/store/rate-limits/redis.ts',
    search: '...options, storeClient: redis',
    replace: '...options, duration: 0, storeClient: redis',
    killers: [limits],
    named: 'leave no key without an expiry',
  },
]
