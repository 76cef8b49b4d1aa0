-- Optimistic lock: writes the document KEYS[1] only if its version is still ARGV[1].
-- Use it instead of WATCH / MULTI / EXEC: read the version, think, then write.
-- ARGV[2] is the new body. Returns {1, new version} or {0, version found}.
local found = tonumber(redis.call('HGET', KEYS[1], 'version') or 0)
if found ~= tonumber(ARGV[1]) then
  return {0, found}
end
redis.call('HSET', KEYS[1], 'version', found + 1, 'body', ARGV[2])
return {1, found + 1}
