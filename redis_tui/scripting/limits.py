"""Time, memory and kill: the one count hook of every run.

Knows nothing of commands. `Limits` is the Python half (a flag, a clock, the host's ``busy``), ``LUA`` the
half that runs inside Lua and unwinds a script for good.

The decision a reader would question: the hook polls every 4,000 instructions where the servers take 100,000,
and oftener where instructions take long. A loop around ``string.rep`` or ``redis.call`` spends its time in C
or in Python: at 100,000 instructions it would not hear of a kill for a minute. A poll costs half a
microsecond. Calls also look at the flag themselves (`api.Bridge`); and a kill, the metronome and the end of a run's
time make the hook of the main coroutine come at the next instruction (`metronome`).

Memory has two bounds. The allocator's is hard, and to meet it while a reply goes into Lua would unwind lupa's
own frames; so the hook ends a script that comes within `HEADROOM` of it, and whoever hands a large value
over asks `Limits.has_room` first.

How a kill gets out of everything: the hook raises, and from then on every instruction of the script's own
coroutine and of the one that was running raises again, so that ``pcall`` cannot hold it. Coroutines made by
a script carry the hook too (Lua gives it to none of them), and no new one starts while a kill is on.
"""

from __future__ import annotations

import threading
from time import perf_counter_ns
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis_tui.scripting.host import Watch

MOST_INSTRUCTIONS = 4000
FEWEST_INSTRUCTIONS = 20
SLOW_NS, QUICK_NS = 5_000_000, 1_000_000
"""Longer between two polls: poll oftener. Shorter: less often again."""
HEADROOM = 16 << 20
"""Bytes below the hard bound that a script must leave free."""
LEAST_MEMORY = 32 << 20
"""A smaller bound would leave scripts next to nothing above that."""
COLLECT_EVERY_NS = 500_000_000
"""At the bound, memory is collected at most this often: a full collection takes long."""
LASTS_NS = 20_000_000
"""A run that was not polled for so long is prodded."""
BUSY_EVERY_NS = 10_000_000
"""Once a run is busy, the host is told at most this often."""


