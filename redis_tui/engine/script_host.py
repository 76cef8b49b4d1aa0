"""What a script sees of the engine: `scripting.host.ScriptHost`, one for each client.

`direct` is the inner loop of every script. Its gates are looked at once a profile, so what is
left of a call is: bind, handle, answer. All refusals whose text differs inside a script
are worked out on the failing path only.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from time import perf_counter_ns
from typing import TYPE_CHECKING

from redis_tui.engine.replication import STALE_IN_SCRIPT
from redis_tui.engine.script_text import keeping_text
from redis_tui.engine.write_gate import OUT_OF_MEMORY
from redis_tui.errors import CommandError
from redis_tui.record import dataclass
from redis_tui.resp.types import ErrorReply, Reply
from redis_tui.scripting.host import DirectCall, Stopwatch
from redis_tui.spec.command import CommandFlag

if TYPE_CHECKING:
    from redis_tui.engine.client import Client
    from redis_tui.engine.context import Ctx
    from redis_tui.engine.engine import Engine
    from redis_tui.engine.registry import Command, Invoke
    from redis_tui.engine.stats import CommandStat
    from redis_tui.engine.touch import CallWatch

_PROFILES = itertools.count(1)
_QUICK_NS = 1_000_000
"""Nobody times what takes constant time, unless the slow log or the latency monitor wants less than this."""
_SAMPLE = 8
"""Of so many calls each command is timed, for INFO latencystats; further calls of scripts are taken to cost as much."""
_REACHES_REPLICAS = CommandFlag.WRITE | CommandFlag.MAY_REPLICATE
LogSink = Callable[[int, bytes], None]
"""``sink(level, message)`` for redis.log; levels 0 debug to 3 warning."""


@dataclass(slots=True)
class _Sampling:
    """Bounds of a stopwatch that hears of every call at first."""

    notable_ns: int = 0


class EngineHost:
    """One client's scripts' view of the engine. Use `begin` ahead of each run.

    Args:
        engine: whose commands.
        client: who runs the scripts.
    """

    def __init__(self, engine: Engine, client: Client) -> None:
        self._engine = engine
        self._client = client
        self._ctx = client.ctx
        self._sampled: list[CommandStat] = []
        """Of lanes whose every call is timed until there are enough."""
        self._resets = engine.stats.resets
        self._lanes: dict[tuple[bytes, bool], tuple[Command, DirectCall]] = {}
        self._profiles = tuple(next(_PROFILES) for _ in range(34))
        self._read_only = self._allow_oom = False
        self._restricted = self._closely = False
        self._log: LogSink | None = None
        self._touched: CallWatch | None = None
        self._errors: set[bytes] = set()
        # Memory first in Valkey, last in Redis: of a user who may not SET, where there is none left, one says OOM.
        self._looks = (
            (self._lacks_memory, self._is_denied, self._may_not_write, self._is_stale)
            if engine.dialect.is_valkey
            else (self._is_stale, self._is_denied, self._may_not_write, self._lacks_memory)
        )
        self.wrote = self.doomed = False
        """``wrote``: a command that writes was executed in this run."""

    def begin(
        self, *, read_only: bool, log: LogSink | None, allow_oom: bool = False, touched: CallWatch | None = None
    ) -> None:
        """Makes ready for a run.

        Args:
            read_only: refuse commands that write.
            log: where redis.log lines go; None drops them.
            allow_oom: it may take memory when there is none left.
            touched: told of each call ahead of it; None is told of none.
        """
        self._read_only = read_only
        self._allow_oom = allow_oom
        engine = self._engine
        self._restricted = self._client.account.restricted
        self._closely = self._restricted or (engine.guarded and engine.write_gate.closed) or engine.large.weighs_calls
        self._log = log
        self._touched = touched
        self.wrote = self.doomed = False
        if self._errors:
            self._errors.clear()
        self._ctx.resp = 2
        sampled = self._sampled
        if self._resets != engine.stats.resets or (sampled and any(tally.timed >= _SAMPLE for tally in sampled)):
            self._renew_lanes()

    @property
    def profile(self) -> int:
        engine = self._engine
        noted = 0 if self._touched is None else 17  # lanes that note the keys are others than those that do not
        if self._closely:
            return self._profiles[noted + 16]
        return self._profiles[
            noted
            + self._read_only
            + 2 * engine.attentive
            + 4 * engine.switches.scripts_denied
            + 8 * (engine.notable_ns < _QUICK_NS)
        ]

    def call(self, argv: Sequence[bytes]) -> Reply:
        stats = self._engine.stats
        try:
            command, args = self._engine.registry.resolve(argv)
        except CommandError as refusal:
            return self._told(self._reworded(argv, refusal))
        if not command.takes(len(argv)):
            stats.of(command.name).rejected += 1
            return self._told(self._engine.dialect.wrong_arity.encode())
        refusal_text = self._gate(command, argv)
        if refusal_text is not None:
            stats.of(command.name).rejected += 1
            return self._told(refusal_text)
        if command.writes:
            self.wrote = True
        stats.of(command.name).calls += 1
        started = perf_counter_ns()
        try:
            if self._touched is not None:
                self._touched.note(self._ctx.db, command, argv)
                started = perf_counter_ns()
            invoke = self._of_script(command) or command.invoke
            reply = invoke(self._ctx, args) if invoke else None
        except CommandError as refusal:
            reply = self._failed(command, argv, refusal)
        self._note_time(command, argv, perf_counter_ns() - started)
        if self._engine.attentive:
            self._engine.observe(self._client, command, argv, from_script=True)
        if self._engine.large.weighs_calls:
            self._engine.large.weigh_call(self._client, command, argv, reply, self._ctx.resp)
        return reply

    def direct(self, name: bytes) -> DirectCall | None:
        if self._engine.attentive or self._closely:
            return None  # each call is told of, or held against the user's rules or the memory that is left
        times_all = self._engine.notable_ns < _QUICK_NS
        lane = self._lanes.get((name, times_all))
        if lane is None:
            command = self._engine.registry.find(name)
            if command is None or command.invoke is None or command.subcommands:
                return None
            plain = command.binder.plain() if command.binder is not None else None
            own = self._of_script(command)
            stopwatch = self._stopwatch(name, command) if times_all or not _is_quick(command) else None
            tally = self._engine.stats.of(command.name)
            if tally.timed < _SAMPLE and self._engine.config.enabled("latency-tracking"):
                stopwatch = self._sampler(name, command, tally)
            lane = self._lanes[name, times_all] = (
                command,
                DirectCall(command.invoke, self._ctx, command.writes, tally, plain, stopwatch)
                if own is None
                else DirectCall(own, self._ctx, command.writes, tally, None, stopwatch),
            )
        if self._gate(lane[0], ()) is not None:
            return None
        return lane[1] if self._touched is None else self._noting(name, *lane)

    def set_resp(self, version: int) -> None:
        self._ctx.resp = version

    def log(self, level: int, message: bytes) -> None:
        if self._log is not None:
            self._log(level, message)

    def refused(self, name: bytes, args: Sequence[bytes], refusal: CommandError) -> ErrorReply:
        lane = self._lanes.get((name, False)) or self._lanes[name, True]
        return self._failed(lane[0], [name, *args], refusal)

    def acl_check(self, argv: Sequence[bytes]) -> bool:
        return self._engine.acl.may_run(self._client, argv)

    def busy(self, elapsed_ms: int) -> None:  # noqa: ARG002  # the protocol tells it; the threshold was passed in any case
        self._engine.scripts.note_busy()

    def _of_script(self, command: Command) -> Invoke | None:
        """How a command runs where a script makes it another one; None where it makes no difference."""
        if command.invoke is None or not self._engine.dialect.is_valkey:
            return None
        return keeping_text(command.name, command.invoke)

    def _noting(self, name: bytes, command: Command, call: DirectCall) -> DirectCall:
        """The same, noting the keys: for a run that is watched."""
        invoke = call.invoke

        def noting(ctx: Ctx, args: Sequence[bytes]) -> Reply:
            if self._touched is not None:
                self._touched.note(ctx.db, command, (name, *args))
            return invoke(ctx, args)

        return call._replace(invoke=noting, plain=None)

    def _stopwatch(self, name: bytes, command: Command) -> Stopwatch:
        """For a command that may take long."""
        return Stopwatch(self._engine, lambda args, taken_ns: self._note_time(command, (name, *args), taken_ns))

    def _sampler(self, name: bytes, command: Command, tally: CommandStat) -> Stopwatch:
        """For a command of which too few calls were timed to say how long it takes."""
        bounds = _Sampling()

        def note(args: Sequence[bytes], taken_ns: int) -> None:
            if tally.timed >= _SAMPLE:
                bounds.notable_ns = self._engine.notable_ns
            else:
                tally.timed += 1
                tally.nanoseconds += taken_ns
                tally.histogram.add(taken_ns)
            self._note_time(command, (name, *args), taken_ns)

        self._sampled.append(tally)
        return Stopwatch(bounds, note)

    def _renew_lanes(self) -> None:
        """Lets go of lanes that were timed often enough, for some without a stopwatch; begins anew with the counts."""
        self._resets = self._engine.stats.resets
        self._sampled.clear()
        self._lanes.clear()
        self._profiles = tuple(next(_PROFILES) for _ in self._profiles)

    def _note_time(self, command: Command, argv: Sequence[bytes], taken_ns: int) -> None:
        if taken_ns >= self._engine.notable_ns and command.takes(len(argv)):
            self._engine.note_notable(self._client, command, argv, taken_ns // 1000, from_script=True)

    def _gate(self, command: Command, argv: Sequence[bytes]) -> bytes | None:
        """Why a script may not run this command; None where it may."""
        if command.barred_from_scripts and self._engine.switches.scripts_denied:
            dialect = self._engine.dialect
            return (dialect.not_allowed if command.takes(len(argv)) else dialect.wrong_arity).encode()
        for look in self._looks:
            refusal = look(command, argv)
            if refusal is not None:
                return refusal
        return None

    def _is_stale(self, command: Command, _argv: Sequence[bytes]) -> bytes | None:
        if self._engine.replication.stale and CommandFlag.STALE not in command.flags:
            return STALE_IN_SCRIPT
        return None

    def _is_denied(self, command: Command, argv: Sequence[bytes]) -> bytes | None:
        return self._engine.acl.refused_in_script(self._client, command, argv) if self._restricted else None

    def _may_not_write(self, command: Command, _argv: Sequence[bytes]) -> bytes | None:
        if self._read_only and command.flags & _REACHES_REPLICAS:
            return b"ERR Write commands are not allowed from read-only scripts."
        if self.wrote:  # a script that has begun to write may go on
            return None
        refusal = self._engine.write_gate.bar(command.flags)
        return None if refusal is None else refusal.encode()

    def _lacks_memory(self, command: Command, _argv: Sequence[bytes]) -> bytes | None:
        gate = self._engine.write_gate
        if gate.out_of_memory and CommandFlag.DENYOOM in command.flags and not self._allow_oom and not self.wrote:
            return OUT_OF_MEMORY.encode()
        return None

    def _reworded(self, argv: Sequence[bytes], refusal: CommandError) -> bytes:
        dialect = self._engine.dialect
        command = self._engine.registry.find(argv[0])
        if command is None:
            return dialect.unknown_command.encode()
        if len(argv) == 1:  # a container without its subcommand
            return dialect.wrong_arity.encode()
        # CONFIG NOSUCH: Redis calls it an unknown command inside a script, Valkey 9 names the subcommand.
        return refusal.line if dialect.is_valkey else dialect.unknown_command.encode()

    def _failed(self, command: Command, argv: Sequence[bytes], refusal: CommandError) -> ErrorReply:
        """The error of a call that was counted as one, with the counters put right."""
        stat = self._engine.stats.of(command.name)
        if command.takes(len(argv)):
            stat.failed += 1
            return self._told(refusal.worded(argv))
        stat.calls -= 1
        stat.rejected += 1
        return self._told(self._engine.dialect.wrong_arity.encode())

    def _told(self, line: bytes) -> ErrorReply:
        """An error that is counted here, and not again where the script lets it pass."""
        reply = ErrorReply(line)
        self._engine.stats.note_error(reply.code)
        self._errors.add(line)
        return reply

    def passed_on(self, reply: Reply) -> bool:
        """Whether a script's reply is an error that one of its calls had."""
        return isinstance(reply, ErrorReply) and reply.line.startswith(tuple(self._errors))


def _is_quick(command: Command) -> bool:
    return CommandFlag.FAST in command.flags or command.spec.complexity.startswith("O(1)")
