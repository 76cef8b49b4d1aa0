"""Lua's patterns, matched in Lua: for what the native matcher must not be given.

Source only; must not know when it is asked, which `pattern` decides. The native matcher recurses in C, one frame for
each quantified item, and cannot be interrupted; this one keeps its choices in a table, and meets the hook of the run.

A pattern is compiled to a flat program: what it captures, and where it is malformed, is known ahead. As in C the fault
of a malformed pattern is only raised by a match that gets there.

The decision a reader would question: what has failed once is remembered. Without back references it depends on nothing
but the item and the position whether the rest of a pattern matches, so no (item, position) is tried twice as long as
the memory of it, an interval an item and some single ones, holds: ``(".-"):rep(30) .. "b"`` takes steps by the length
of the text, not by its thirtieth power.
"""

from __future__ import annotations

LUA = rb"""
local core = ...
local native = core.native
local byte, char, find, sub = native.string.byte, native.string.char, native.string.find, native.string.sub
local match, fault = native.string.match, core.fault
local CHAR, STAR, LAZY, OPT, OPEN, POSITION, CLOSE, BALANCE, FRONTIER, BACK, END, DONE, ERROR =
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13
local MOST_CAPTURES = 32
local MOST_CLASSES = 256     -- kept from pattern to pattern
local MOST_FAILURES = 300000 -- single ones that are remembered

local classes, classed = {}, 0   -- text of an item -> set of the bytes that it matches

local function new_class(text)
  local set = {}
  local first = byte(text)
  if #text == 1 and text ~= '.' then
    set[first] = true
    return set
  end
  local one = '^' .. text
  for code = 0, 255 do
    if find(char(code), one) then set[code] = true end
  end
  return set
end

local function class(text)
  local set = classes[text]
  if set then return set end
  set = new_class(text)
  if classed == MOST_CLASSES then classes, classed = {}, 0 end
  classes[text], classed = set, classed + 1
  return set
end
core.class = class

-- the item as a pattern of its own
local function escaped(text)
  if #text == 1 and text ~= '.' and find(text, '%p') then return '%' .. text end
  return text
end

-- where the single-character item at `at` ends, or nil and what is wrong
local function item_end(p, at)
  local c = byte(p, at)
  if c == 37 then
    if at == #p then return nil, "malformed pattern (ends with '%')" end
    return at + 2
  end
  if c ~= 91 then return at + 1 end
  at = at + 1
  if byte(p, at) == 94 then at = at + 1 end
  repeat
    c = byte(p, at)
    if not c then return nil, "malformed pattern (missing ']')" end
    at = at + 1
    if c == 37 and at <= #p then at = at + 1 end
  until byte(p, at) == 93
  return at + 1
end

local QUANTIFIED = {[42] = STAR, [43] = STAR, [45] = LAZY, [63] = OPT}   -- * + - ?

-- the pattern under way, how far it was read, and what has come of it
local p, at, length
local op, text, arg, n
local open, level, positions   -- captures that are not closed; how many were begun; which are positions
local depth, backs, broken

local function add(kind, what, more)
  n = n + 1
  op[n], text[n], arg[n] = kind, what, more
end

local function fail(why)
  broken = true
  add(ERROR, why)
  at = length + 1
end

local function balance()
  if at + 3 > length then return fail('unbalanced pattern') end
  add(BALANCE, byte(p, at + 2), byte(p, at + 3))
  at = at + 4
end

local function frontier()
  at = at + 2
  if byte(p, at) ~= 91 then return fail("missing '[' after '%f' in pattern") end
  local ends, why = item_end(p, at)
  if not ends then return fail(why) end
  add(FRONTIER, sub(p, at, ends - 1))
  at = ends
end

local function back(c)
  local index = c - 48
  if index < 1 or index > level or open[index] then return fail('invalid capture index') end
  backs = true
  add(BACK, index, positions[index])
  at = at + 2
end

local function single()
  local ends, why = item_end(p, at)
  if not ends then return fail(why) end
  local what, mark = sub(p, at, ends - 1), byte(p, ends)
  local kind = QUANTIFIED[mark]
  if not kind or mark == 43 then add(CHAR, what) end
  if kind then
    add(kind, what)
    depth, ends = depth + 1, ends + 1
  end
  at = ends
end

local function begin()
  if level == MOST_CAPTURES then return fail('too many captures') end
  level, depth = level + 1, depth + 1
  if byte(p, at + 1) == 41 then
    positions[level] = true
    add(POSITION, level)
    at = at + 2
    return
  end
  open[level] = true
  add(OPEN, level)
  at = at + 1
end

local function close()
  for index = level, 1, -1 do
    if open[index] then
      open[index], depth = nil, depth + 1
      add(CLOSE, index)
      at = at + 1
      return
    end
  end
  fail('invalid pattern capture')
end

local function escape()
  local c = byte(p, at + 1)
  if c == 98 then balance()
  elseif c == 102 then frontier()
  elseif c and c >= 48 and c <= 57 then back(c)
  else single() end
end

-- `anchors` where ^ is more than a character
function core.compile_pattern(given, anchors)
  p = match(given, '^%Z*')   -- a NUL ends it
  op, text, arg, n = {}, {}, {}, 0
  open, level, positions = {}, 0, {}
  depth, backs, broken = 0, false, false
  local anchored = anchors and byte(p) == 94
  at, length = anchored and 2 or 1, #p
  while at <= length do
    local c = byte(p, at)
    if c == 40 then begin()
    elseif c == 41 then close()
    elseif c == 37 then escape()
    elseif c == 36 and at == length then
      add(END)
      at = at + 1
    else single() end
  end
  add(DONE)
  local program = {op = op, text = text, arg = arg, size = n, anchored = anchored, level = level, open = open,
    positions = positions, depth = depth, backs = backs, broken = broken or native.next(open) ~= nil}
  p, op, text, arg, open, positions = nil, nil, nil, nil, nil, nil
  return program
end

-- the position of the item after a run of parentheses
local function beyond(op, pc)
  while op[pc] == OPEN or op[pc] == CLOSE or op[pc] == POSITION do pc = pc + 1 end
  return pc
end
core.beyond_captures = beyond

local function prepare(program)
  local op, text, sets, runs, following = program.op, program.text, {}, {}, {}
  for pc = 1, program.size do
    local kind = op[pc]
    if kind <= OPT or kind == FRONTIER then sets[pc] = class(text[pc]) end
    if kind == STAR then runs[pc] = '^' .. escaped(text[pc]) .. '*' end
    if kind == STAR or kind == LAZY then
      local after = beyond(op, pc + 1)
      if op[after] == CHAR then following[pc] = class(text[after]) end
    end
  end
  program.sets, program.runs, program.following = sets, runs, following
  local first = beyond(op, 1)
  if op[first] == CHAR then program.first = escaped(text[first]) end
end

-- What finds where the bracket that opens at a position is closed: %b of one text
local function balancer(s, opens, closes)
  local either = '[' .. escaped(char(opens)) .. escaped(char(closes)) .. ']'
  local looked, patience, pairs_of = 0, 4 * #s, nil

  local function pair_all()
    pairs_of = {}
    local stack, top, pos = {}, 0, find(s, either)
    while pos do
      if byte(s, pos) == closes then
        if top > 0 then pairs_of[stack[top]], top = pos + 1, top - 1 end
      else
        top = top + 1
        stack[top] = pos
      end
      pos = find(s, either, pos + 1)
    end
  end

  return function(at)
    if byte(s, at) ~= opens then return nil end
    if looked > patience and opens ~= closes and not pairs_of then pair_all() end
    if pairs_of then return pairs_of[at] end
    local deep, pos = 1, at
    repeat
      local before = pos
      pos = find(s, either, pos + 1)
      looked = looked + (pos or #s) - before
      if not pos then return nil end
      deep = deep + (byte(s, pos) == closes and -1 or 1)
    until deep == 0
    return pos + 1
  end
end

-- What finds the pattern in one text, time and again: at(pos) is where a match from there ends, or nil.
local function matcher(program, s)
  if not program.sets then prepare(program) end
  local op, text, arg, sets, runs = program.op, program.text, program.arg, program.sets, program.runs
  local following, backs = program.following, program.backs
  local n = #s
  local width = n + 2
  local balances = {}
  for pc = 1, program.size do
    if op[pc] == BALANCE then balances[pc] = balancer(s, text[pc], arg[pc]) end
  end
  local from, to = {}, {}                  -- captures
  local low, high = {}, {}                 -- item -> an interval of positions where it fails with all that follows
  local failed, failures = {}, 0           -- the same of single positions: item * width + position
  local where, base, now, last = {}, {}, {}, {}   -- the choices: item, first position, the one tried, the last one

  local function forget(pc, a, b)
    if backs then return end
    local lo, hi = low[pc], high[pc]
    if lo and a <= hi + 1 and b >= lo - 1 then
      if a < lo then low[pc] = a end
      if b > hi then high[pc] = b end
      return
    end
    if lo then
      if failures == MOST_FAILURES then failed, failures = {}, 0 end
      failed[pc * width + a], failures = true, failures + 1
    end
    low[pc], high[pc] = a, b
  end

  local function has_failed(pc, pos)
    local lo = low[pc]
    return lo and (pos >= lo and pos <= high[pc] or failed[pc * width + pos])
  end

  -- the next position to try of the choice on top, or nil where there is none
  local function retried(top)
    local pc = where[top]
    local kind, pos = op[pc], now[top]
    if kind == STAR then
      local first, after = base[top], following[pc]
      pos = pos - 1
      if after then
        while pos >= first and not after[byte(s, pos)] do pos = pos - 1 end
      end
      if pos >= first then
        now[top] = pos
        return pos
      end
      forget(pc, first, last[top])
      return nil
    end
    if kind == OPT then
      pos = base[top]
      if now[top] ~= pos then
        now[top] = pos
        return pos
      end
      forget(pc, pos, pos)
      return nil
    end
    local set, after = sets[pc], following[pc]
    while true do
      if pos > n or not set[byte(s, pos)] then break end
      pos = pos + 1
      if not after or pos <= n and after[byte(s, pos)] then
        if has_failed(pc, pos) then break end
        now[top] = pos
        return pos
      end
    end
    forget(pc, base[top], pos <= n and pos or n + 1)
    return nil
  end

  local function at(pos)
    local pc, top = 1, 0
    while true do
      local kind, next_pos = op[pc], nil
      if kind == CHAR then
        if pos <= n and sets[pc][byte(s, pos)] then next_pos = pos + 1 end
      elseif kind == DONE then return pos
      elseif kind == STAR then
        if not has_failed(pc, pos) then
          local _, e = find(s, runs[pc], pos)
          e = e + 1
          local lo = low[pc]
          top = top + 1
          where[top], base[top], last[top] = pc, pos, e
          if lo and lo > pos and e >= lo and e <= high[pc] then e = lo - 1 end
          now[top], next_pos = e, e
        end
      elseif kind == LAZY then
        if not has_failed(pc, pos) then
          top = top + 1
          where[top], base[top], now[top], next_pos = pc, pos, pos, pos
        end
      elseif kind == OPT then
        if not has_failed(pc, pos) then
          next_pos = pos
          if pos <= n and sets[pc][byte(s, pos)] then next_pos = pos + 1 end
          top = top + 1
          where[top], base[top], now[top] = pc, pos, next_pos
        end
      elseif kind == OPEN or kind == POSITION then
        from[text[pc]], next_pos = pos, pos
      elseif kind == CLOSE then
        to[text[pc]], next_pos = pos - 1, pos
      elseif kind == END then
        if pos == n + 1 then next_pos = pos end
      elseif kind == BALANCE then next_pos = balances[pc](pos)
      elseif kind == FRONTIER then
        local set = sets[pc]
        if not set[pos > 1 and byte(s, pos - 1) or 0] and set[byte(s, pos) or 0] then next_pos = pos end
      elseif kind == BACK then
        local index = text[pc]
        if not arg[pc] then
          local size = to[index] - from[index] + 1
          if sub(s, pos, pos + size - 1) == sub(s, from[index], to[index]) then next_pos = pos + size end
        end
      else fault(text[pc]) end
      if next_pos then pc, pos = pc + 1, next_pos
      else
        repeat
          if top == 0 then return nil end
          pos = retried(top)
          if pos then pc = where[top] + 1 else top = top - 1 end
        until pos
      end
    end
  end

  local first, anchored, level = program.first, program.anchored, program.level
  local open, positions = program.open, program.positions

  -- the first match from a position on: where it begins and ends and what it captured, false for an open capture
  return function(pos)
    while true do
      if first and not anchored then
        pos = find(s, first, pos)
        if not pos then return nil end
      end
      local e = at(pos)
      if e then
        local found = {pos, e - 1}
        for i = 1, level do
          found[i + 2] = positions[i] and from[i] or not open[i] and sub(s, from[i], to[i])
        end
        return found
      end
      pos = pos + 1
      if anchored or pos > n + 1 then return nil end
    end
  end
end
core.matcher = matcher
"""
