"""Scripts and functions in the engine: what is kept, the Lua runtimes, what runs now, BUSY and kill.

Scripts and functions have a runtime each, as on the servers. One comes up with the first script, or library, so
that an engine that never runs Lua never pays for it. `kill` and `current` may be used from any thread: they read
a reference and set an event, nothing more.
"""

from __future__ import annotations

import time
from enum import Enum
from typing import TYPE_CHECKING, Final

from redis_tui.engine.replication import MASTER_DOWN, SCRIPT_MASTER_DOWN, SCRIPT_READ_ONLY
from redis_tui.engine.script_host import EngineHost, LogSink
from redis_tui.engine.write_gate import TOO_FEW_REPLICAS
from redis_tui.errors import CommandError
from redis_tui.record import dataclass
from redis_tui.resp.types import ErrorReply
from redis_tui.scripting.cache import CachedScript, CacheImage, ScriptCache
from redis_tui.scripting.functions import LOAD_TIMEOUT_MS, Function, FunctionStore, Library, read_metadata
from redis_tui.scripting.script import ScriptFlag, digest, read_shebang
from redis_tui.spec.command import CommandFlag

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence

    from redis_tui.engine.client import Client
    from redis_tui.engine.engine import Engine
    from redis_tui.engine.journal import Journal
    from redis_tui.engine.registry import Command
    from redis_tui.engine.touch import CallWatch
    from redis_tui.scripting.function_runtime import FunctionRuntime
    from redis_tui.scripting.runtime import LuaRuntime, RunResult
    from redis_tui.scripting.script import Runnable
    from redis_tui.scripting.trace import TraceLog


class KillResult(Enum):
    """What became of a request to kill."""

    KILLED = "killed"
    NOTHING_RUNNING = "nothing running"
    UNKILLABLE = "has written"
    OTHER_KIND = "a function where a script was meant, or the other way round"


@dataclass(slots=True, eq=False)
class Observation:
    """What a session wants to know of the next run; see `Scripts.observation`."""

    trace: TraceLog | None = None
    """Notes each call; slows the run down."""
    log: LogSink | None = None
    """Where redis.log lines go."""
    timeout_ms: int | None = None
    """The run is ended when it lasts longer."""
    can_undo: bool = False
    """A journal is open, so a kill may ask to take the writes back."""
    touched: CallWatch | None = None
    """Is told of each call ahead of it."""
    gauged: bool = False
    """Count instructions and memory; slows a small script down."""
    result: RunResult | None = None
    """Set once the run is over."""
    undone: bool = False
    """A kill asked for the writes to be taken back."""
    journal: Journal | None = None
    """Keeps what the run changes."""

    def own_ns(self) -> int | None:
        """What the run itself took, without setting up and being watched; None where there was none."""
        if self.result is None:
            return None
        watching = sum(part.spent_ns for part in (self.journal, self.touched) if part is not None)
        return max(0, int(self.result.duration_us * 1000) - watching)


@dataclass(slots=True, eq=False)
class RunningScript:
    """The script or function that runs now."""

    script: Runnable
    client: Client
    host: EngineHost
    runtime: LuaRuntime
    started_ns: int
    """Of `time.perf_counter_ns`."""
    observation: Observation
    command: Sequence[bytes] = ()
    """What called a function, for FUNCTION STATS."""

    @property
    def is_function(self) -> bool:
        return isinstance(self.script, Function)

    @property
    def sha(self) -> str:
        """The sha of a script, the name of a function."""
        return self.script.label.decode()

    @property
    def kind(self) -> str:
        """Whose KILL ends it."""
        return "FUNCTION" if self.is_function else "SCRIPT"

    @property
    def elapsed_ms(self) -> float:
        return (time.perf_counter_ns() - self.started_ns) / 1e6


@dataclass(frozen=True, slots=True)
class ScriptsMark:
    """What a run changes of `Scripts`, at one moment."""

    random: tuple[int, int]
    cache: CacheImage | None


_NEVER_MS: Final = 1 << 50
"""Until a script is busy, where ``busy-reply-threshold`` is 0."""
_SLOW: Final = (
    "Slow script detected: still in execution after {:.0f} milliseconds. You can try killing the script using the "
    "{} KILL command. Script name is: {}."
)
_UNWATCHED = Observation()
"""For the runs that nobody looks at, which are nearly all; never written to."""


