"""BitOp 1.0.2, in Lua: operations on 32 bits.

Knows nothing of commands. The decision a reader would question: Lua 5.1 has no bit operations, and a crossing
into Python for each would cost as much as this: ``and`` goes by four bits at a time through one table, ``or`` and
``xor`` follow from it by arithmetic.
"""

from __future__ import annotations

LUA = rb"""
local core, low_bits = ...
local native = core.native
local select, floor = native.select, native.math.floor
local format, sub, upper = native.string.format, native.string.sub, native.string.upper
local number_arg = core.number_arg

local BITS = 4294967296
local MAGIC = 6755399441055744   -- 2^52 + 2^51: adding it rounds to a whole number, halves to even

local function signed(n)
  if n >= 2147483648 then return n - BITS end
  return n
end

-- a number as the 32 bits of its rounded value
local function bits(v)
  if v >= 0 and v < BITS and v % 1 == 0 then return v end
  v = v + MAGIC
  if v ~= v or v - v ~= 0 or v >= 9007199254740992 or v < 4503599627370496 then
    return low_bits(v)
  end
  return (v - MAGIC) % BITS
end

local AND = {}
for a = 0, 15 do
  for b = 0, 15 do
    local x, y, r, bit = a, b, 0, 1
    while x > 0 and y > 0 do
      local i, j = x % 2, y % 2
      if i + j == 2 then r = r + bit end
      x, y, bit = (x - i) / 2, (y - j) / 2, bit * 2
    end
    AND[a * 16 + b] = r
  end
end

local function both(a, b)
  local r, place = 0, 1
  while a > 0 and b > 0 do
    local i, j = a % 16, b % 16
    r = r + AND[i * 16 + j] * place
    a, b, place = (a - i) / 16, (b - j) / 16, place * 16
  end
  return r
end

local bit = {}

function bit.tobit(...)
  return (signed(bits(number_arg(1, ...))))
end

function bit.bnot(...)
  return (signed(BITS - 1 - bits(number_arg(1, ...))))
end

local function several(step)
  return function(...)
    local r = bits(number_arg(1, ...))
    for n = select('#', ...), 2, -1 do r = step(r, bits(number_arg(n, ...))) end
    return (signed(r))
  end
end
bit.band = several(both)
bit.bor = several(function(a, b) return a + b - both(a, b) end)
bit.bxor = several(function(a, b) return a + b - 2 * both(a, b) end)

local POWER = {}
for n = 0, 32 do POWER[n] = 2 ^ n end

local function shift(step)
  return function(...)
    local v = bits(number_arg(1, ...))
    return (signed(step(v, bits(number_arg(2, ...)) % 32)))
  end
end

local function left(v, n) return v % POWER[32 - n] * POWER[n] end
local function right(v, n) return floor(v / POWER[n]) end
local function rotated(v, n)
  if n == 0 then return v end
  return left(v, n) + right(v, 32 - n)
end
bit.lshift = shift(left)
bit.rshift = shift(right)
bit.arshift = shift(function(v, n) return floor(signed(v) / POWER[n]) % BITS end)
bit.rol = shift(rotated)
bit.ror = shift(function(v, n) return rotated(v, (32 - n) % 32) end)

function bit.bswap(...)
  local v = bits(number_arg(1, ...))
  local a, b, c = v % 256, floor(v / 256) % 256, floor(v / 65536) % 256
  return (signed(a * 16777216 + b * 65536 + c * 256 + floor(v / 16777216)))
end

function bit.tohex(...)
  local v = bits(number_arg(1, ...))
  local n = 8
  if select('#', ...) > 1 then n = signed(bits(number_arg(2, ...))) end
  local text = format('%08x', v)
  if n < 0 then text, n = upper(text), -n end
  if n > 8 then n = 8 end
  return sub(text, 9 - n)
end

core.G.bit = core.protect(bit)
"""
