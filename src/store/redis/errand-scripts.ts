import { finishedMs, overMs } from '../../core/store.ts'
import { clock, liveUntil, markErasure } from './prelude.ts'

// An errand is one string: this head (Lua `struct`, big-endian), then its note. 1 when it is finished; until, the end of
// somebody's hold, tries, the note's mark. The head alone is written after the plan, so that the note enters the log once.
const headFormat = '>BI6I6I2c16'
const headBytes = 31

/** The head of errand `key` in local names, when there is one: `kept` is `''` otherwise, or when its last trace has gone. */
const loadErrand = (key: string): string => `
local kept = redis.call('GETRANGE', ${key}, 0, ${headBytes - 1})
local finished, untilMs, held, tries, mark
if kept ~= '' then
  finished, untilMs, held, tries, mark = struct.unpack('${headFormat}', kept)
  if untilMs + (finished == 1 and 0 or ${overMs}) <= now then kept = '' end
end
`

/** Keeps an errand, whatever there was; five arguments from `at` on: the due set's member, due, until, mark, note. */
const keepErrand = (key: string, due: string, at: string): string => `
local last = tonumber(ARGV[${at} + 2]) + ${overMs}
redis.call('SET', ${key}, struct.pack('${headFormat}', 0, tonumber(ARGV[${at} + 2]), 0, 0, ARGV[${at} + 3]) .. ARGV[${at} + 4], 'PXAT', last)
-- Whatever is due already had a note, which this one replaces.
if redis.call('ZADD', ${due}, ARGV[${at} + 1], ARGV[${at}]) == 0 then ${markErasure} end
${liveUntil(due, 'last')}
`

/** Ends an errand that is still owed: its mark alone stays, for a while. What deletes first is not refused when memory is full. */
const endErrand = (key: string, due: string, member: string): string => `
redis.call('DEL', ${key})
redis.call('SET', ${key}, struct.pack('${headFormat}', 1, now + ${finishedMs}, 0, 0, mark), 'PXAT', now + ${finishedMs})
redis.call('ZREM', ${due}, ${member})
${markErasure}
`

/** Plans what a step on a record owes: KEYS[4] is the errands' due set, KEYS[5…] are they, five arguments for each from `first` on. */
export const owe = (first: number): string => `
for n = 5, #KEYS do
  local at = ${first} + (n - 5) * 5
  ${keepErrand('KEYS[n]', 'KEYS[4]', 'at')}
end
`

/** The same, but for what is a resend. */
export const planOwed = (first: number): string => `
for n = 5, #KEYS do
  local at = ${first} + (n - 5) * 5
  ${loadErrand('KEYS[n]')}
  if kept == '' or mark ~= ARGV[at + 3] then ${keepErrand('KEYS[n]', 'KEYS[4]', 'at')} end
end
`

/** Finishes the errands of KEYS[5…], one member of the due set for each from `first` on. */
export const cancel = (first: number): string => `
for n = 5, #KEYS do
  ${loadErrand('KEYS[n]')}
  if kept ~= '' and finished == 0 then ${endErrand('KEYS[n]', 'KEYS[4]', `ARGV[${first} + n - 5]`)} end
end
`

/** KEYS: the errand, its bucket's due set, since when its bucket owes a rewrite of the log. ARGV[2]: its member there. */
const onErrand = (lua: string): { readonly lua: string } => ({
  lua: `${clock}\nlocal owed = KEYS[3]\n${lua}`,
})

/** One script for each verb of errands alone. */
export const errandScripts = {
  /** 3: due, 4: until, 5: mark, 6: note. */
  sottoPlan: onErrand(`${loadErrand('KEYS[1]')}
if kept ~= '' and mark == ARGV[5] then return 1 end
${keepErrand('KEYS[1]', 'KEYS[2]', '2')}
return 1`),

  /** 3: ms to hold, 4: 1 to take it even when it is not due. Over, tries, due, until and the note, or empty. */
  sottoErrand: onErrand(`
local score = tonumber(redis.call('ZSCORE', KEYS[2], ARGV[2]) or 0)
if ARGV[4] == '0' and score > now then return '' end
${loadErrand('KEYS[1]')}
if kept == '' then
  redis.call('DEL', KEYS[1])
  if redis.call('ZREM', KEYS[2], ARGV[2]) == 1 then ${markErasure} end
  return ''
end
if finished == 1 or (ARGV[4] == '1' and held > now) then return '' end
local holds = now + tonumber(ARGV[3])
local note = redis.call('GETRANGE', KEYS[1], ${headBytes}, -1)
redis.call('ZREM', KEYS[2], ARGV[2])
redis.call('SETRANGE', KEYS[1], 0, struct.pack('${headFormat}', 0, untilMs, holds, math.min(tries + 1, 65535), mark))
redis.call('ZADD', KEYS[2], holds, ARGV[2])
return struct.pack('>BI2I6I6', untilMs <= now and 1 or 0, tries, score, untilMs) .. note`),

  /** 3: due, 4: the mark or empty, 5: tries or empty. */
  sottoPostpone: onErrand(`${loadErrand('KEYS[1]')}
if kept == '' or finished == 1 or (ARGV[4] ~= '' and mark ~= ARGV[4]) then return 0 end
if ARGV[5] ~= '' then tries = tonumber(ARGV[5]) end
redis.call('ZREM', KEYS[2], ARGV[2])
redis.call('SETRANGE', KEYS[1], 0, struct.pack('${headFormat}', 0, untilMs, 0, tries, mark))
redis.call('ZADD', KEYS[2], math.min(tonumber(ARGV[3]), untilMs), ARGV[2])
return 1`),

  /** 3: the mark or empty. */
  sottoFinish: onErrand(`${loadErrand('KEYS[1]')}
if kept == '' or finished == 1 or (ARGV[3] ~= '' and mark ~= ARGV[3]) then return 0 end
${endErrand('KEYS[1]', 'KEYS[2]', 'ARGV[2]')}
return 1`),
} as const
