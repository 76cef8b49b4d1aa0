-- Pushes ARGV[1] on the list KEYS[2], but only while KEYS[1] exists.
-- Use it when a queue may only be fed while its owner is there. Returns 1 or 0.
if redis.call('exists', KEYS[1]) == 1 then
  redis.call('lpush', KEYS[2], ARGV[1])
  return 1
else
  return 0
end
