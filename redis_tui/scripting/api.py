"""The ``redis`` table of scripts, and the lane of every ``redis.call``.

`Bridge` is the Python half: it hands commands to the host and keeps a reply that is more than a string or a
number until Lua fetches it. ``LUA`` is the half a script calls. Neither knows commands.

The decision a reader would question: dispatch is done in Lua, from tables of what `ScriptHost.direct` gave, one for
each profile of gates, because a crossing into Python costs 0.4 microseconds. A lane is given whatever the script
gave: to ask for the type of an argument costs three times as much in Lua as in Python. What a lane returns is told in
`lane`.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha1
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any, Final, cast

from redis_tui.errors import CommandError
from redis_tui.resp.types import ErrorReply, Reply
from redis_tui.scripting.convert import flat_list, to_stream
from redis_tui.scripting.lane import LARGE, Desk, Mistyped, make_lane, texts_of

if TYPE_CHECKING:
    from redis_tui.scripting.host import ScriptHost
    from redis_tui.scripting.limits import Limits
    from redis_tui.scripting.trace import TraceLog

Lane = Callable[..., Any]

END, FLAT, STREAM, ERROR, FULL, MISTYPED = range(6)
"""What `Bridge.fetch` answers first: the run must end; a flat list follows; a stream follows; an error's text follows;
the reply does not fit into Lua's memory; there is none, because an argument was neither string nor number."""
VALUE_SIZE = 64
"""Bytes that Lua takes for a small value in a table, roughly."""
CHUNK = 4000
"""Values that cross at once; Lua's C stack holds 8000."""
CROSSING: Final = 100
"""Arguments of a call that cross at once: what they take lupa grows with the square of their number."""
_SHORT: Final = 64
"""A list of fewer elements crosses without a look at the memory that is left, unless its texts are large."""
NAMES_KEPT = 1024
"""Command names a profile that Lua remembers; a script may make up any number of them."""
PROFILES_KEPT = 64
"""Profiles whose lanes Lua keeps from run to run."""


