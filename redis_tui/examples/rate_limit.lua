-- Rate limit by fixed window: ARGV[1] hits in ARGV[2] seconds on KEYS[1].
-- Use it in front of logins or an API; cheap, one key a client.
-- Returns {1, hits left} where allowed, {0, seconds to wait} where not.
local hits = redis.call('INCR', KEYS[1])
if hits == 1 then
  redis.call('EXPIRE', KEYS[1], ARGV[2])
end
if hits > tonumber(ARGV[1]) then
  return {0, redis.call('TTL', KEYS[1])}
end
return {1, tonumber(ARGV[1]) - hits}
