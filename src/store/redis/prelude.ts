import { maxReleases, maxWrongProofs, tombstoneMs } from '../../core/store.ts'
import { headFormat } from './packed.ts'

/** The Lua that reads the clock. ARGV[1] is empty, or in tests the time. */
export const clock = `
local now
if ARGV[1] == '' then
  local t = redis.call('TIME')
  now = t[1] * 1000 + math.floor(t[2] / 1000)
else now = tonumber(ARGV[1]) end
`

/**
 * What every script on a record begins with. KEYS: the record, its bucket's due set. ARGV[2]: the raw id.
 * A script either fails before its first write or not at all: Redis undoes nothing.
 */
export const prelude = `${clock}
local key, due, id = KEYS[1], KEYS[2], ARGV[2]
local tombstone, maxWrong, maxReleases = ${tombstoneMs}, ${maxWrongProofs}, ${maxReleases}
local noClaim = string.rep('\\0', 16)
local raw, state, kind, done, releases, tries, created, changed, expires, deadline
local proof, claim, recipient, owner, kid, kdf, receipt, actor, released, wrong, answer, size

local function load()
  raw = redis.call('GETRANGE', key, 0, 2559)
  if raw == '' then return false end
  state, kind, done, releases, tries, created, changed, expires, deadline,
    proof, claim, recipient, owner, kid, kdf, receipt, actor, released, wrong, answer, size = struct.unpack('${headFormat}', raw)
  size = size - 1
  return true
end

local function head()
  return struct.pack('${headFormat}', state, kind, done, releases, tries, created, changed, expires, deadline,
    proof, claim, recipient, owner, #kid, kid, #kdf, kdf, #receipt, receipt, #actor, actor, #released, released,
    #wrong, wrong, #answer, answer)
end

local function sealed()
  if #raw < 2560 then return string.sub(raw, size + 1) end
  return redis.call('GETRANGE', key, size, -1)
end

local function save()
  local new = head()
  if #new == size then redis.call('SETRANGE', key, 0, new)
  else redis.call('SET', key, new .. sealed(), 'KEEPTTL') end
end

local function schedule(at)
  if redis.call('ZADD', due, at, id) == 1 then
    local left = redis.call('PTTL', due)
    if left < 0 or now + left < expires + tombstone then redis.call('PEXPIREAT', due, expires + tombstone) end
  end
end

local function nextDue()
  if state == 3 then return deadline end
  return state == 1 and math.min(deadline, expires) or expires
end

local function finish(new)
  state, changed, deadline, wrong, done = new, now, 0, '', 0
end

-- Whether somebody is still to be told: every end, and what an answer sealed.
local function owesNews()
  return done == 0 and (state > 3 or (state == 2 and answer ~= ''))
end

local function bury()
  -- Deleting first is allowed when memory is full, and lets the rest follow: an end never needs room.
  redis.call('DEL', key)
  raw = head()
  size = #raw
  redis.call('SET', key, raw, 'PXAT', expires + tombstone)
  schedule(now)
end

local function pass()
  local ended, at
  if state == 3 then
    if deadline <= now then ended, at = 6, deadline end
  elseif state < 3 then
    if state == 1 and deadline <= now and deadline < expires then ended, at = 6, deadline
    elseif expires <= now then ended, at = 9, math.max(expires, changed) end
  end
  if ended then finish(ended) changed = at end
  return ended ~= nil
end

local function find()
  if not load() then return false end
  local passed = pass()
  if state > 3 and expires + tombstone <= now then return false end
  if passed then bury() end
  return true
end
`
