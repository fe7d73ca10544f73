import { maxReleases, maxWrongProofs, newsMs, tombstoneMs } from '../../core/store.ts'
import { kindCode } from '../codes.ts'
import { headFormat, newerFrom, oldHeadFormat, recordFormat, tailFormat } from './packed.ts'

// Pieces of Lua, put into each script as text: functions would be made anew by every call, which costs as much as the rest.

/** How much of a record is read at first: the head, and all of a usual one. */
const window = 2560

/** Records up to this size are kept without spare room. */
const trimmedBytes = 1_048_576

/** How long a bucket remembers by itself that its log is to be rewritten, ms. */
export const owedMs = 60 * 24 * 3_600_000

/** What is written once where it would be moved with every call: a key lives up to this longer than it must, ms. */
const slackMs = 3_600_000

/** `now`. ARGV[1] is empty, or in tests the time. */
export const clock = `
local now
if ARGV[1] == '' then
  local t = redis.call('TIME')
  now = t[1] * 1000 + math.floor(t[2] / 1000)
else now = tonumber(ARGV[1]) end
`

/** A key of several members lives until `last`, ms, at least. */
export const liveUntil = (key: string, last: string): string => `
local left = redis.call('PTTL', ${key})
if left < 0 or now + left < ${last} then redis.call('PEXPIREAT', ${key}, ${last} + ${slackMs}) end
`

/**
 * What every script on a record begins with. KEYS: the record, its bucket's due set, since when its bucket owes a rewrite of
 * the log. ARGV[2]: the raw id.
 * A script either fails before its first write or not at all: Redis undoes nothing.
 */
export const names = `${clock}
local key, due, owed, id = KEYS[1], KEYS[2], KEYS[3], ARGV[2]
local tombstone, newsTime, maxWrong, maxReleases = ${tombstoneMs}, ${newsMs}, ${maxWrongProofs}, ${maxReleases}
local noClaim = '${'\\0'.repeat(16)}'
`

/** Links have nobody who is told of them. */
const isLink = `kind == ${kindCode('w1')}`

/** When the key of a record goes by itself whose news is to be told: after somebody has given it up. */
export const lives = `(expires + (${isLink} and 0 or newsTime) + tombstone)`

/** Whether somebody is still to be told: every end, and what an answer sealed. */
export const owesNews = `(done == 0 and not (${isLink}) and (state > 3 or (state == 2 and answer ~= '')))`

/** When the last trace of a terminal record goes. */
const traceEnds = `(expires + (${owesNews} and newsTime or tombstone))`

/** The same of a packed record that is not loaded; what is not terminal yet will owe news. */
export const traceEndsOf = (packed: string): string => `(struct.unpack('>I6', ${packed}, 18) +
  ((string.byte(${packed}, 2) ~= ${kindCode('w1')} and (string.byte(${packed}) % 16 < 4 or string.byte(${packed}, 3) == 0))
    and newsTime or tombstone))`

/** What stands before the sealed bytes; `size`: how many they are. */
const head = (
  size: string,
): string => `struct.pack('${headFormat}', ${recordFormat << 4} + state, kind, done, releases, tries,
  created, changed, expires, deadline, proof, claim, recipient, owner, ${size}, #kid, kid, #kdf, kdf)`

/** What stands after them. */
const tail = `struct.pack('${tailFormat}', #receipt, receipt, #actor, actor, #released, released, #wrong, wrong, #answer, answer)`

/** The whole record with other sealed bytes; with none it is what is told of it. */
export const record = (bytes = "''"): string => `${head(`#${bytes}`)} .. ${bytes} .. ${tail}`

/** The first word of the error for a record that only a newer version can read. */
export const newerError = 'NEWER'

/** What a script does with such a record unless it knows better: nothing, and it says so. */
const refuseNewer = `return redis.error_reply('${newerError} a newer version of Sotto keeps this secret, and this one leaves it alone')`

/** Leaves alone what `packed` begins with when a newer version wrote it. */
export const leaveNewer = (packed: string, instead = refuseNewer): string =>
  `if string.byte(${packed}) >= ${newerFrom} then ${instead} end`

/** Bytes were deleted, and the log still has them: `owed` says since when. After the first write, so that it needs no room. */
export const markErasure = `redis.call('SET', owed, now, 'PX', ${owedMs}, 'NX')`

