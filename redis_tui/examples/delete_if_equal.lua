-- Deletes KEYS[1] if its value is ARGV[1]: the safe way to release a lock.
-- Use it so that nobody deletes a lock that has passed to another. Returns 1 or 0.
local value = redis.call('get', KEYS[1])
if value == ARGV[1] then
  redis.call('del', KEYS[1])
  return 1
else
  return 0
end