class Scripts:
    """Everything about Lua in one engine.

    Args:
        engine: the owner.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._runtime: LuaRuntime | None = None
        self._function_runtime: FunctionRuntime | None = None
        self._last: LuaRuntime | None = None
        """The runtime of the last run, which knows where the sequence of random numbers stands."""
        self._random: tuple[int, int] | None = None
        """Where that was when the last runtime went."""
        self.memory_limit: int | None = None
        """Bytes that the Lua of each runtime may take; None is the usual. To be set ahead of the first script."""
        self.functions = FunctionStore()
        self._hosts: dict[int, EngineHost] = {}
        self.cache = ScriptCache()
        # Scripts that came by EVAL are evicted since Redis 7.4 and Valkey 8; before, all stay.
        self._evicts = engine.dialect.at_least("7.4.0", valkey="8.0.0")
        # Valkey keeps for good what SCRIPT LOAD brings again; in Redis a script stays what it was when it came.
        self._promotes = engine.dialect.is_valkey
        self.current: RunningScript | None = None
        self.busy = False
        """The running script has passed ``busy-reply-threshold``: others are told BUSY."""
        self.on_slow: Callable[[str], None] | None = None
        """Told once of each run that becomes busy, in the words of the servers' logs."""
        self.on_busy: Callable[[], None] | None = None
        """Called again and again while busy; the thread answers other clients there."""
        self.observation: Observation | None = None
        """Set by a session around one `Engine.execute`, so that its run goes through every gate,
        count and log like any other client's and is watched all the same."""
        self._busy_after_ms = 5000
        engine.config.subscribe(self._configure)

    @property
    def runtime(self) -> LuaRuntime:
        """The Lua runtime, made at its first use."""
        if self._runtime is None:
            from redis_tui.scripting.runtime import LuaRuntime

            self._runtime = LuaRuntime(wording=self._engine.dialect.scripts, memory_limit=self.memory_limit)
        return self._runtime

    @property
    def function_runtime(self) -> FunctionRuntime:
        """The Lua runtime of functions, made at its first use."""
        if self._function_runtime is None:
            from redis_tui.scripting.function_runtime import FunctionRuntime

            self._function_runtime = FunctionRuntime(
                wording=self._engine.dialect.scripts, memory_limit=self.memory_limit
            )
        return self._function_runtime

    @property
    def memory_used(self) -> int:
        """Bytes that scripts hold in Lua; 0 before the first."""
        return self._memory(self._runtime)

    @property
    def function_memory_used(self) -> int:
        """Bytes that functions hold in Lua; 0 before the first."""
        return self._memory(self._function_runtime)

    def load(self, source: bytes, *, by_eval: bool) -> CachedScript:
        """The compiled script of a source, from the cache or put there.

        Args:
            by_eval: it came with EVAL, so it may be forgotten when there are many.

        Raises:
            CommandError: it does not compile.
        """
        cached = self.cache.find(digest(source))
        if cached is not None and (by_eval or not cached.evictable or not self._promotes):
            return cached
        script = self.runtime.compile(source) if cached is None else cached.script
        return self.cache.add(script, evictable=by_eval and self._evicts)

    def load_library(self, client: Client, code: bytes, *, replace: bool) -> Library:
        """Loads a library of functions and links it in.

        Raises:
            CommandError: it is no library, does not load, or clashes with one that is there.
        """
        library = self._library(client, code, clashes=() if replace else self.functions.libraries)
        self.functions.add(library)
        return library

    def make_libraries(self, client: Client, codes: Sequence[bytes]) -> list[Library]:
        """Loads libraries without linking them in; see `FunctionStore.join`.

        Raises:
            CommandError: as for `load_library`; also where two of them clash.
        """
        made = FunctionStore()
        for code in codes:
            made.add(self._library(client, code, clashes=made.libraries))
        return list(made.libraries.values())

    def check_flags(self, script: Runnable, *, read_only: bool) -> None:
        """Looks at what a script promises before it runs; one without a shebang promises nothing.

        Args:
            read_only: it is called by a command that does not write.

        Raises:
            CommandError: it may not run like that.
        """
        replication, gate = self._engine.replication, self._engine.write_gate
        if script.flags is None:
            if replication.stale:
                raise CommandError(MASTER_DOWN)
            return
        if replication.stale and ScriptFlag.ALLOW_STALE not in script.flags:
            raise CommandError(SCRIPT_MASTER_DOWN)
        if script.is_read_only:
            return
        if replication.read_only:
            raise CommandError(SCRIPT_READ_ONLY)
        if gate.cannot_save:
            raise CommandError(self._engine.dialect.cannot_save_script)
        if read_only:
            raise CommandError("ERR Can not execute a script with write flag using *_ro command.")
        if gate.lacks_replicas:
            raise CommandError(TOO_FEW_REPLICAS)
        if gate.out_of_memory and ScriptFlag.ALLOW_OOM not in script.flags:
            raise CommandError(
                "OOM allow-oom flag is not set on the script, can not run it when used memory > 'maxmemory'"
            )

    def flags_of(self, command: Command, argv: Sequence[bytes]) -> CommandFlag:
        """A command's flags; of one that runs a script what that promises, where it promises anything."""
        find = _PROMISES.get(command.name)
        if find is None or len(argv) == 1:
            return command.flags
        promised = find(self, argv[1])
        if promised is None:
            return command.flags
        flags = command.flags & ~(CommandFlag.STALE | CommandFlag.MAY_REPLICATE)
        if ScriptFlag.NO_WRITES not in promised:
            flags |= CommandFlag.WRITE
        if not promised & (ScriptFlag.NO_WRITES | ScriptFlag.ALLOW_OOM):
            flags |= CommandFlag.DENYOOM
        if ScriptFlag.ALLOW_STALE in promised:
            flags |= CommandFlag.STALE
        return flags

    def promised_by_source(self, source: bytes) -> ScriptFlag | None:
        """The flags of a script's shebang; None where there is none that is right."""
        try:
            return read_shebang(source, self._engine.dialect.scripts)[0]
        except CommandError:
            return None

    def promised_by_sha(self, sha: bytes) -> ScriptFlag | None:
        """Likewise, of a script in the cache."""
        cached = self.cache.peek(sha)
        return None if cached is None else cached.script.flags

    def promised_by_function(self, name: bytes) -> ScriptFlag | None:
        """Likewise, of a function."""
        function = self.functions.find(name)
        return None if function is None else function.flags

    def run(
        self,
        client: Client,
        cached: CachedScript,
        keys: Sequence[bytes],
        args: Sequence[bytes],
        *,
        read_only: bool = False,
    ) -> RunResult:
        """Runs a script for a client, at one moment in time.

        Args:
            read_only: refuse commands that write.
        """
        result = self._run(self.runtime, client, cached.script, keys, args, read_only=read_only)
        cached.record(result.duration_us, self._engine.space.now_ms)
        return result

    def call(
        self,
        client: Client,
        function: Function,
        keys: Sequence[bytes],
        args: Sequence[bytes],
        *,
        command: Sequence[bytes],
        read_only: bool = False,
    ) -> RunResult:
        """Runs a function for a client, at one moment in time.

        Args:
            command: what called it, for FUNCTION STATS.
            read_only: refuse commands that write.
        """
        return self._run(self.function_runtime, client, function, keys, args, read_only=read_only, command=command)

    def _run(
        self,
        runtime: LuaRuntime,
        client: Client,
        script: Runnable,
        keys: Sequence[bytes],
        args: Sequence[bytes],
        *,
        read_only: bool,
        command: Sequence[bytes] = (),
    ) -> RunResult:
        engine, ctx = self._engine, client.ctx
        host = self._hosts.get(client.id)
        if host is None:
            host = self._host_for(client)
        db, resp, frozen = ctx.db, ctx.resp, engine.time_frozen
        watched = self.observation or _UNWATCHED
        host.begin(
            read_only=read_only or script.is_read_only,
            log=watched.log,
            allow_oom=script.flags is not None and ScriptFlag.ALLOW_OOM in script.flags,
            touched=watched.touched,
        )
        if runtime is not self._last:
            self._switch(runtime)
        if watched.gauged:
            runtime.prepare_gauge()
        ctx.in_script = engine.time_frozen = True
        self.current = RunningScript(script, client, host, runtime, time.perf_counter_ns(), watched, command)
        try:
            result = runtime.run(
                script,
                keys,
                args,
                host,
                resp=client.resp,
                trace=watched.trace,
                busy_after_ms=self._busy_after_ms,
                timeout_ms=watched.timeout_ms,
                gauged=watched.gauged,
            )
        finally:
            self.current = None
            if self.busy:
                self.busy = False
                engine.refresh()
            ctx.in_script, ctx.resp, engine.time_frozen = False, resp, frozen
            if ctx.db is not db:
                ctx.use(db)  # a SELECT inside lasts as long as the script
        if watched is not _UNWATCHED:
            watched.result = result
        if type(result.reply) is ErrorReply and host.passed_on(result.reply):
            engine.stats.told_in_script = result.reply
        return result

    def kill(self, *, undo: bool = False, force: bool = False, function: bool | None = None) -> KillResult:
        """Ends the running script; from any thread.

        Args:
            undo: also where it has written, if its writes can be taken back.
            force: whatever it has done, because the engine itself is closing.
            function: only if it is a function, or is none; None takes both.
        """
        running = self.current
        if running is None:
            return KillResult.NOTHING_RUNNING
        if running.host.wrote and not force and not (undo and running.observation.can_undo):
            return KillResult.UNKILLABLE
        if function not in (None, running.is_function):
            return KillResult.OTHER_KIND
        # The kill lands a moment from now; a script that writes until then is taken back as well.
        if running.observation.can_undo:
            running.observation.undone = True
        running.host.doomed = True
        running.runtime.kill()
        return KillResult.KILLED

    @property
    def busy_text(self) -> str:
        """What others are told while a script or a function is busy."""
        running, dialect = self.current, self._engine.dialect
        return dialect.busy_function if running is not None and running.is_function else dialect.busy

    def note_busy(self) -> None:
        """Told by the count hook, in the owner thread, while a script runs past the threshold."""
        if not self.busy:
            self.busy = True
            self._engine.refresh()
            if self.on_slow is not None and self.current is not None:
                self.on_slow(_SLOW.format(self.current.elapsed_ms, self.current.kind, self.current.sha))
        if self.on_busy is not None:
            self.on_busy()

    def forget_client(self, client: Client) -> None:
        """A client is gone."""
        self._hosts.pop(client.id, None)

    def _library(self, client: Client, code: bytes, *, clashes: Container[bytes]) -> Library:
        name, body = read_metadata(code)
        if name in clashes:
            raise CommandError(b"ERR Library '%b' already exists" % name)
        host = self._hosts.get(client.id) or self._host_for(client)
        host.begin(read_only=True, log=(self.observation or _UNWATCHED).log)
        functions = self.function_runtime.load_library(body, host, timeout_ms=LOAD_TIMEOUT_MS)
        if not functions:
            raise CommandError("ERR No functions registered")
        return Library(name, code, {function.name: function for function in functions})

    def flush(self) -> None:
        """Forgets every script, and the Lua that they ran in."""
        self.cache.flush()
        self._drop(self._runtime)
        self._runtime = None

    def flush_functions(self) -> None:
        """Forgets every library, and the Lua that they were loaded into."""
        self.functions.clear()
        self._drop(self._function_runtime)
        self._function_runtime = None

    def mark(self, *, with_cache: bool) -> ScriptsMark:
        """Where the sequence of random numbers stands, and what the cache holds, for `go_back`."""
        if self._last is None:
            self._switch(self.runtime)
        assert self._last is not None
        return ScriptsMark(self._last.random_state, self.cache.image() if with_cache else None)

    def go_back(self, mark: ScriptsMark) -> None:
        """Makes both again what they were."""
        if mark.cache is not None:
            self.cache.put_back(mark.cache)
        if self._last is not None:
            self._last.random_state = mark.random
        else:
            self._random = mark.random

    def _switch(self, runtime: LuaRuntime) -> None:
        """All runtimes of a server draw from one sequence of random numbers."""
        self._drop(self._last)
        if self._random is not None:
            runtime.random_state = self._random
        self._last = runtime

    def _drop(self, runtime: LuaRuntime | None) -> None:
        if runtime is not None and runtime is self._last:
            self._random, self._last = runtime.random_state, None

    def _memory(self, runtime: LuaRuntime | None) -> int:
        if runtime is None:
            return 0
        return runtime.memory_used if self.current is not None else runtime.memory_of_scripts()

    def _host_for(self, client: Client) -> EngineHost:
        host = self._hosts[client.id] = EngineHost(self._engine, client)
        return host

    def _configure(self) -> None:
        self._busy_after_ms = self._engine.config.number("busy-reply-threshold") or _NEVER_MS


_PROMISES: Final[dict[str, Callable[[Scripts, bytes], ScriptFlag | None]]] = {
    "eval": Scripts.promised_by_source,
    "eval_ro": Scripts.promised_by_source,
    "evalsha": Scripts.promised_by_sha,
    "evalsha_ro": Scripts.promised_by_sha,
    "fcall": Scripts.promised_by_function,
    "fcall_ro": Scripts.promised_by_function,
}
