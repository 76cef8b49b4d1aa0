-- Atomic counter: adds one to KEYS[1].
-- For a count that many clients share.
local current = redis.call('get', KEYS[1])
if not current then
  redis.call('set', KEYS[1], 1)
  return 1
else
  local new_value = tonumber(current) + 1
  redis.call('set', KEYS[1], new_value)
  return new_value
end
