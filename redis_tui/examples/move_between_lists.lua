-- Moves up to ARGV[1] elements from the list KEYS[1] to the list KEYS[2], oldest first.
-- Use it to hand a batch to a worker: no element is lost or seen twice.
-- Returns the elements that were moved.
local moved = {}
for i = 1, tonumber(ARGV[1]) do
  local element = redis.call('RPOP', KEYS[1])
  if not element then
    break
  end
  redis.call('LPUSH', KEYS[2], element)
  moved[i] = element
end
return moved
