"""struct, in Lua: packing into C layouts.

Knows nothing of commands. The decision a reader would question: sizes are those of a 64-bit server (``l`` has 8
bytes), whatever this machine's are, for what a script packs is meant to be read elsewhere. Only floats cross into
Python.
"""

from __future__ import annotations

import struct
from math import copysign, inf

LUA = rb"""
local core, float_bytes, float_value = ...
local native = core.native
local type, tonumber, select = native.type, native.tonumber, native.select
local byte, char, sub = native.string.byte, native.string.char, native.string.sub
local find, rep = native.string.find, native.string.rep
local reverse, match, concat, floor = native.string.reverse, native.string.match, native.table.concat, native.math.floor
local fault, misuse, string_arg, whole_arg = core.fault, core.misuse, core.string_arg, core.whole_arg

local MAX_INT_SIZE, MAX_ALIGN = 32, 8
local STACK = 8000   -- slots that a C function has
local WORD = 4294967296
local SIZES = {B = 1, b = 1, H = 2, h = 2, L = 8, l = 8, T = 8, f = 4, d = 8, x = 1}
local INTEGERS = {b = true, B = true, h = true, H = true, l = true, L = true, T = true, i = true, I = true}

-- where reading the format stands
local format, at, align, little

local function begin(text)
  format, at, align, little = match(text, '^[^%z]*'), 1, 1, true
end

local function count(default)
  local digits = match(format, '^%d+', at)
  if not digits then return default end
  at = at + #digits
  local v = tonumber(digits)
  if v > 2147483647 then fault('integral size overflow') end
  return v
end

-- the next option and its size; nil at the end
local function option()
  local opt = sub(format, at, at)
  if opt == '' then return nil end
  at = at + 1
  local size = SIZES[opt]
  if size then return opt, size end
  if opt == 'c' then return opt, count(1) end
  if opt ~= 'i' and opt ~= 'I' then return opt, 0 end
  size = count(4)
  if size > MAX_INT_SIZE then
    fault('integral size ' .. size .. ' is larger than limit of ' .. MAX_INT_SIZE)
  end
  return opt, size
end

local POWERS = {[1] = true, [2] = true, [4] = true, [8] = true, [16] = true, [32] = true}

-- the bits that two numbers have in common, of the lowest five
local function both(a, b)
  local r = 0
  for bit = 0, 4 do
    local place = 2 ^ bit
    if floor(a / place) % 2 + floor(b / place) % 2 == 2 then r = r + place end
  end
  return r
end

-- a size that is no power of two still counts as a mask of bits
local function padding(position, opt, size)
  if size == 0 or opt == 'c' then return 0 end
  if size > align then size = align end
  if POWERS[size] then return -position % size end
  local mask = size - 1
  return both(size - both(position, mask), mask)
end

local function control(opt)
  if opt == ' ' then return end
  if opt == '>' then little = false
  elseif opt == '<' then little = true
  elseif opt == '!' then
    local a = count(MAX_ALIGN)
    local power = a
    while power > 1 and power % 2 == 0 do power = power / 2 end
    if power ~= 1 then fault('alignment ' .. a .. ' is not a power of 2') end
    align = a
  else
    misuse(1, "invalid format option '" .. opt .. "'")
  end
end

-- pack -----------------------------------------------------------------------------------------------------
local function integer(v, size)
  v = v < 0 and -floor(-v) or floor(v)
  if v ~= v or v < -9223372036854775808 then v = -9223372036854775808 end
  if v >= 18446744073709551616 then v = 0 end
  local high = floor(v / WORD)
  local low = v - high * WORD
  high = high % WORD
  local bytes = {}
  for i = 1, size do
    if i == 5 then low = high end
    if i > 8 then low = 0 end
    local b = low % 256
    bytes[i] = char(b)
    low = (low - b) / 256
  end
  local text = concat(bytes)
  return little and text or reverse(text)
end

local struct = {}

local function packed(n, opt, size, v)
  local kind = type(v)
  if opt == 'c' or opt == 's' then
    if kind == 'number' then v = v .. ''
    elseif kind ~= 'string' then misuse(n, 'string expected, got ' .. kind) end
    if size == 0 then size = #v end
    if #v < size then misuse(n + 1, 'string too short') end
    v = sub(v, 1, size)
    return opt == 's' and v .. '\0' or v
  end
  local number = kind == 'number' and v or kind == 'string' and tonumber(v)
  if not number then misuse(n, 'number expected, got ' .. kind) end
  if INTEGERS[opt] then return integer(number, size) end
  local text = float_bytes(number, size)
  return little and text or reverse(text)
end

function struct.pack(...)
  begin(string_arg(1, ...))
  local values = {...}
  local parts, n, total, arg = {}, 0, 0, 2
  while true do
    local opt, size = option()
    if not opt then break end
    local pad = padding(total, opt, size)
    local text
    if opt == 'x' then text = '\0'
    elseif SIZES[opt] or INTEGERS[opt] or opt == 'c' or opt == 's' then
      text = packed(arg, opt, size, values[arg])
      arg = arg + 1
    else
      control(opt)
    end
    if pad > 0 then
      n = n + 1
      parts[n] = rep('\0', pad)
      total = total + pad
    end
    if text then
      n = n + 1
      parts[n] = text
      total = total + #text
    end
  end
  return concat(parts)
end

-- unpack ---------------------------------------------------------------------------------------------------
local function read_integer(data, from, size, is_signed)
  local high, low = 0, 0
  for k = size < 8 and size or 8, 1, -1 do   -- from the highest of the last eight bytes down
    local b = byte(data, little and from + k - 1 or from + size - k)
    if k > 4 then high = high * 256 + b else low = low * 256 + b end
  end
  if not is_signed or size == 0 then return high * WORD + low end
  -- the sign's place goes round the 64 bits: with 9 bytes it is that of one byte
  local places = (8 * size - 1) % 64
  if places < 32 then
    local whole = 2 ^ places
    if high == 0 and low < whole then return low end
    return low % whole - whole
  end
  local whole = 2 ^ (places - 32)
  if high < whole then return high * WORD + low end
  return (high % whole - whole) * WORD + low
end

function struct.unpack(...)
  local text = string_arg(1, ...)
  local data = string_arg(2, ...)
  local pos = whole_arg(3, 1, ...)
  if pos == 0 then misuse(3, 'offset must be 1 or greater') end
  begin(text)
  local length = #data
  if text == '' then return pos end
  pos = pos - 1
  if not (pos >= 0 and pos <= length) then pos = length + 1 end   -- a size_t: far behind the end
  local results, n, most = {}, 0, STACK - 1 - select('#', ...)
  while true do
    local opt, size = option()
    if not opt then break end
    pos = pos + padding(pos, opt, size)
    if size > length or pos > length - size then misuse(2, 'data string too short') end
    if n >= most then fault('stack overflow (too many results)') end
    if INTEGERS[opt] then
      n = n + 1
      results[n] = read_integer(data, pos + 1, size, opt >= 'a')
    elseif opt == 'f' or opt == 'd' then
      local piece = sub(data, pos + 1, pos + size)
      n = n + 1
      results[n] = float_value(little and piece or reverse(piece))
    elseif opt == 'c' then
      if size == 0 then
        local last = n > 0 and tonumber(results[n])
        if not last then fault("format 'c0' needs a previous size") end
        size = last < 0 and -floor(-last) or floor(last)
        if size >= 18446744073709551616 then size = 0 end
        n = n - 1
        if not (size >= 0) or size > length or pos > length - size then misuse(2, 'data string too short') end
      end
      n = n + 1
      results[n] = sub(data, pos + 1, pos + size)
    elseif opt == 's' then
      local stop = find(data, '\0', pos + 1, true)
      if not stop then fault('unfinished string in data') end
      n = n + 1
      results[n] = sub(data, pos + 1, stop - 1)
      size = stop - pos
    elseif opt ~= 'x' then
      control(opt)
    end
    pos = pos + size
  end
  results[n + 1] = pos + 1
  return core.results(results, n + 1)
end

function struct.size(...)
  begin(string_arg(1, ...))
  local pos = 0
  while true do
    local opt, size = option()
    if not opt then break end
    pos = pos + padding(pos, opt, size)
    if opt == 's' then misuse(1, "option 's' has no fixed size") end
    if opt == 'c' and size == 0 then misuse(1, "option 'c0' has no fixed size") end
    if not find(opt, '^%w') then control(opt) end
    pos = pos + size
  end
  return pos
end

core.G.struct = core.protect(struct)
"""