class Bridge:
    """Between the calls of one runtime's scripts and the host of the run under way."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._host: ScriptHost | None = None
        self._trace: TraceLog | None = None
        self._desk = Desk()
        self._rest: list[Any] = []
        self._arguments: list[object] = []

    def start(self, host: ScriptHost, trace: TraceLog | None) -> None:
        """Begins a run."""
        self._host = host
        self._trace = trace
        self._desk.resp = 2

    def end(self) -> None:
        """Lets go of what the run held."""
        self._host = self._trace = self._desk.pending = None
        if self._rest:
            self._rest = []
        if self._arguments:
            self._arguments = []

    def resolve(self, name: bytes) -> Lane | bool:
        """The lane to a command under the run's profile, False for none. See `make_lane` for one that is traced."""
        host, trace = self._host, self._trace
        assert host is not None
        try:
            call = host.direct(name)
            if call is None:
                return False
            return make_lane(name, call, host, self._limits, self._desk, trace=trace)
        except BaseException as fault:  # noqa: BLE001  # must not enter Lua, where a script could catch it
            self._limits.abort(fault)
            return False

    def relay(self, line: int, *words: object) -> Any:
        """A call that has no lane of its own, or more arguments than may cross at once: of strings and numbers."""
        assert self._host is not None
        if self._arguments:
            words = (*words, *self._arguments)
            self._arguments = []
        try:
            argv = texts_of(words)
            assert argv is not None
            started = perf_counter_ns()
            reply = self._host.call(argv)
            if self._trace is not None:
                self._trace.add(line, argv, reply, perf_counter_ns() - started)
        except BaseException as fault:  # noqa: BLE001  # must not enter Lua, where a script could catch it
            self._limits.abort(fault)
            return False
        if self._limits.killed:
            return False
        return reply if type(reply) is int else self._desk.offer(reply)

    def stash(self, *args: object) -> None:
        """More arguments for the next relayed call than may cross at once."""
        self._arguments += args

    def fetch(self) -> tuple[Any, ...]:
        """The reply that a lane kept back."""
        try:
            if self._limits.killed:
                return (END,)
            desk = self._desk
            reply = desk.pending
            desk.pending = None
            if type(reply) is list and len(reply) < _SHORT:
                for item in reply:
                    if type(item) is not bytes:
                        break
                else:
                    texts = cast("list[bytes]", reply)
                    if len(b"".join(texts)) < LARGE:  # half the time that a sum of lengths takes
                        return (FLAT, 0, *texts)
            if self._limits.poll():
                return (END,)
            return (MISTYPED,) if type(reply) is Mistyped else self._converted(cast("Reply", reply))
        except BaseException as fault:  # noqa: BLE001  # must not enter Lua, where a script could catch it
            self._limits.abort(fault)
            return (END,)

    def _converted(self, reply: Reply) -> tuple[Any, ...]:
        """Any reply as `fetch` answers it."""
        if type(reply) is ErrorReply:
            return (ERROR, reply.line)
        flat = flat_list(reply, self._desk.resp)
        kind, items = (STREAM, to_stream(reply, self._desk.resp)) if flat is None else (FLAT, flat)
        if not self._limits.has_room(sum(map(_size, items))):
            return (FULL,)
        if len(items) <= CHUNK:
            return (kind, 0, *items)
        self._rest = items
        return (kind, len(items))

    def more(self, start: int) -> tuple[Any, ...]:
        """A part of a long reply, from a position on."""
        return tuple(self._rest[start : start + CHUNK])

    def set_resp(self, version: int) -> None:
        """The script chose its protocol."""
        self._desk.resp = version
        if self._trace is not None:
            self._trace.resp = version
        if self._host is not None:
            self._host.set_resp(version)

    def log(self, level: float, message: bytes) -> None:
        """One line of ``redis.log``."""
        if self._host is not None:
            self._host.log(int(level), message)

    def acl_check(self, *words: object) -> bool | None:
        """Whether the caller may run it; None for an unknown command."""
        assert self._host is not None
        argv = texts_of(words)
        assert argv is not None
        try:
            return self._host.acl_check(argv)
        except CommandError:
            return None

    def guarded(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """The same, but what it raises ends the run instead of entering Lua."""

        def safe(*args: Any) -> Any:
            try:
                return call(*args)
            except BaseException as fault:  # noqa: BLE001  # must not enter Lua, where a script could catch it
                self._limits.abort(fault)
                return None

        return safe

    def functions(self) -> dict[bytes, Callable[..., Any]]:
        """What the Lua half calls."""
        plain: dict[bytes, Callable[..., Any]] = {
            b"more": self.more,
            b"stash": self.stash,
            b"sha1hex": lambda text: sha1(text).hexdigest().encode(),  # noqa: S324  # redis.sha1hex
            b"set_resp": self.set_resp,
            b"log": self.log,
            b"acl_check": self.acl_check,
        }
        guarded = {name: self.guarded(call) for name, call in plain.items()}
        return {**guarded, b"fetch": self.fetch, b"resolve": self.resolve, b"relay": self.relay}


def _size(item: object) -> int:
    return VALUE_SIZE + len(item) if type(item) is bytes else VALUE_SIZE


LUA = rb"""
local core, py = ...
local native = core.native
local error, type, select, unpack, tostring = native.error, native.type, native.select, native.unpack, native.tostring
local setmetatable, rawset, floor = native.setmetatable, native.rawset, native.math.floor
local getinfo, collect = native.debug.getinfo, native.collectgarbage
local sub, gsub, find = native.string.sub, native.string.gsub, native.string.find   -- a script may change methods
local resolve, relay, fetch, more, stash = py.resolve, py.relay, py.fetch, py.more, py.stash
local build, source = core.build, core.source
local API = core.api_name
local CHUNK, CROSSING = core.chunk, core.crossing

local null = false     -- what a null reply is at the script's protocol
local traced = false
local direct           -- command as spelled -> lane, or false; of the run's profile
local profiles, profiled = {}, 0
local names = setmetatable({}, {__mode = 'k'})   -- how many a table of lanes holds
local redis = {}

local remembering = {__index = function(t, name)
  if type(name) ~= 'string' then return false end
  local lane = resolve(name)
  local known = names[t] or 0
  if known < core.names_kept then
    names[t] = known + 1
    rawset(t, name, lane)
  end
  return lane
end}

local whose = setmetatable({}, {__mode = 'k'})   -- function -> whether it is ours
local function line_of_script()
  local level, co = 4, core.caller   -- set where calls are made in a coroutine of their own
  if co then level = 1 end
  local caller = not co and getinfo(4, 'l')
  if caller and caller.currentline > 0 then return caller.currentline end   -- ours call no redis.call but through C
  while true do
    local info = co and getinfo(co, level, 'fl') or not co and getinfo(level, 'fl')
    if not info then return 0 end
    if info.currentline > 0 then
      local ours = whose[info.func]
      if ours == nil then
        ours = getinfo(info.func, 'S').source == source
        whose[info.func] = ours
      end
      if not ours then return info.currentline end
    end
    level = level + 1
  end
end

-- a run that is traced has lanes of its own, which are told the line of each call
local tracing = {__index = function(t, name)
  local lane = type(name) == 'string' and resolve(name)
  local traced_lane = lane and function(...)
    local r, n, a, b, c, d, e, f = lane(line_of_script(), ...)
    if n then return r, n, a, b, c, d, e, f end
    return r
  end
  if type(name) == 'string' then rawset(t, name, traced_lane) end
  return traced_lane
end}

function core.begin(profile)
  null, core.resp, traced = false, 2, not profile
  core.repeated = 0
  core.unnest()
  if traced then direct = setmetatable({}, tracing) return end
  direct = profiles[profile]
  if direct then return end
  if profiled == core.profiles_kept then profiles, profiled = {}, 0 end
  direct = setmetatable({}, remembering)
  profiles[profile], profiled = direct, profiled + 1
end

local function fail(raising, reply)
  if raising then error(reply, 0) end
  return reply
end

local function long(n)
  local t = {}
  for i = 0, n - 1, CHUNK do
    local part = {more(i)}
    for k = 1, #part do t[i + k] = part[k] end
  end
  return t
end

local function received(raising, kind, n, ...)
  if kind == 1 then
    if n > 0 then return long(n) end
    return {...}
  end
  if kind == 3 then return fail(raising, {err = n, ignore_error_stats_update = true}) end
  if kind == 2 then return (build(n > 0 and long(n) or {...}, 1, null)) end
  if kind == 4 then error('not enough memory', 0) end
  if kind == 5 then return fail(raising, {err = 'ERR ' .. core.argument_types}) end
  core.interrupt()
end

local function settle(raising, r, n, ...)
  if r then
    if r == true then return {ok = 'OK'} end
    return r
  end
  if r == nil then return null end
  if n then return {...} end
  return received(raising, fetch())
end

local function relayed(raising, t, n)
  local line = traced and line_of_script() or 0
  for i = CROSSING + 1, n, CROSSING do stash(unpack(t, i, i + CROSSING - 1 < n and i + CROSSING - 1 or n)) end
  return settle(raising, relay(line, unpack(t, 1, n < CROSSING and n or CROSSING)))
end

local function stringy(v)
  local kind = type(v)
  return kind == 'string' or kind == 'number'
end

-- Equal strings are one in Lua; outside, each takes room of its own. So what crosses is bounded as if each did in Lua.
local most_carried = core.memory_limit
local QUICK = native.math.min(most_carried / 1024, 60 * CHUNK)   -- below it not all arguments together can be too much

function core.is_light(t, n)
  if n * collect('count') < QUICK then return true end
  local size = 0
  for i = 1, n do
    if type(t[i]) == 'string' then size = size + #t[i] end
  end
  return size <= most_carried
end
local is_light = core.is_light

-- whether a lane may take that many arguments
local function is_carried(...)
  local n = select('#', ...)
  return n <= CHUNK and is_light({...}, n)
end

local function generic(raising, ...)
  local n = select('#', ...)
  if n == 0 then return fail(raising, {err = 'ERR ' .. core.no_arguments}) end
  local t = {...}
  if not is_light(t, n) then error('not enough memory', 0) end
  for i = 1, n do
    if not stringy(t[i]) then return fail(raising, {err = 'ERR ' .. core.argument_types}) end
  end
  return relayed(raising, t, n)
end

function redis.call(...)
  local lane, _, _, _, _, fifth = direct[...], ...
  if lane and (fifth == nil or select('#', ...) <= CROSSING) then
    local r, n, a, b, c, d, e, f = lane(select(2, ...))
    if r then
      if r == true then return {ok = 'OK'} end
      return r
    end
    if r == nil then return null end
    if n then
      if n == 0 then return {} end
      if n <= 2 then return {a, b} end
      return {a, b, c, d, e, f}
    end
    return received(true, fetch())
  end
  return generic(true, ...)
end

function redis.pcall(...)
  local lane, _, _, _, _, fifth = direct[...], ...
  if lane and (fifth == nil or select('#', ...) <= CROSSING) then return settle(false, lane(select(2, ...))) end
  return generic(false, ...)
end

local function raise(text)
  error({err = 'ERR ' .. text}, 0)
end

-- as C makes an int of it
local function whole(v)
  local number = native.tonumber(v)
  if not number then return 0 end
  return number < 0 and -floor(-number) or floor(number)
end

function redis.error_reply(...)
  local text = ...
  if select('#', ...) ~= 1 or type(text) ~= 'string' then return {err = 'ERR wrong number or type of arguments'} end
  if sub(text, 1, 1) == '-' then text = sub(text, 2) end
  if core.errors_trimmed then text = gsub(text, '[\r\n]+$', '') end
  if not find(text, ' ', 1, true) then text = 'ERR ' .. text end
  return {err = text}
end

function redis.status_reply(...)
  local text = ...
  if select('#', ...) ~= 1 or type(text) ~= 'string' then return {err = 'ERR wrong number or type of arguments'} end
  return {ok = text}
end

function redis.sha1hex(...)
  local v = ...
  if select('#', ...) ~= 1 then raise('wrong number of arguments') end
  return py.sha1hex(stringy(v) and v .. '' or '')
end

function redis.log(...)
  local level = ...
  local n = select('#', ...)
  if n < 2 then raise(API .. '.log() requires two arguments or more.') end
  if not native.tonumber(stringy(level) and level or nil) then raise('First argument must be a number (log level).') end
  level = whole(level)
  if not (level >= 0 and level <= 3) then raise(core.bad_log_level) end   -- NaN is neither
  local parts = {}
  for i = 2, n do
    local v = (select(i, ...))
    if stringy(v) then parts[#parts + 1] = v .. '' end
  end
  py.log(level, native.table.concat(parts, ' '))
end

function redis.setresp(...)
  if select('#', ...) ~= 1 then raise(API .. '.setresp() requires one argument.') end
  local version = ...
  version = stringy(version) and whole(version) or 0
  if version ~= 2 and version ~= 3 then raise('RESP version must be 2 or 3.') end
  core.resp = version
  if version == 3 then null = nil else null = false end
  py.set_resp(version)
end

function redis.acl_check_cmd(...)
  local n = select('#', ...)
  if n == 0 then raise(core.no_arguments) end
  local t = {...}
  if not is_light(t, n) then error('not enough memory', 0) end
  for i = 1, n do
    if not stringy(t[i]) then raise(core.argument_types) end
  end
  local allowed = py.acl_check(unpack(t, 1, n))
  if allowed == nil then raise('Invalid command passed to ' .. API .. '.acl_check_cmd()') end
  return allowed
end

function redis.set_repl(...)
  if select('#', ...) ~= 1 then raise(API .. '.set_repl() requires one argument.') end
  local flags = ...
  flags = stringy(flags) and whole(flags) or 0
  if not (flags >= 0 and flags <= 3) then
    raise('Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.')
  end
end

function redis.replicate_commands() return true end
function redis.breakpoint() return false end
function redis.debug() end

for name, value in native.pairs{LOG_DEBUG = 0, LOG_VERBOSE = 1, LOG_NOTICE = 2, LOG_WARNING = 3,
    REPL_NONE = 0, REPL_AOF = 1, REPL_SLAVE = 2, REPL_REPLICA = 2, REPL_ALL = 3} do
  redis[name] = value
end
for name, value in native.pairs(core.constants) do redis[name] = value end

core.redis = redis
core.G.redis = core.protect(redis)
for _, name in native.ipairs(core.aliases) do core.G[name] = core.G.redis end
core.G.coroutine = core.protect(core.coroutine)
"""
