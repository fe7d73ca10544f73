import { cancel, errandScripts, owe, planOwed } from './errand-scripts.ts'
import {
  bury,
  clock,
  end,
  find,
  leaveNewer,
  lives,
  liveUntil,
  load,
  markErasure,
  names,
  nextDue,
  owedMs,
  owesNews,
  record,
  remove,
  save,
  schedule,
  sealed,
  traceEndsOf,
} from './prelude.ts'

interface Script {
  readonly lua: string
}

const onRecord = (lua: string): Script => ({ lua: names + lua })
const onKey = (lua: string): Script => ({ lua: clock + lua })

/** Adds `entry` to a list that lives as long as its latest entry; what is stale at the old end goes. */
const addToIndex = (index: string, entry: string, stale: string): string => `
redis.call('LPUSH', ${index}, ${entry})
local last = redis.call('LINDEX', ${index}, -1)
if last ~= ${entry} and struct.unpack('>I4', last, 7) * 1000 <= now then redis.call('RPOP', ${index}) end
${liveUntil(index, `tonumber(${stale})`)}
`

/** One script for each verb: atomic, on keys of one slot, and the same answer when it is sent again. */
export const scripts = {
  /**
   * 3: the packed record, 4: expiry, 5: ms it may stay staged, or empty. Where the owner's list can be in the same call,
   * KEYS[4] is it, 6: the entry, 7: when that is stale. 1: kept; 0: the id is taken.
   */
  sottoPut: onRecord(`
local old, new = redis.call('GETRANGE', key, 0, 60), ARGV[3]
if old ~= '' then ${leaveNewer('old')} end
if old ~= '' and ${traceEndsOf('old')} > now then
  return string.sub(old, 30, 61) == string.sub(new, 30, 61) and 1 or 0
end
if KEYS[4] then ${addToIndex('KEYS[4]', 'ARGV[6]', 'ARGV[7]')} end
local kind, expires, deadline = string.byte(new, 2), tonumber(ARGV[4]), 0
local next = expires
if ARGV[5] ~= '' then
  deadline = now + tonumber(ARGV[5])
  next = math.min(deadline, expires)
end
local times = struct.pack('>I6I6I6I6', now, now, expires, deadline)
redis.call('SET', key, string.sub(new, 1, 5) .. times .. string.sub(new, 30), 'PXAT', ${lives})
if old ~= '' then ${markErasure} end
${schedule('next')}
return 1`),

  /** 3: the receipt, 4…: what it owes. The state, or -1. The due entry stays early: it costs less than moving it for every card. */
  sottoConfirm: onRecord(`${find('-1')}
receipt = ARGV[3]
if state == 1 then state, changed, deadline = 2, now, 0 end
${save()}
${planOwed(4)}
return state`),

  /** 1: it is not there any more; 0: it is past that. */
  sottoDiscard: onRecord(`${find('1')}
if state > 1 then return 0 end
${remove}
return 1`),

  /** 3: the answer's proof hash, 4: sealed, 5: key id, 6: proof hash, 7: the answer's own hash. The state after; -1: wrong; -2: gone. */
  sottoAnswer: onRecord(`${find('-2')}
if state ~= 0 then return answer == ARGV[7] and 2 or -2 end
if proof ~= ARGV[3] then return -1 end
state, changed, kid, proof, answer = 2, now, ARGV[5], ARGV[6], ARGV[7]
redis.call('SET', key, ${record('ARGV[4]')}, 'KEEPTTL')
${schedule('now')}
return 2`),

  /** 3: claim id, 4: proof hash, 5: recipient, 6: actor, 7: lease in ms, 8: key ids, a line each, 9…: what it owes. A letter and what goes with it. */
  sottoClaim: onRecord(`${find("'u'")}
if recipient ~= ARGV[5] then return 'r' end
if state > 3 then return 'g' .. ${record()} end
if state == 0 then return 'n' end
local proven = proof == ARGV[4]
if state == 3 then
  if not proven or claim ~= ARGV[3] then return 'b' end
  -- Written again, so that a WAIT on a new connection waits for this claim too.
  redis.call('SETRANGE', key, 0, string.sub(raw, 1, 1))
  local bytes = ${sealed}
  return struct.pack('>c1I6', 'c', deadline) .. ${record('bytes')}
end
if not string.find(ARGV[8], '\\n' .. kid .. '\\n', 1, true) then return 'k' .. kid end
if not proven then
  local mark = ARGV[3] .. ARGV[4]
  for at = 1, #wrong, 48 do
    if string.sub(wrong, at, at + 47) == mark then return 'w' .. string.char(maxWrong - (at + 47) / 48) end
  end
  tries = tries + 1
  if tries >= maxWrong then
    ${end('8')}
    return 'g' .. raw
  end
  wrong = wrong .. mark
  ${save()}
  return 'w' .. string.char(maxWrong - tries)
end
local bytes = ${sealed}
-- Claimed anew by whoever gave it back: a late resend of that release must not pass for this one's.
if released == ARGV[3] then released = '' end
state, changed, deadline, claim, actor = 3, now, now + tonumber(ARGV[7]), ARGV[3], ARGV[6]
${save('bytes')}
redis.call('ZADD', due, deadline, id)
${owe(9)}
return struct.pack('>c1I6', 'c', deadline) .. front .. bytes .. back`),

  /** 3: claim id, 4…: what it cancels. The state after, or -1. */
  sottoRelease: onRecord(`${find('-1')}
if state == 3 and claim == ARGV[3] then
  releases, released = releases + 1, claim
  if releases > maxReleases then
    ${end('6')}
    ${cancel(4)}
    return 6
  end
  state, changed, deadline, claim = 2, now, 0, noClaim
  ${save()}
  ${cancel(4)}
  ${schedule(`${owesNews} and now or expires`)}
  return 2
end
if released ~= ARGV[3] then return -1 end
return releases > maxReleases and 6 or 2`),

  /** 3: claim id, 4: the state, 5…: what it owes. 1 or 0. */
  sottoSettle: onRecord(`${find('0')}
if claim ~= ARGV[3] then return 0 end
if state ~= 3 then return state == tonumber(ARGV[4]) and 1 or 0 end
${end('tonumber(ARGV[4])')}
${owe(5)}
return 1`),

  /** 3: the owners, 16 bytes each. The state after (7: burned), or -1. */
  sottoBurn: onRecord(`${find('-1')}
local owns = false
for at = 1, #ARGV[3], 16 do owns = owns or string.sub(ARGV[3], at, at + 15) == owner end
if not owns then return -1 end
if state < 3 then ${end('7')} end
return state`),

  /** The record without bytes, as time has left it, or empty. */
  sottoLook: onRecord(`${load("''")}
return ${record()}`),

  /** 3: ms to hold, 4: 1 to take it even when it is not due. A letter (`g`: given up) and the record without bytes, or empty. */
  sottoDue: onRecord(`
local score = redis.call('ZSCORE', due, id)
-- What owes news is due at once: later than now means that somebody has it, or that time has ended it since.
local held = score and tonumber(score) > now
if ARGV[4] == '0' and (held or not score) then return '' end
${load(
  "''",
  remove,
  // Out of the way for a moment, so that a bucket full of them does not hide what this version can read.
  "if ARGV[4] == '0' then redis.call('ZADD', due, now + tonumber(ARGV[3]), id) end return ''",
  `if held and not passed then return '' end ${remove} if ${owesNews} then return 'g' .. ${record()} end`,
)}
if passed then ${bury} end
if ${owesNews} then
  if held and not passed then return '' end
  redis.call('ZADD', due, now + tonumber(ARGV[3]), id)
  return 'd' .. ${record()}
end
if state > 3 then redis.call('ZREM', due, id) else redis.call('ZADD', due, ${nextDue}, id) end
return ''`),

  /** 3: the state whose news went out, 4…: what that owes. */
  sottoDone: onRecord(`${find('0')}
if state ~= tonumber(ARGV[3]) or not ${owesNews} then return 0 end
done = 1
${save()}
if state > 3 then
  redis.call('PEXPIREAT', key, expires + tombstone)
  redis.call('ZREM', due, id)
else redis.call('ZADD', due, ${nextDue}, id) end
${owe(4)}
return 1`),

  /** 2: caller, 3: ms. 1: the first, or the same again; 0. */
  sottoFirst: onKey(`
local kept = redis.call('GET', KEYS[1])
if kept then
  local untilMs = struct.unpack('>I6', kept)
  if untilMs > now then return string.sub(kept, 7) == ARGV[2] and 1 or 0 end
end
redis.call('SET', KEYS[1], struct.pack('>I6', now + tonumber(ARGV[3])) .. ARGV[2], 'PX', ARGV[3])
return 1`),

  /** 2: caller. */
  sottoForget: onKey(`
local kept = redis.call('GET', KEYS[1])
if kept and string.sub(kept, 7) == ARGV[2] then redis.call('DEL', KEYS[1]) end
return 1`),

  /** KEYS: since when a rewrite is owed, since when one is under way. 1: what tells this one. From now on ends owe another. */
  sottoErasing: {
    lua: `
local since = redis.call('GET', KEYS[2]) or redis.call('GET', KEYS[1])
if not since then return 0 end
redis.call('SET', KEYS[2], string.match(since, '^%d+') .. ' ' .. ARGV[1], 'PX', ${owedMs})
redis.call('DEL', KEYS[1])
return 1`,
  },

  /** KEYS: since when one is under way. 1: what tells this one, which is done. */
  sottoErased: {
    lua: `
local since = redis.call('GET', KEYS[1])
if since and string.match(since, ' (%x+)$') == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1`,
  },

  /** 2: the entry, 3: when it is stale. */
  sottoIndex: onKey(`${addToIndex('KEYS[1]', 'ARGV[2]', 'ARGV[3]')}
return 1`),

  ...errandScripts,
} as const satisfies Record<string, Script>

/** The name under which a script is defined on the client. */
export type ScriptName = keyof typeof scripts