_FLOAT, _DOUBLE = struct.Struct("<f"), struct.Struct("<d")
_BITS = struct.Struct("<Q")
_SHORT, _LONG = struct.Struct(">f"), struct.Struct(">d")


def pack_float(value: float, size: float) -> bytes:
    """A float in 4 or 8 bytes, the lowest first; what 4 bytes cannot hold becomes infinite."""
    if size == _DOUBLE.size:
        return _DOUBLE.pack(value)
    try:
        return _FLOAT.pack(value)
    except OverflowError:
        return _FLOAT.pack(copysign(inf, value))


def unpack_float(data: bytes) -> float:
    """A float from 4 or 8 bytes, the lowest first."""
    codec = _FLOAT if len(data) == _FLOAT.size else _DOUBLE
    value: float = codec.unpack(data)[0]
    return value


def msgpack_float(value: float) -> bytes:
    """A float as MessagePack has it: in 4 bytes where those hold it exactly, else in 8."""
    try:
        short = _SHORT.pack(value)
        if _SHORT.unpack(short)[0] == value:
            return b"\xca" + short
    except OverflowError:
        pass
    return b"\xcb" + _LONG.pack(value)


def msgpack_value(data: bytes) -> float:
    """A float from its 4 or 8 bytes, the highest first."""
    codec = _SHORT if len(data) == _SHORT.size else _LONG
    value: float = codec.unpack(data)[0]
    return value


def low_bits(value: float) -> int:
    """The lower half of a double's 64 bits."""
    bits: int = _BITS.unpack(_DOUBLE.pack(value))[0]
    return bits & 0xFFFFFFFF
