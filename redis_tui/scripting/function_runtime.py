"""The Lua that libraries of functions are loaded into: a runtime of its own, beside the one of scripts.

Knows no commands. `FunctionRuntime` runs a function as its base class runs a script, KEYS and ARGV being arguments.

The decision a reader would question: the globals of all libraries are one stand-in for its whole life whose
``__index`` is swapped. A library that loads sees ``redis.register_function``, ``redis.log`` and little else; what it
registers sees the full set later, through the very same environment. That is how the servers do it, and why a
function made during the load may call ``redis.call``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redis_tui.errors import CommandError
from redis_tui.scripting import convert
from redis_tui.scripting.functions import BAD_NAME, Function, read_flags
from redis_tui.scripting.runtime import DEAD, FAILED, LuaRuntime
from redis_tui.scripting.script import FLAGS

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis_tui.scripting.host import ScriptHost


class FunctionRuntime(LuaRuntime):
    """One Lua with the libraries that were loaded into it. Arguments as for `LuaRuntime`."""

    chunk_name = b"@user_function"
    compile_fault = b"ERR Error compiling function: "

    @property
    def killed_text(self) -> bytes:
        return self._wording.killed_function

    def load_library(self, code: bytes, host: ScriptHost, *, timeout_ms: int) -> list[Function]:
        """Runs a library's code, which is to register its functions.

        Args:
            code: with nothing but a newline where the shebang was.
            host: hears of redis.log; nothing else is asked of it.
            timeout_ms: what the load may take.

        Raises:
            CommandError: it does not compile, fails, or takes too long; the servers' text.
        """
        chunk = self._compiled(code.partition(b"\0")[0] if self._wording.library_ends_at_zero else code)
        self._bridge.start(host, None)
        self._limits.start(_Deadline(self.kill), timeout_ms)
        try:
            outcome = self._guarded(lambda: self._load_library(chunk))
            found, late = self._end_load()
            fault = self._load_fault(outcome, late)
            if fault is not None:
                raise CommandError(b"ERR " + convert.one_line(fault))
            return [self._function(index + 1) for index in range(int(found))]
        finally:
            self._forget_load()
            self._limits.end()
            self._bridge.end()

    def _load_fault(self, outcome: tuple[Any, ...], late: bytes | None) -> bytes | None:
        if outcome[0] not in (FAILED, DEAD):
            return late
        text = b"ERR FUNCTION LOAD timeout" if self._limits.killed else outcome[1] or b"ERR not enough memory"
        return b"Error registering functions: " + text.partition(b"\0")[0]

    def _function(self, index: int) -> Function:
        name, description, callback, *flags = self._registered(index)
        return Function(name, description or None, read_flags(flags), callback)

    def _load(self) -> tuple[Callable[..., Any], ...]:
        loaded = super()._load()
        core = self._core
        core[b"bad_function_name"] = self._wording.function_names % BAD_NAME
        core[b"names_checked_at_once"] = self._wording.function_names_checked_at_once
        core[b"load"](LUA, core, self._lua.table_from(list(FLAGS)))
        names = (b"load_library", b"end_load", b"registered", b"forget_load")
        self._load_library, self._end_load, self._registered, self._forget_load = (core[name] for name in names)
        return loaded


class _Deadline:
    """Ends a load that takes too long."""

    doomed = False

    def __init__(self, stop: Callable[[], None]) -> None:
        self._stop = stop

    def busy(self, elapsed_ms: int) -> None:  # noqa: ARG002  # the protocol tells it; the time is up in any case
        """The time is up."""
        self._stop()


LUA = rb"""
local core, flag_names = ...
local native, G = core.native, core.G
local error, type, tostring, select, next = native.error, native.type, native.tostring, native.select, native.next
local lower, find = native.string.lower, native.string.find
local API = core.api_name

local known_flags = {}
for _, name in native.ipairs(flag_names) do known_flags[name] = true end

local redis = core.redis
for _, name in native.ipairs{'replicate_commands', 'breakpoint', 'debug'} do redis[name] = nil end
G.__redis__err__handler, G.__server__err__handler = nil, nil

