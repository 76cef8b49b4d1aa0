"""cmsgpack 0.4.0, in Lua.

Knows nothing of commands. The decision a reader would question: all but floats is done in Lua, where a small table
packs in the time of a few crossings into Python; a float that is no whole number crosses, for Lua has no sight of
its bits. As in the servers a number without a fraction packs as an integer, a table deeper than 16 as nil, and
an unsigned 64-bit integer above 2^63 comes back negative.
"""

from __future__ import annotations

LUA = rb"""
local core, float_bytes, float_value = ...
local native = core.native
local type, next, select = native.type, native.next, native.select
local byte, char, sub, concat = native.string.byte, native.string.char, native.string.sub, native.table.concat
local floor = native.math.floor
local fault, misuse, string_arg, whole_arg = core.fault, core.misuse, core.string_arg, core.whole_arg
local low_int, real = core.low_int, core.real

local MAX_NESTING = 16
local STACK = 8000   -- slots that a C function has
local INT_MAX = 2147483647

-- pack -----------------------------------------------------------------------------------------------------
local out, n

local function two(code, v)
  local low = v % 256
  return char(code, (v - low) / 256, low)
end

local function four(code, v)
  local d = v % 256
  v = (v - d) / 256
  local c = v % 256
  v = (v - c) / 256
  local b = v % 256
  return char(code, (v - b) / 256, b, c, d)
end

local NUMBERS, STRINGS, ARRAYS, MAPS = {}, {}, {}, {}
for i = 0, 127 do NUMBERS[i] = char(i) end
for i = 128, 255 do NUMBERS[i] = char(0xcc, i) end
for i = -32, -1 do NUMBERS[i] = char(256 + i) end
for i = -128, -33 do NUMBERS[i] = char(0xd0, 256 + i) end
for i = 0, 31 do STRINGS[i] = char(0xa0 + i) end
for i = 32, 255 do STRINGS[i] = char(0xd9, i) end
for i = 0, 15 do ARRAYS[i], MAPS[i] = char(0x90 + i), char(0x80 + i) end

local function number(v)
  local known = NUMBERS[v]
  if known then return known end
  if v % 1 ~= 0 or v >= 9223372036854775808 or v < -9223372036854775808 then return float_bytes(v) end
  if v >= 0 then
    if v < 65536 then return two(0xcd, v) end
    if v < 4294967296 then return four(0xce, v) end
  else
    if v >= -32768 then return two(0xd1, v + 65536) end
    if v >= -2147483648 then return four(0xd2, v + 4294967296) end
  end
  local high = floor(v / 4294967296)
  local low = v - high * 4294967296
  return four(v < 0 and 0xd3 or 0xcf, high % 4294967296) .. sub(four(0, low), 2)
end

local function string_head(size)
  if size < 65536 then return two(0xda, size) end
  return four(0xdb, size)
end

local function table_head(known, size, code)
  return known[size] or size < 65536 and two(code, size) or four(code + 1, size)
end

-- the number of elements of an array, or nil and the number of a map's pairs
local function array_length(t)
  local max, count = 0, 0
  for k in next, t do
    if type(k) ~= 'number' or k <= 0 or k % 1 ~= 0 or k > INT_MAX then
      for _ in next, t, k do count = count + 1 end
      return nil, count + 1
    end
    if k > max then max = k end
    count = count + 1
  end
  if max == count then return count end
  return nil, count
end

local put

local function put_table(t, level)
  if next(t) == nil then t = real[t] or t end
  local length, pairs_in = array_length(t)
  n = n + 1
  if length then
    out[n] = table_head(ARRAYS, length, 0xdc)
    for i = 1, length do put(t[i], level) end
    return
  end
  out[n] = table_head(MAPS, pairs_in, 0xde)
  for k, v in next, t do
    put(k, level)
    put(v, level)
  end
end

put = function(v, level)
  local kind = type(v)
  if kind == 'string' then
    local size = #v
    out[n + 1], out[n + 2] = STRINGS[size] or string_head(size), v
    n = n + 2
  elseif kind == 'number' then
    n = n + 1
    out[n] = NUMBERS[v] or number(v)
  elseif kind == 'table' and level < MAX_NESTING then
    put_table(v, level + 1)
  else
    n = n + 1
    out[n] = kind == 'boolean' and (v and '\195' or '\194') or '\192'
  end
end

local cmsgpack = {_NAME = 'cmsgpack', _VERSION = 'lua-cmsgpack 0.4.0', _COPYRIGHT = core.cmsgpack_copyright,
  _DESCRIPTION = 'MessagePack C implementation for Lua'}

function cmsgpack.pack(...)
  local count = select('#', ...)
  if count == 0 then misuse(0, 'MessagePack pack needs input.') end
  if count + count > STACK then misuse(0, 'Too many arguments for MessagePack pack.') end
  out, n = {}, 0
  put((...), 0)
  for i = 2, count do put((select(i, ...)), 0) end
  local parts = out
  out = nil
  return concat(parts)
end

-- unpack ---------------------------------------------------------------------------------------------------
local text, at, size   -- the next byte's position, and the last one's
local held   -- slots of the stack that are taken

local function missing()
  fault('Missing bytes in input.')
end

local function big(from, count)
  if from + count - 1 > size then missing() end
  local v = 0
  for i = from, from + count - 1 do v = v * 256 + byte(text, i) end
  return v
end

local function wide(from)
  if from + 7 > size then missing() end
  local high = big(from, 4)
  if high >= 2147483648 then high = high - 4294967296 end
  return high * 4294967296 + big(from + 4, 4)
end

local decode

local function full()
  fault('stack overflow (too many return values at once; use unpack_one or unpack_limit instead.)')
end

-- beneath a table lies what holds it: each level takes two slots
local function array(count)
  local t, before = {}, held
  if before + 1 >= STACK then fault('stack overflow (in function mp_decode_to_lua_array)') end
  held = before + 2
  if held >= STACK and count > 0 then full() end
  for i = 1, count do t[i] = decode() end
  held = before
  return t
end

local function map(count)
  local t, before = {}, held
  if before + 2 >= STACK and count > 0 then full() end
  for _ = 1, count do
    held = before + 1
    local k = decode()
    held = before + 2
    local v = decode()
    if k == nil or k ~= k then native.error('table index is ' .. (k and 'NaN' or 'nil'), 0) end
    t[k] = v
  end
  held = before
  return t
end

-- a plain value of so many bytes behind the code
local function fixed(count, read)
  return function(from)
    local v = read(from)
    at = from + count
    return v
  end
end

local function unsigned(count)
  return fixed(count, function(from) return big(from, count) end)
end

local function integer(count, half)
  return fixed(count, function(from)
    local v = big(from, count)
    if v >= half then return v - half - half end
    return v
  end)
end

local function float(count)
  return fixed(count, function(from)
    if from + count - 1 > size then missing() end
    return float_value(sub(text, from, from + count - 1))
  end)
end

local function bytes(count)
  return function(from)
    local length = big(from, count)
    local first = from + count
    if first + length - 1 > size then missing() end
    at = first + length
    return sub(text, first, first + length - 1)
  end
end

local function holder(count, read)
  return function(from)
    local length = big(from, count)
    at = from + count
    return read(length)
  end
end

local function constant(v)
  return function(from)
    at = from
    return v
  end
end

local READERS = {
  [0xc0] = constant(nil), [0xc2] = constant(false), [0xc3] = constant(true),
  [0xca] = float(4), [0xcb] = float(8),
  [0xcc] = unsigned(1), [0xcd] = unsigned(2), [0xce] = unsigned(4), [0xcf] = fixed(8, wide),
  [0xd0] = integer(1, 128), [0xd1] = integer(2, 32768), [0xd2] = integer(4, 2147483648), [0xd3] = fixed(8, wide),
  [0xd9] = bytes(1), [0xda] = bytes(2), [0xdb] = bytes(4),
  [0xdc] = holder(2, array), [0xdd] = holder(4, array), [0xde] = holder(2, map), [0xdf] = holder(4, map),
}

decode = function()
  local from = at
  local code = byte(text, from)
  if not code then missing() end
  from = from + 1
  if code < 0x80 then
    at = from
    return code
  end
  if code >= 0xe0 then
    at = from
    return code - 256
  end
  if code >= 0xa0 and code < 0xc0 then
    local to = from + code - 0xa1
    if to > size then missing() end
    at = to + 1
    return sub(text, from, to)
  end
  if code < 0x90 then
    at = from
    return map(code - 0x80)
  end
  if code < 0xa0 then
    at = from
    return array(code - 0x90)
  end
  local read = READERS[code]
  if not read then fault('Bad data format in input.') end
  return read(from)
end

-- decodes up to `limit` values from an offset, or all; `results` gets them from `used` + 1 on
local function collect(s, limit, offset, results, used)
  text, at, size = s, offset + 1, #s
  local from = used
  while at <= size and used - from < limit do
    held = used - from + 1
    if held >= STACK then full() end
    used = used + 1
    results[used] = decode()
  end
  return used
end

local function check(s, limit, offset)
  if offset < 0 or limit < 0 then
    fault('Invalid request to unpack with offset of ' .. low_int(offset) .. ' and limit of ' .. #s .. '.')
  end
  if offset > #s then fault('Start offset ' .. low_int(offset) .. ' greater than input length ' .. #s .. '.') end
end

function cmsgpack.unpack(...)
  local s = string_arg(1, ...)
  text, at, size, held = s, 1, #s, 1
  if size > 0 then
    local first = decode()
    if at > size then return first end
  end
  local results = {}
  local count = collect(s, INT_MAX, 0, results, 0)
  return core.results(results, count)
end

local function part(s, limit, offset)
  local all = limit == 0 and offset == 0
  local results = {}
  local count = collect(s, all and INT_MAX or limit, offset, results, all and 0 or 1)
  if not all then
    if count > STACK - 1 then fault('stack overflow (in function mp_unpack_full)') end
    results[1] = at > size and -1 or at - 1
  end
  return core.results(results, count)
end

function cmsgpack.unpack_one(...)
  local offset = whole_arg(2, 0, ...)
  local s = string_arg(1, ...)
  check(s, 1, offset)
  return part(s, 1, offset)
end

function cmsgpack.unpack_limit(...)
  local limit = whole_arg(2, nil, ...)
  local offset = whole_arg(3, 0, ...)
  local s = string_arg(1, ...)
  check(s, limit, offset)
  return part(s, limit, offset)
end

core.G.cmsgpack = core.protect(cmsgpack)
"""
