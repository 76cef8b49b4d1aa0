"""string.find, match, gmatch and gsub, none of which may run for long or recurse deeply where no kill reaches.

Source only; must not know how patterns are matched. It reckons for each pattern how long a text the native matcher may
be given (`reach`): what that would do at worst, by the number of items that can give way to one another, within some
`BUDGET`. Beyond that the `matcher` in Lua takes over, which meets the hook of the run.

The decision a reader would question: a bound by the worst case, though most texts are nowhere near it. The worst case
is what hangs a server, and nothing about a text tells it ahead; the reckoning knows the patterns that people write, so
that for them it is linear, or the square of some thousand characters.
"""

from __future__ import annotations

LUA = rb"""
local core = ...
local native = core.native
local find, match, gmatch, gsub = native.string.find, native.string.match, native.string.gmatch, native.string.gsub
local byte, sub, concat = native.string.byte, native.string.sub, native.table.concat
local type, select, unpack, error = native.type, native.select, native.unpack, native.error
local foreachi, setmetatable, getinfo = native.table.foreachi, native.setmetatable, native.debug.getinfo
local misuse, fault, string_arg = core.misuse, core.fault, core.string_arg
local whole_arg, int_or = core.whole_arg, core.int_or
local compile, matcher, class, beyond = core.compile_pattern, core.matcher, core.class, core.beyond_captures
local real, source = core.real, core.source
local max, getfenv = native.math.max, native.debug.getfenv
local of_c = getfenv(find)   -- the environment of all that is written in C
local CHAR, STAR, LAZY, OPT, BALANCE, FRONTIER, BACK, END = 1, 2, 3, 4, 8, 9, 10, 11
local SPECIAL = '[%^%$%*%+%?%.%(%[%%%-]'
local BUDGET = 5e7         -- steps of the native matcher, of some nanoseconds each
local PLAIN = 2 ^ 28       -- bytes to compare, of which it does many at once
local SUBSTITUTED = 2 ^ 24 -- bytes to put together
local DEEPEST = 150        -- frames of C that a match may stack
local LONGEST = 1000       -- bytes of a pattern that is thought about
local KEPT = 500           -- patterns that are remembered

local apart, pairs_kept = {}, 0   -- what a run is of .. what follows -> whether nothing is both

-- whether what follows the run at `pc` cannot begin within it
local function is_apart(program, pc)
  local op, text = program.op, program.text
  local after = beyond(op, pc + 1)
  if op[after] ~= CHAR then return false end
  local key = text[pc] .. '\0' .. text[after]
  local known = apart[key]
  if known ~= nil then return known end
  local run, next_one = class(text[pc]), class(text[after])
  known = true
  for code in native.next, run do
    if next_one[code] then known = false break end
  end
  if pairs_kept == KEPT then apart, pairs_kept = {}, 0 end
  apart[key], pairs_kept = known, pairs_kept + 1
  return known
end

-- The longest text for the native matcher: where its steps, at worst c times the length to the power of d, are the
-- budget. From the last item to the first: `tc` and `td` tell of an attempt from one position in which the rest
-- matches, `fc` and `fd` of one in which it does not; `sure`, whether the rest matches wherever it is tried ('end': at
-- the end of the text).
local function longest(program)
  local op, text = program.op, program.text
  local tc, td, fc, fd, sure = 1, 0, 0, 0, true
  for pc = program.size, 1, -1 do
    local kind = op[pc]
    local weight = kind <= OPT and max(1, #text[pc] / 4) or 1
    if kind == STAR or kind == LAZY then
      if sure == true then
        tc = tc + weight
        if kind == STAR then td = max(td, 1) end
      elseif sure == 'end' and text[pc] == '.' then
        tc, td = tc + 1 + fc, max(td, kind == LAZY and fd + 1 or 1)
        fc, fd, sure = 0, 0, true
      elseif is_apart(program, pc) then   -- only the end of the run can go on
        tc, td, fc, fd = tc + 2 * weight, max(td, 1), fc + 2 * weight, max(fd, 1)
      else
        tc, td, fc, fd = tc + weight + fc, max(td, fd + 1), weight + fc, fd + 1
      end
    elseif kind == OPT then
      tc, td = tc + weight + fc, max(td, fd)
      if sure ~= true then fc = 4 * weight + 2 * fc end
    elseif kind == END then tc, td, fc, fd, sure = 1, 0, 1, 0, 'end'
    elseif kind == BALANCE or kind == BACK then
      tc, td, fc, fd, sure = tc + 1, max(td, 1), fc + 1, max(fd, 1), false
    elseif kind == CHAR or kind == FRONTIER then tc, fc, sure = tc + weight, fc + weight, false
    else tc = tc + 1 end
  end
  if program.anchored then
    local d = max(td, fd)
    return d == 0 and BUDGET or (BUDGET / (tc + fc)) ^ (1 / d)
  end
  return (BUDGET / (tc + fc + program.size)) ^ (1 / max(td, fd + 1))
end

-- that, -1 for none; and how much the pattern captures
local function reckon(p)
  if not find(p, '[%*%+%-%?%(%)%[%%%z]') then return BUDGET / (#p + 1), 0 end   -- takes a step a character
  local program = compile(p, true)
  if program.broken or program.depth > DEEPEST or find(p, '%z') then return -1, 0 end
  return longest(program), program.level
end

local kept = 0
local levels = {}
local reach = setmetatable({}, {__index = function(t, p)
  if type(p) ~= 'string' or #p > LONGEST then return -1 end
  if kept == KEPT then
    for old in native.next, t do t[old], levels[old] = nil, nil end
    kept = 0
  end
  local most, level = reckon(p)
  t[p], levels[p], kept = most, level, kept + 1
  return most
end})
core.reach = reach

-- Like string.find with plain text
local function find_plain(s, p, at)
  local size = #p
  if (#s - at + 1) * size <= PLAIN then return find(s, p, at, true) end
  local step = native.math.ceil(PLAIN / size)
  while at + size - 1 <= #s do
    local from, to = find(sub(s, at, at + step + size - 2), p, 1, true)
    if from then return from + at - 1, to + at - 1 end
    at = at + step
  end
  return nil
end

local function held(from, ...)
  return from and {from, ...}
end

-- what finds a pattern in a text from a position on: a table of where it begins and ends and what it captured
local function seeker(s, p, anchors)
  p = match(p, '^%Z*')
  local shown = not anchors and byte(p) == 94 and '%' .. p or p
  if #s <= reach[shown] then
    return function(at) return held(find(s, shown, at)) end
  end
  return matcher(compile(p, anchors), s)
end

-- capture i of what was found; the whole where there is none
local function captured(s, found, i)
  local value = found[i + 2]
  if value then return value end
  if value == false then fault('unfinished capture') end
  if i > 1 or #found > 2 then fault('invalid capture index') end
  return sub(s, found[1], found[2])
end

local function captures(s, found)
  if #found == 2 then return captured(s, found, 1) end
  for i = 1, #found - 2 do captured(s, found, i) end
  return unpack(found, 3, #found)
end

-- where to begin in a text of n characters
local function begin(n, init)
  if init < 0 then init = init + n + 1 end
  if init < 1 then return 1 end
  return init <= n and init or n + 1
end

local strings = real[core.G.string]

function strings.find(...)
  local s, p, init, plain = ...
  if type(s) == 'string' and (init == nil or type(init) == 'number') then
    if plain and type(p) == 'string' and #s * #p <= PLAIN then return find(s, p, init, plain) end
    if #s <= reach[p] then return find(s, p, init, plain) end
  end
  s, p = string_arg(1, ...), string_arg(2, ...)
  init = begin(#s, whole_arg(3, 1, ...))
  if plain or not find(match(p, '^%Z*'), SPECIAL) then return find_plain(s, p, init) end
  local found = seeker(s, p, true)(init)
  if not found then return nil end
  if #found > 2 then captures(s, found) end   -- their faults
  return unpack(found, 1, #found)
end

function strings.match(...)
  local s, p, init = ...
  if type(s) == 'string' and (init == nil or type(init) == 'number') then
    if #s <= reach[p] then return match(s, p, init) end
  end
  s, p = string_arg(1, ...), string_arg(2, ...)
  init = begin(#s, whole_arg(3, 1, ...))
  local found = seeker(s, p, true)(init)
  if not found then return nil end
  return captures(s, found)
end

function strings.gmatch(...)
  local s, p = ...
  if type(s) == 'string' and #s <= reach[p] and byte(p) ~= 94 then return gmatch(s, p) end
  s, p = string_arg(1, ...), string_arg(2, ...)
  local seek, at = nil, 1
  return function()
    seek = seek or seeker(s, p, false)
    if at > #s + 1 then return nil end
    local found = seek(at)
    if not found then
      at = #s + 2
      return nil
    end
    at = found[2] + 1
    if at == found[1] then at = at + 1 end
    return captures(s, found)
  end
end

strings.gfind = strings.gmatch

-- the line that called gsub, of what it calls back: beyond ours, its C, and ours again
local function complain(value)
  local level, info, in_c = 2, getinfo(2, 'Sl'), false
  while info and (info.source == source or info.what == 'tail' or info.what == 'C' and not in_c) do
    in_c = in_c or info.what == 'C'
    level = level + 1
    info = getinfo(level, 'Sl')
  end
  local place = info and info.currentline > 0 and info.short_src .. ':' .. info.currentline .. ': ' or ''
  core.complaining = true   -- so that the place is not looked for in what was called back
  error(place .. 'invalid replacement value (a ' .. type(value) .. ')', 0)
end

local function is_replacement(value)
  local kind = type(value)
  return kind == 'string' or kind == 'number' or not value
end

-- a replacement as the native gsub is given it: it would name a line of ours where one is not a text
local function guarded(repl)
  if type(repl) == 'table' then
    return function(capture)
      local value = repl[capture]
      if not is_replacement(value) then complain(value) end
      return value
    end
  end
  local environment = getfenv(repl)
  if environment == of_c or environment == native then return repl end   -- not the script's
  return function(...)
    local value = repl(...)
    if not is_replacement(value) then complain(value) end
    return value
  end
end

-- a text for replacement as a list of texts and of numbers of captures
local function template(repl)
  local parts, at = {}, 1
  while true do
    local i = find(repl, '%', at, true)
    parts[#parts + 1] = sub(repl, at, i and i - 1)
    if not i then return parts end
    local c = sub(repl, i + 1, i + 1)
    parts[#parts + 1] = find(c, '%d') and c * 1 or c == '' and '\0' or c
    at = i + 2
  end
end

-- whether a text for replacement names no capture that a pattern has not; %1 may be the whole
local function is_served(repl, level)
  for digit in gmatch(repl, '%%(.)') do
    if find(digit, '[2-9]') and digit * 1 > level then return false end
  end
  return true
end

local ONCE = {true}

-- what makes the replacement of what was found
local function replacer(s, repl)
  local kind = type(repl)
  if kind == 'table' then
    return function(found) return repl[captured(s, found, 1)] end
  end
  if kind == 'function' then
    return function(found)
      local value
      foreachi(ONCE, function() value = repl(captures(s, found)) end)   -- called by C, as scripts expect
      return value
    end
  end
  if not find(repl, '%', 1, true) then return function() return repl end end
  local parts = template(repl)
  return function(found)
    local out = {}
    for i = 1, #parts do
      local part = parts[i]
      if part == 0 then part = sub(s, found[1], found[2])
      elseif type(part) == 'number' then part = captured(s, found, part) end
      out[i] = part
    end
    return concat(out)
  end
end

local MANY = 4000   -- parts that are put together at once

-- pieces of one text
local function joiner()
  local parts, count, wholes = {}, 0, {}
  local function add(part)
    count = count + 1
    parts[count] = part
    if count == MANY then
      wholes[#wholes + 1] = concat(parts, '', 1, count)
      count = 0
    end
  end
  return add, function()
    wholes[#wholes + 1] = concat(parts, '', 1, count)
    return concat(wholes)
  end
end

local function substitute(s, p, repl, most)
  local seek, replace = seeker(s, p, true), replacer(s, repl)
  local is_anchored = byte(p) == 94
  local add, all = joiner()
  local at, copied, n = 1, 1, 0
  while n < most do
    local found = seek(at)
    if not found then break end
    n = n + 1
    local from, to = found[1], found[2]
    local value = replace(found)
    if not is_replacement(value) then fault('invalid replacement value (a ' .. type(value) .. ')') end
    add(sub(s, copied, from - 1))
    add(value or sub(s, from, to))
    copied = to + 1
    at = to >= from and to + 1 or from + 1
    if is_anchored or at > #s + 1 then break end
  end
  add(sub(s, copied))
  return all(), n
end

function strings.gsub(...)
  local s, p, repl, most = ...
  local kind = type(repl)
  if type(s) == 'string' and (most == nil or type(most) == 'number') and #s <= reach[p] then
    if kind == 'string' then
      if #s * (#repl + 16) <= SUBSTITUTED and (not find(repl, '%%[2-9]') or is_served(repl, levels[p])) then
        return gsub(s, p, repl, most)
      end
    elseif kind == 'table' or kind == 'function' then
      return gsub(s, p, guarded(repl), most)
    end
  end
  s, p = string_arg(1, ...), string_arg(2, ...)
  most = int_or(4, #s + 1, ...)
  if kind == 'number' then repl = repl .. ''
  elseif kind ~= 'string' and kind ~= 'table' and kind ~= 'function' then
    misuse(3, 'string/function/table expected')
  end
  local text, n = substitute(s, p, repl, most)   -- no tail call: it would count as a level
  return text, n
end
"""
