-- Aggregation: count, sum, smallest and largest of the field ARGV[1] over all hashes in KEYS.
-- Use it to compute beside the data instead of fetching every hash.
-- Returns text for sum and mean: Redis would cut a Lua number to an integer.
local count, sum, least, most = 0, 0, nil, nil
for _, key in ipairs(KEYS) do
  local value = tonumber(redis.call('HGET', key, ARGV[1]))
  if value then
    count = count + 1
    sum = sum + value
    least = math.min(least or value, value)
    most = math.max(most or value, value)
  end
end
if count == 0 then
  return {'count', 0}
end
return {
  'count', count,
  'sum', tostring(sum),
  'mean', string.format('%.2f', sum / count),
  'least', tostring(least),
  'most', tostring(most),
}