/**
 * The record in local names, with what time has made of it but did not write; or the script answers `absent`, after `ifNone`
 * when there is none and `ifOver` when there is one whose last trace should have gone. The sealed bytes are `size` from `from`
 * on, and `behind` is what follows them.
 */
export const load = (absent: string, ifNone = '', ifNewer = refuseNewer, ifOver = ifNone): string => `
local raw = redis.call('GETRANGE', key, 0, ${window - 1})
local size = 0
if raw == '' then ${ifNone} return ${absent} end
${leaveNewer('raw', ifNewer)}
local state, kind, done, releases, tries, created, changed, expires, deadline,
  proof, claim, recipient, owner, kid, kdf, receipt, actor, released, wrong, answer, from, behind
local old = string.byte(raw) < 16
if old then
  state, kind, done, releases, tries, created, changed, expires, deadline,
    proof, claim, recipient, owner, kid, kdf, receipt, actor, released, wrong, answer, from = struct.unpack('${oldHeadFormat}', raw)
  from = from - 1
  size = redis.call('STRLEN', key) - from
else
  state, kind, done, releases, tries, created, changed, expires, deadline,
    proof, claim, recipient, owner, size, kid, kdf, from = struct.unpack('${headFormat}', raw)
  state, from = state - ${recordFormat << 4}, from - 1
  behind = #raw < ${window} and string.sub(raw, from + size + 1) or redis.call('GETRANGE', key, from + size, -1)
  receipt, actor, released, wrong, answer = struct.unpack('${tailFormat}', behind)
end
local passed = false
if state == 3 then
  if deadline <= now then passed, state, changed = true, 6, deadline end
elseif state < 3 then
  if state == 1 and deadline <= now and deadline < expires then passed, state, changed = true, 6, deadline
  elseif expires <= now then passed, state, changed = true, 9, math.max(expires, changed) end
end
if passed then deadline, wrong, done = 0, '', 0 end
if state > 3 and ${traceEnds} <= now then ${ifOver} return ${absent} end
`

/** Due at `at`; a set that the member is new to lives as long as its record. */
export const schedule = (at: string): string => `
if redis.call('ZADD', due, ${at}, id) == 1 then ${liveUntil('due', lives)} end
`

/**
 * Writes the tombstone. An end never needs room: what is refused when memory is full is allowed after a delete.
 */
export const bury = `
behind = ${tail}
raw = ${head('0')} .. behind
local written = redis.pcall('SET', key, raw, 'PXAT', ${lives})
if written.err then
  redis.call('DEL', key)
  redis.call('SET', key, raw, 'PXAT', ${lives})
end
if size > 0 then ${markErasure} end
old, size, from = false, 0, #raw - #behind
${schedule('now')}
`

/** Leaves no trace. */
export const remove = `
redis.call('DEL', key)
redis.call('ZREM', due, id)
if size > 0 then ${markErasure} end
`

/** `load`, and what time has made of the record is written down. */
export const find = (absent: string): string => `${load(absent)}
if passed then ${bury} end
`

/** Enters a terminal state now. */
export const end = (state: string): string => `
state, changed, deadline, wrong, done = ${state}, now, 0, '', 0
${bury}
`

/** The sealed bytes, before anything is written. */
export const sealed = `(#raw < ${window} and string.sub(raw, from + 1, from + size) or redis.call('GETRANGE', key, from, from + size - 1))`

/**
 * Writes the record around its sealed bytes, which stay where they are; one of format 0 is written anew. Redis leaves a
 * string that grew as much room again: a copy has none, and is in the log without the bytes.
 */
export const save = (bytes = sealed): string => `
local front, back = ${head('size')}, ${tail}
if old then redis.call('SET', key, front .. ${bytes} .. back, 'KEEPTTL')
else
  redis.call('SETRANGE', key, 0, front)
  if back ~= behind then
    redis.call('SETRANGE', key, from + size, back)
    if #back > #behind and state ~= 3 and size < ${trimmedBytes} then
      redis.call('COPY', key, key .. '~')
      redis.call('RENAME', key .. '~', key)
    end
  end
end
`

/** When a living record is due, if nothing happens to it. */
export const nextDue = `(state == 3 and deadline or state == 1 and math.min(deadline, expires) or expires)`
