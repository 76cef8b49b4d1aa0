"""What a script finds around it: an allow-list of globals, all of them read-only.

Lua source only; must not know commands or Python. Runs once, when a runtime is made, and is handed the
``core`` table in which the Lua halves of this package keep what they share.

The decision a reader would question: Lua 5.1 has no read-only tables (the servers patch theirs in), so a
script sees an empty stand-in whose metatable reads from the real table and refuses writes. ``pairs``,
``next``, ``rawget``, ``rawset``, ``getmetatable`` and ``setmetatable`` are wrapped to see through it.
``table.insert`` writes raw and is left alone for its speed: what it leaves in a stand-in is swept out
after the run.
"""

from __future__ import annotations

LUA = rb"""
local core = ...
local native = core.native
local error, type, rawget, rawset, select = native.error, native.type, native.rawget, native.rawset, native.select
local native_pcall, native_next, native_pairs = native.pcall, native.next, native.pairs
local native_setmetatable, native_getmetatable = native.setmetatable, native.getmetatable
local getinfo = native.debug.getinfo
local READONLY = 'Attempt to modify a readonly table'

local real = native_setmetatable({}, {__mode = 'k'})    -- stand-in -> the table behind it
local shown = native_setmetatable({}, {__mode = 'k'})   -- stand-in -> what getmetatable answers
local stand_ins = {}
core.real = real
local proxies = native_setmetatable({}, {__mode = 'k'}) -- userdata of newproxy; no other is a script's business

-- `misuse.LUA` is loaded later
local function misuse(n, why)
  core.misuse(n, why)
end

local function bad(n, expected, got, count)
  local what = count and count < n and 'no value' or type(got)
  misuse(n, expected .. ' expected, got ' .. what)
end

local function refuse()
  error(READONLY, 2)
end

function core.protect(target)
  local stand_in = native_setmetatable({}, {__index = target, __newindex = refuse})
  real[stand_in] = target
  stand_ins[#stand_ins + 1] = stand_in
  return stand_in
end

function core.sweep()
  for i = 1, #stand_ins do
    local t = stand_ins[i]
    if native_next(t) ~= nil then
      for k in native_pairs(t) do rawset(t, k, nil) end
    end
  end
end

local G = {}
for _, name in native.ipairs{'_VERSION', 'assert', 'collectgarbage', 'gcinfo', 'ipairs', 'select',
    'tonumber', 'tostring', 'type', 'rawequal'} do
  G[name] = native[name]
end

-- values that a failing C function or an exhausted memory leaves are made plain
local function clean(e)
  if type(e) == 'userdata' then return 'not enough memory' end
  return e
end
core.clean = clean

local function caught(ok, ...)
  if ok then return true, ... end
  local e = clean((...))
  core.look(e)
  if type(e) == 'table' then
    local text = e.err
    local kind = type(text)
    if kind ~= 'string' and kind ~= 'number' then return false, e, text end   -- the servers leave what they looked at
    e = text
  end
  return false, e
end

-- levels are those that a script sees: a function of ours stands for one in C, which has one frame
function G.error(...)
  local e, level = ..., core.int_or(2, 1, ...)
  if level == 1 then error(e, 2) end
  if type(e) ~= 'string' and type(e) ~= 'number' or level < 1 then error(e, 0) end
  local at, info = 1, nil
  repeat
    at = at + 1
    info = getinfo(at, 'Sl')
    if info and info.source ~= core.source then level = level - 1 end
  until level == 0 or not info
  if info and info.currentline > 0 then e = info.short_src .. ':' .. info.currentline .. ': ' .. e end
  error(e, 0)
end

function G.pcall(...)
  if select('#', ...) == 0 then return false, 'attempt to call a boolean value' end
  return caught(native_pcall(...))
end

local function explained(ok, ...)
  if ok then return false, (...) end
  return false, 'error in error handling'
end

local function handled(handler, ok, ...)
  if ok then return true, ... end
  local e = clean((...))
  core.look(e)
  return explained(native_pcall(handler, e))
end

function G.xpcall(...)
  if select('#', ...) < 2 then misuse(2, 'value expected') end
  local f, handler = ...
  return handled(handler, native_pcall(f))
end

function G.next(...)
  local t, k = ...
  if type(t) ~= 'table' then bad(1, 'table', t, select('#', ...)) end
  return native_next(real[t] or t, k)
end

function G.pairs(...)
  local t = ...
  if type(t) ~= 'table' then bad(1, 'table', t, select('#', ...)) end
  return native_next, real[t] or t, nil
end

function G.rawget(...)
  local t, k = ...
  if type(t) ~= 'table' then bad(1, 'table', t, select('#', ...)) end
  if select('#', ...) < 2 then misuse(2, 'value expected') end
  return rawget(real[t] or t, k)
end

function G.rawset(...)
  local t, k, v = ...
  local count = select('#', ...)
  if type(t) ~= 'table' then bad(1, 'table', t, count) end
  if count < 3 then misuse(count + 1, 'value expected') end
  if real[t] then error(READONLY, 0) end
  if k == nil then error('table index is nil', 0) end
  return rawset(t, k, v)
end

function G.getmetatable(...)
  if select('#', ...) == 0 then misuse(1, 'value expected') end
  local v = ...
  local kind = type(v)
  if kind == 'table' and real[v] then return shown[v] end
  if kind == 'userdata' and not proxies[v] then return nil end
  return native_getmetatable(v)
end

function G.setmetatable(...)
  local t, meta = ...
  local count = select('#', ...)
  if type(t) ~= 'table' then bad(1, 'table', t, count) end
  if count < 2 or (meta ~= nil and type(meta) ~= 'table') then
    misuse(2, 'nil or table expected')
  end
  if real[t] then error(READONLY, 0) end
  local own = native.debug.getmetatable(t)
  if type(own) == 'table' and rawget(own, '__metatable') ~= nil then error('cannot change a protected metatable', 2) end
  return native_setmetatable(t, meta)
end

local ESC = 27
function G.loadstring(...)
  local text, name = ...
  local kind = type(text)
  if kind ~= 'string' and kind ~= 'number' then bad(1, 'string', text, select('#', ...)) end
  if native.string.byte(text) == ESC then
    return nil, native.string.format('[string "%s"]:1: unexpected symbol near \'char(27)\'',
      (native.string.match(text, '^[^\r\n]*')))
  end
  local chunk, fault = native.loadstring(text, name or text)
  if not chunk then return nil, fault end
  if not native.string.find(text, 'return', 1, true) then return chunk end
  return native.loadstring(core.keep_frames(native.string.dump(chunk)))
end

-- what a reader raises goes to the handler of the nearest pcall, which has none, or to the run's, which makes a table
local function raised(e)
  e = clean(e)
  local level, info, place = 2, nil, getinfo(3, 'Sl')
  repeat
    level = level + 1
    info = getinfo(level, 'f')
    if info and info.func == native_pcall then return nil, e end
  until not info
  if type(e) == 'table' or native.coroutine.running() ~= core.worker then return nil, e end
  return nil, {err = 'ERR ' .. native.tostring(e), source = place.source, line = place.currentline}
end

function G.load(...)
  local reader, name = ...
  if type(reader) ~= 'function' then bad(1, 'function', reader, select('#', ...)) end
  local parts, count = {}, 0
  while true do
    local ok, part = native_pcall(reader)
    if not ok then
      local none, e = raised(part)
      return none, e
    end
    if part == nil or part == '' then break end
    if type(part) == 'number' then part = part .. '' end
    if type(part) ~= 'string' then
      local info = getinfo(2, 'Sl')
      local none, e = raised(info.short_src .. ':' .. info.currentline .. ': reader function must return a string')
      return none, e
    end
    count = count + 1
    parts[count] = part
  end
  return G.loadstring(native.table.concat(parts), name or '=(load)')
end

-- Lua 5.1 counts the results in a C int: a range of 2^31 would be none to it, and overrun its stack
local native_unpack = native.unpack
local STACK = 8000   -- slots that a C function has
function G.unpack(...)
  local t, i, j = ...
  if i == nil and j == nil and type(t) == 'table' and #t < STACK then return native_unpack(t) end
  if type(t) ~= 'table' then bad(1, 'table', t, select('#', ...)) end
  local from = core.int_or(2, 1, ...)
  local to = core.int_or(3, #t, ...)
  if to - from + 1 + select('#', ...) > STACK then core.fault('too many results to unpack') end
  return native_unpack(t, from, to)
end

local function copy(library, names)
  local t = {}
  for _, name in native.ipairs(names) do t[name] = library[name] end
  return t
end

local strings = {}
for name, f in native_pairs(native.string) do strings[name] = f end
function strings.dump(...)
  local f = ...
  if type(f) ~= 'function' then bad(1, 'function', f, select('#', ...)) end
  local info = getinfo(f, 'S')
  if info.what == 'C' or info.source == core.source then error('unable to dump given function', 2) end
  return native.string.dump(f)
end

-- Lua 5.1 copies byte by byte; doubling makes a long repetition twenty times quicker, so that a loop around it
-- hears of a kill in time
-- Lua holds equal strings once, so a loop that keeps string.rep('x', 1e6) grows by a pointer a turn and would meet
-- the memory bound after hours; what a run builds here is therefore counted as well
core.repeated = 0
local short = native.string.rep
local SHORT = 4096
function strings.rep(...)
  local s, n = ...
  local kind = type(s)
  n = native.tonumber(n)
  if kind ~= 'string' and kind ~= 'number' or not n then
    local wrong = kind ~= 'string' and kind ~= 'number' and 1 or 2
    bad(wrong, wrong == 1 and 'string' or 'number', (select(wrong, ...)), select('#', ...))
  end
  s, n = s .. '', core.low_int(core.whole(n))
  if n * #s <= SHORT then return short(s, n) end
  core.repeated = core.repeated + n * #s
  if core.repeated > core.most_repeated then error('not enough memory', 0) end
  local whole, piece = '', s
  while true do
    local half = n % 2
    if half == 1 then whole = whole .. piece end
    n = (n - half) / 2
    if n == 0 then return whole end
    piece = piece .. piece
  end
end

local maths = {}
for name, f in native_pairs(native.math) do maths[name] = f end
core.maths = maths

G.string = core.protect(strings)
G.math = core.protect(maths)
local tables = copy(native.table, {'concat', 'foreachi', 'getn', 'insert', 'maxn', 'remove', 'setn', 'sort'})
function tables.foreach(...)
  local t, f = ...
  if type(t) ~= 'table' then bad(1, 'table', t, select('#', ...)) end
  if type(f) ~= 'function' then bad(2, 'function', f, select('#', ...)) end
  for k, v in native_next, real[t] or t do
    local found = f(k, v)
    if found ~= nil then return found end
  end
end
G.table = core.protect(tables)
if core.os_clock then G.os = core.protect({clock = native.os.clock}) end

local string_meta = native_getmetatable('')
if core.environments then
  string_meta.__index = G.string
else
  string_meta.__index = strings
  string_meta.__metatable = core.protect({__index = G.string})
end

local function missing(_, name)
  local kind = type(name)
  if kind ~= 'string' and kind ~= 'number' then
    error('Second argument to luaProtectedTableError must be a string or number', 2)
  end
  error("Script attempted to access nonexistent global variable '" .. native.string.match(name, '^%Z*') .. "'", 2)
end
native_setmetatable(G, {__index = missing})

local globals = core.protect(G)
shown[globals] = core.protect({__index = missing})
G._G = globals

core.G, core.globals = G, globals

-- environments are those of a script's own functions; ours and C's are none of its business
local function owner(name, f, count)
  if type(f) == 'function' then return f, getinfo(f, 'S') end
  local level = f == nil and count < 1 and name == 'getfenv' and 1 or native.tonumber(f)
  if not level then bad(1, 'number', f, count) end
  if level < 0 then misuse(1, 'level must be non-negative') end
  if level == 0 then return 0 end
  local info = getinfo(level + 2, 'S')
  if not info then misuse(1, 'invalid level') end
  return level + 1, info
end

local function is_foreign(info)
  return not info or info.what == 'C' or info.what == 'tail' or info.source == core.source
end

local function getfenv(...)
  local f, info = owner('getfenv', (...), select('#', ...))
  if is_foreign(info) then return globals end
  return (native.getfenv(f))
end

local function setfenv(...)
  local f, env = ...
  local count = select('#', ...)
  if type(env) ~= 'table' then bad(2, 'table', env, count) end
  local target, info = owner('setfenv', f, count)
  if is_foreign(info) then error("'setfenv' cannot change environment of given object", 2) end
  return (native.setfenv(target, env))
end

local function newproxy(...)
  local v = ...
  local kind = type(v)
  if v ~= nil and kind ~= 'boolean' and kind ~= 'userdata' then
    misuse(1, 'boolean or proxy expected')
  end
  local proxy = native.newproxy(v)
  proxies[proxy] = true
  return proxy
end

if core.environments then G.getfenv, G.setfenv, G.newproxy = getfenv, setfenv, newproxy end
"""
