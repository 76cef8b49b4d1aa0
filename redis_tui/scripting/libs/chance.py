"""math.random and math.randomseed, in Lua: the servers' own generator.

Knows nothing of commands. The decision a reader would question: the sequence is one for the life of the server
and begins with the same number on all of them, though their documentation says otherwise; who keeps it from one
runtime to the next is the engine. Bounds are C ints: what one wraps is what counts.
"""

from __future__ import annotations

LUA = rb"""
local core = ...
local native, maths = core.native, core.maths
local error, select = native.error, native.select

-- the 48-bit generator of the servers: one sequence from the start of the server on, the same on all
local high, low = 0x1234ABCD, 0x330E   -- upper 32 and lower 16 bits
local MULT_HIGH, MULT_LOW = 0x5DEEC, 0xE66D   -- 0x5DEECE66D
local floor = native.math.floor

local function step()
  local product = low * MULT_LOW + 11
  local next_low = product % 65536
  local carry = (product - next_low) / 65536
  local top = (high % 65536) * MULT_HIGH % 65536 * 65536
  high = (carry + low * MULT_HIGH + high * MULT_LOW + top) % 4294967296
  low = next_low
  return floor(high / 2)
end

local function bounds(count, ...)
  if count > 2 then error('wrong number of arguments', 3) end
  if count < 2 then return 1, count == 1 and core.int_arg(1, ...) or nil end
  return core.int_arg(1, ...), core.int_arg(2, ...)
end

function maths.random(...)
  local count = select('#', ...)
  local from, to = bounds(count, ...)
  if to and from > to then core.misuse(count, 'interval is empty') end
  local r = step() % 2147483647 / 2147483647
  if not to then return r end
  return floor(r * core.low_int(to - from + 1)) + from
end

function maths.randomseed(...)
  high, low = core.int_arg(1, ...) % 4294967296, 0x330E
end

function core.random_state() return high, low end
function core.set_random_state(h, l) high, low = h, l end
"""