class Limits:
    """The clock, the memory bound and the kill flag of the run under way.

    Args:
        memory_used: tells how many bytes Lua holds.
        memory_limit: the hard bound in bytes.
        prod: makes the hook of a Lua state come at once; None where that cannot be done.
    """

    def __init__(
        self, memory_used: Callable[[], int], memory_limit: int, prod: Callable[[int], None] | None = None
    ) -> None:
        self._prod = prod
        self._worker: int | None = None
        """The address of the state that scripts run in; None while there is none."""
        self._inner: int | None = None
        """That of a script's own coroutine which runs long."""
        self._states_lock = threading.Lock()
        """Held while another thread uses these addresses."""
        self._memory_used = memory_used
        self._memory_limit = memory_limit
        self._collected_ns = 0
        self.killed: list[bool] = []
        """Not empty once the run must end. A list, because its truth is the cheapest thing a call can test."""
        self.fault: BaseException | None = None
        """What broke on the Python side; raised again once Lua is unwound."""
        self.timed_out = False
        """The run has reached its own time limit, and must end for it."""
        self._host: Watch | None = None
        self._started_ns = 0
        self._next_busy_ns = 0
        self._ends_ns: int | None = None
        self._next_ns = 0
        """Until then a poll has nothing to do but to look at the flag."""
        self._last_tick_ns = 0
        self._every = MOST_INSTRUCTIONS

    def start(self, host: Watch, busy_after_ms: int, timeout_ms: int | None = None) -> int:
        """Begins a run and returns its start on the nanosecond clock.

        Args:
            host: is told that the run lasts.
            busy_after_ms: from when on.
            timeout_ms: when to end it; None lets it last.
        """
        self.killed.clear()
        self.fault = None
        self.timed_out = False
        self._host = host
        self._started_ns = self._last_tick_ns = now = perf_counter_ns()
        self._next_ns = self._next_busy_ns = now + busy_after_ms * 1_000_000
        if host.doomed:  # looked at once the host is known, before which `kill` does nothing
            self.killed.append(True)
        self._ends_ns = None
        if timeout_ms is not None:
            self._ends_ns = now + timeout_ms * 1_000_000
            self._next_ns = min(self._next_ns, self._ends_ns)
        return now

    def end(self) -> None:
        """Ends the run; a kill that comes now finds nothing."""
        self._host = None

    def kill(self) -> None:
        """Asks the run under way to end. From any thread."""
        if self._host is not None:
            self.killed.append(True)
            self._prod_states()

    def beat(self) -> None:
        """A moment has passed: lets a run that lasts be polled. From the metronome's thread."""
        if self._host is not None and perf_counter_ns() - self._last_tick_ns > LASTS_NS:
            self._prod_states()

    def set_worker(self, name: bytes | None) -> None:
        """Tells in which coroutine scripts run from now on, by what ``tostring`` makes of it; None ahead of its end."""
        with self._states_lock:
            self._worker = _address(name)

    def set_inner(self, name: bytes | None) -> None:
        """Likewise, of a script's own coroutine that runs now."""
        with self._states_lock:
            self._inner = _address(name)

    def _prod_states(self) -> None:
        with self._states_lock:
            for state in (self._worker, self._inner):
                if state is not None and self._prod is not None:
                    self._prod(state)

    def abort(self, fault: BaseException) -> None:
        """Ends the run because something broke outside of Lua."""
        self.fault = self.fault or fault
        self.killed.append(True)

    def poll(self) -> bool:
        """Whether the run must end. Tells the host on the way that it lasts. Never raises."""
        now = perf_counter_ns()
        if now < self._next_ns or self._host is None:
            return bool(self.killed)
        if self._ends_ns is not None and now >= self._ends_ns and not self.killed:
            self.timed_out = True
            self.killed.append(True)
        if now >= self._next_busy_ns:
            try:
                self._host.busy((now - self._started_ns) // 1_000_000)
            except BaseException as fault:  # noqa: BLE001  # must not enter Lua, where a script could catch it
                self.abort(fault)
            self._next_busy_ns = perf_counter_ns() + BUSY_EVERY_NS
        self._next_ns = self._next_busy_ns if self._ends_ns is None else min(self._next_busy_ns, self._ends_ns)
        return bool(self.killed)

    def has_room(self, size: int) -> bool:
        """Whether Lua may take that many bytes more without coming near its bound."""
        return self._memory_used() + size < self._memory_limit - HEADROOM // 2

    def may_collect(self) -> bool:
        """Whether it is time for a full collection."""
        now = perf_counter_ns()
        if now - self._collected_ns < COLLECT_EVERY_NS:
            return False
        self._collected_ns = now
        return True

    def tick(self) -> bool | int:
        """`poll` for the count hook.

        Returns:
            True: the run must end. False: go on. 0: too little memory is left. Another number: go on, and count to
            that many instructions from now on.
        """
        if self.poll():
            return True
        if self._memory_used() > self._memory_limit - HEADROOM:
            return 0
        now = perf_counter_ns()
        passed, self._last_tick_ns = now - self._last_tick_ns, now
        if passed > SLOW_NS and self._every > FEWEST_INSTRUCTIONS:
            self._every = max(FEWEST_INSTRUCTIONS, self._every // 8)
        elif passed < QUICK_NS and self._every < MOST_INSTRUCTIONS:
            self._every = min(MOST_INSTRUCTIONS, self._every * 2)
        else:
            return False
        return self._every


def _address(name: bytes | None) -> int | None:
    _, _, digits = (name or b"").partition(b"0x")
    return int(digits, 16) if digits else None


LUA = rb"""
local core, poll, tick, every, may_collect, set_inner = ...
local tostring = tostring
local sethook, gethook, running, error = debug.sethook, debug.gethook, coroutine.running, error
local create, native_resume, type, find, select = coroutine.create, coroutine.resume, type, string.find, select
local getinfo = debug.getinfo
local collect = collectgarbage
local MAX_NEST = 50
local MOST_MADE = 1000   -- coroutines made, after which the hooks of those that are gone are let go of
local FIRST = 200   -- instructions to the first poll of a script's own coroutine, which tells of it

core.killing, core.every = false, every

local function strike()
  error(core.death, 0)
end

local inner   -- the coroutine that others were told of; held, so that its address stays good

local function told(co)
  inner = co
  set_inner(tostring(co))
end

local function untold()
  set_inner(nil)
  inner = nil
end

local hook
hook = function()
  if not core.killing then
    local verdict = tick()
    if not verdict then
      local here = running()
      if here ~= inner and here ~= core.worker then told(here) end
      if not core.gauging and (select(3, gethook())) ~= core.every then   -- it was prodded
        sethook(here, hook, '', core.every)
      end
      return
    end
    if verdict == 0 then
      if may_collect() then
        collect()
        if tick() ~= 0 then return end
      end
      error('not enough memory', 0)
    end
    if verdict ~= true then
      core.every = verdict
      if not core.gauging then sethook(running(), hook, '', verdict) end
      return
    end
    core.killing = true
    core.death = {err = 'ERR ' .. core.killed_text}
  end
  local here = running()
  sethook(core.worker, strike, 'crl', 1)
  if here ~= core.worker then sethook(here, strike, 'crl', 1) end
  error(core.death, 0)
end

-- the next instruction of the running coroutine meets the hook
function core.interrupt()
  sethook(running(), hook, '', 1)
end

core.hook = hook

function core.arm(co)
  if core.gauging then core.arm_gauge(co) else sethook(co, hook, '', core.every) end
end

-- At the full depth of the C stack the hook itself cannot be called: it fails with a stack overflow, which
-- a script may catch again and again. So who catches one looks for a kill.
function core.look(e)
  if type(e) == 'string' and (find(e, 'stack overflow', 1, true) or find(e, 'error handling', 1, true)) and poll() then
    hook()
  end
end

-- Lua keeps the hook of each coroutine by its address, and never lets go of one; so it is done here, between runs
local alive, made = setmetatable({}, {__mode = 'k'}), 0

local function is_of_hooks(key, t)
  if type(key) ~= 'userdata' or type(t) ~= 'table' then return false end
  for _, value in next, t do
    if value == hook then return true end
  end
  return false
end

local function forget_hooks()
  made = 0
  for key, t in next, debug.getregistry() do
    if is_of_hooks(key, t) then
      for address in next, t do t[address] = nil end
    end
  end
  core.arm(core.worker)
  for co in next, alive do sethook(co, hook, '', FIRST) end
end

local function check(f)
  local info = type(f) == 'function' and getinfo(f, 'S')
  if not info or info.what == 'C' or info.source == core.source then core.misuse(1, 'Lua function expected') end
  if core.killing then error(core.death, 0) end
end

local function armed(f)
  local co = create(f)
  alive[co] = true
  made = made + 1
  if core.gauging then core.arm_gauge(co) else sethook(co, hook, '', FIRST) end
  return co
end

core.coroutine = {status = coroutine.status, yield = coroutine.yield}

function core.coroutine.create(f)
  check(f)
  return armed(f)
end

local clean = core.clean
local nest = 0   -- coroutines inside coroutines: each takes C stack, which Lua 5.1 does not count

function core.unnest()
  nest = 0
  if inner then untold() end
  if made > MOST_MADE and not core.gauging then forget_hooks() end
end

local function resumed(ok, ...)
  nest = nest - 1
  if inner then untold() end
  if ok then return true, ... end
  local e = clean((...))
  core.look(e)
  return false, e
end

local function resume(co, ...)
  if core.killing then error(core.death, 0) end
  if nest >= MAX_NEST then return false, 'C stack overflow' end
  nest = nest + 1
  return resumed(native_resume(co, ...))
end

function core.coroutine.resume(co, ...)
  if type(co) ~= 'thread' then core.misuse(1, 'coroutine expected') end
  return resume(co, ...)
end

local function unwrapped(ok, ...)
  if ok then return ... end
  error((...), 3)
end

function core.coroutine.wrap(f)
  check(f)
  local co = armed(f)
  return function(...) return unwrapped(resume(co, ...)) end
end

function core.coroutine.running()
  local co = running()
  if co == core.worker then return nil end
  return co
end
"""