local registered, names, late   -- of the load under way; what is wrong but told only after it

local function refuse(text)
  error({err = 'ERR ' .. text}, 0)
end

local function stringy(v)
  local kind = type(v)
  if kind == 'string' or kind == 'number' then return v .. '' end
end

local function text_of(name, v)
  return stringy(v) or refuse(name .. ' argument given to ' .. API .. '.register_function must be a string')
end

local function read_flags(t)
  local flags = {}
  for i = 1, 2147483647 do
    local flag = t[i]
    if flag == nil then return flags end
    flag = stringy(flag)
    if not flag or not known_flags[lower(flag)] then refuse('unknown flag given') end
    flags[i] = flag
  end
end

local readers = {
  function_name = function(entry, v) entry.name = text_of('function_name', v) end,
  description = function(entry, v) entry.description = text_of('description', v) end,
  callback = function(entry, v)
    if type(v) ~= 'function' then
      refuse('callback argument given to ' .. API .. '.register_function must be a function')
    end
    entry.callback = v
  end,
  flags = function(entry, v)
    if type(v) ~= 'table' then
      refuse('flags argument to ' .. API .. '.register_function must be a table representing function flags')
    end
    entry.flags = read_flags(v)
  end,
}

local function named(t)
  if type(t) ~= 'table' then
    refuse('calling ' .. API .. '.register_function with a single argument is only applicable to Lua table '
      .. '(representing named arguments).')
  end
  local entry = {flags = {}}
  for k, v in next, t do
    k = stringy(k) or refuse('named argument key given to ' .. API .. '.register_function is not a string')
    local read = readers[lower(k)] or refuse('unknown argument given to ' .. API .. '.register_function')
    read(entry, v)
  end
  if not entry.name then refuse(API .. '.register_function must get a function name argument') end
  if not entry.callback then refuse(API .. '.register_function must get a callback argument') end
  return entry
end

local function positional(name, callback)
  name = stringy(name) or refuse('first argument to ' .. API .. '.register_function must be a string')
  if type(callback) ~= 'function' then
    refuse('second argument to ' .. API .. '.register_function must be a function')
  end
  return {name = name, callback = callback, flags = {}}
end

local function wrong(name)
  if not find(name, '^[%w_]+$') then return core.bad_function_name end
  if names[name] then return 'Function already exists in the library' end
end

local loading = {log = redis.log}
for name, value in next, redis do
  if find(name, '^LOG_') then loading[name] = value end
end
for name, value in native.pairs(core.constants) do loading[name] = value end

function loading.register_function(...)
  if not names then refuse(API .. '.register_function can only be called on FUNCTION LOAD command') end
  local count = select('#', ...)
  if count < 1 or count > 2 then refuse('wrong number of arguments to ' .. API .. '.register_function') end
  local entry
  if count == 1 then entry = named((...)) else entry = positional(...) end
  local fault = wrong(entry.name)
  if fault and core.names_checked_at_once then refuse(fault) end
  late = late or fault
  names[entry.name] = true
  registered[#registered + 1] = entry
end

local function missing(_, name)
  error("Script attempted to access nonexistent global variable '" .. tostring(name) .. "'", 2)
end
native.setmetatable(loading, {__index = missing})

local first = native.setmetatable({redis = core.protect(loading)}, {__index = missing})
for _, name in native.ipairs(core.aliases) do first[name] = first.redis end

local environment = native.getmetatable(core.globals)

-- runs a compiled library; what is left to ask for: core.fault_of_names, core.registered
function core.load_library(chunk)
  registered, names, late = {}, {}, nil
  environment.__index = first
  return core.enter(chunk)
end

function core.end_load()
  environment.__index = G
  return #registered, late
end

function core.registered(i)
  local entry = registered[i]
  return entry.name, entry.description or false, entry.callback, native.unpack(entry.flags)
end

function core.forget_load()
  registered, names, late = nil, nil, nil
end
"""
