-- Token bucket: KEYS[1] holds ARGV[1] tokens at most and gains ARGV[2] a second.
-- Use it where short bursts are welcome but the mean rate is bounded.
-- ARGV[3] is the cost of this request (1 unless given).
-- Returns {1, tokens left} where allowed, {0, milliseconds to wait} where not.
local capacity = tonumber(ARGV[1])
local rate = tonumber(ARGV[2])
local cost = tonumber(ARGV[3] or 1)

local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)

local state = redis.call('HMGET', KEYS[1], 'tokens', 'at_ms')
local tokens = tonumber(state[1]) or capacity
local at_ms = tonumber(state[2]) or now_ms
tokens = math.min(capacity, tokens + math.max(0, now_ms - at_ms) * rate / 1000)

local allowed = tokens >= cost
if allowed then
  tokens = tokens - cost
end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at_ms', string.format('%d', now_ms))
-- An idle bucket is full again after capacity / rate seconds: then it need not exist.
redis.call('PEXPIRE', KEYS[1], math.ceil(capacity / rate * 1000) + 1000)

if allowed then
  return {1, math.floor(tokens)}
end
return {0, math.ceil((cost - tokens) / rate * 1000)}
