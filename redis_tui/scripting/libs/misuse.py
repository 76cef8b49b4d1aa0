"""Errors of the libraries as C functions raise them: with the caller's line and the name it called them by.

Knows no library. The decision a reader would question: the place is looked up by walking the stack when
something has failed already, so that a library's functions may call one another at any depth and pay
nothing for it. A library function must check its arguments itself, not in a function that it ends in: a
tail call takes its frame, and with it the name, away.
"""

from __future__ import annotations

LUA = rb"""
local core = ...
local native = core.native
local error, type, tonumber, select = native.error, native.type, native.tonumber, native.select
local floor, unpack = native.math.floor, native.unpack
local LOWEST = -9223372036854775808
local getinfo, source = native.debug.getinfo, core.source

-- the first frame below that is not ours, and the name and kind by which it called
local function caller()
  local level, name, by = 3, nil, nil
  local info = getinfo(level, 'nSl')
  while info and (info.source == source or info.what == 'tail') do
    name, by = info.name, info.namewhat
    level = level + 1
    info = getinfo(level, 'nSl')
  end
  name = name or '?'
  if not info or info.what == 'C' or info.currentline <= 0 then return '', name, by end
  return info.short_src .. ':' .. info.currentline .. ': ', name, by
end

-- as luaL_error
function core.fault(text)
  local place = caller()
  error(place .. text, 0)
end

-- as luaL_argerror
local function misuse(n, why)
  local place, name, by = caller()
  if by == 'method' then
    n = n - 1
    if n == 0 then error(place .. "calling '" .. name .. "' on bad self (" .. why .. ")", 0) end
  end
  error(place .. "bad argument #" .. n .. " to '" .. name .. "' (" .. why .. ")", 0)
end
core.misuse = misuse

local function kind_of(n, ...)
  if select('#', ...) < n then return 'no value' end
  return type((select(n, ...)))
end

-- argument n as a string, as luaL_checkstring; `...` are all of them
function core.string_arg(n, ...)
  local v = (select(n, ...))
  local kind = type(v)
  if kind == 'string' then return v end
  if kind == 'number' then return v .. '' end
  misuse(n, 'string expected, got ' .. kind_of(n, ...))
end

-- argument n as a number, as luaL_checknumber
function core.number_arg(n, ...)
  local v = (select(n, ...))
  local kind = type(v)
  if kind == 'number' then return v end
  v = kind == 'string' and tonumber(v)
  if v then return v end
  misuse(n, 'number expected, got ' .. kind_of(n, ...))
end

-- a number as C makes a whole one of it
function core.whole(v)
  if not (v >= LOWEST and v < -LOWEST) then return LOWEST end
  return v < 0 and -floor(-v) or floor(v)
end

-- argument n as a whole number, as luaL_optinteger: nil and absence are the default; what 64 bits cannot hold is the
-- lowest of them
function core.whole_arg(n, default, ...)
  local v = (select(n, ...))
  if v == nil and default then return default end
  local kind = type(v)
  if kind == 'string' then v = tonumber(v) end
  if type(v) ~= 'number' then misuse(n, 'number expected, got ' .. kind_of(n, ...)) end
  return core.whole(v)
end

-- what a C int keeps of a whole number: the lower 32 bits
function core.low_int(v)
  return (v + 2147483648) % 4294967296 - 2147483648
end

-- what a C function returns that has filled its stack, which is more than unpack puts on its own
function core.results(t, count)
  if count < 7990 then return unpack(t, 1, count) end
  return t[1], t[2], t[3], unpack(t, 4, count)
end

-- argument n as a C int that luaL_checkinteger gave, or luaL_optinteger
function core.int_arg(n, ...)
  return core.low_int(core.whole_arg(n, nil, ...))
end

function core.int_or(n, default, ...)
  return core.low_int(core.whole_arg(n, default, ...))
end
"""
