"""`Engine.execute`: dispatch, counting, what a command's end sets off; every part of one engine hangs on it.

Synchronous and for one thread: `thread.EngineThread` owns it where there are others.
Knows no wire format and no Lua (`scripts` does). What a client may not do right now is
decided in `gates`.
"""

from __future__ import annotations

import itertools
import math
import secrets
from time import perf_counter_ns
from typing import TYPE_CHECKING

from redis_tui.engine.acl import Acl, AuthFailed
from redis_tui.engine.blocking import BLOCKED, Blocked, Blocking
from redis_tui.engine.client import Client
from redis_tui.engine.client_memory import ClientMemory
from redis_tui.engine.clock import Clock, SystemClock
from redis_tui.engine.command_log import CommandLog, redacted
from redis_tui.engine.config import Config
from redis_tui.engine.context import Ctx
from redis_tui.engine.dialect import REDIS_8, Dialect
from redis_tui.engine.eviction import Eviction
from redis_tui.engine.expiry import ExpiryCycle
from redis_tui.engine.gates import NOAUTH, Gates
from redis_tui.engine.keyspace import Keyspace
from redis_tui.engine.large_log import LargeLog
from redis_tui.engine.latency import LatencyMonitor
from redis_tui.engine.notify import Notifier
from redis_tui.engine.pause import Pause
from redis_tui.engine.persistence import Persistence
from redis_tui.engine.pubsub import PubSub
from redis_tui.engine.registry import Command, Registry
from redis_tui.engine.replication import Replication
from redis_tui.engine.scripts import Scripts
from redis_tui.engine.stats import Stats
from redis_tui.engine.switches import Switches
from redis_tui.engine.tracking import TrackingTable
from redis_tui.engine.write_gate import WriteGate
from redis_tui.errors import CommandError
from redis_tui.resp.inline import quote
from redis_tui.resp.types import ErrorReply, Reply, Status
from redis_tui.spec.command import CommandFlag
from redis_tui.spec.keys import keys_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_UNSEEN = CommandFlag.SKIP_MONITOR | CommandFlag.ADMIN


class Engine:
    """A Redis of one's own.

    Args:
        dialect: whom to speak as.
        config: parameters; defaults where None.
        clock: where time comes from; the machine's where None.
        seed: makes random choices repeatable.

    Raises:
        FileError: the file of users that ``aclfile`` names does not hold.
    """

    def __init__(
        self,
        *,
        dialect: Dialect = REDIS_8,
        config: Config | None = None,
        clock: Clock | None = None,
        seed: int | None = None,
    ) -> None:
        self.dialect = dialect
        self.config = config or Config(dialect)
        self.clock: Clock = clock or SystemClock()
        self.registry = Registry(dialect)
        self.space = Keyspace(self.config.number("databases"), seed=seed)
        if dialect.is_valkey:
            self.space.overdue_event = "expired"
        self._expiry = ExpiryCycle(self.space)
        self.blocking = Blocking(self)
        self.slowlog = CommandLog()
        self.large = LargeLog(self)
        self.refusal: ErrorReply | None = None
        """The last reply to a command that did not pass the gates."""
        self.stats = Stats(dialect)
        self.latency = LatencyMonitor()
        self.clients: dict[int, Client] = {}
        self.pubsub = PubSub()
        self.notifier = Notifier(self.pubsub.publish)
        self.tracking = TrackingTable(self.clients)
        self.pause = Pause(self)
        self.replication = Replication(self)
        self.eviction = Eviction(self)
        self.client_memory = ClientMemory(self)
        self.monitors: dict[Client, None] = {}
        self.attentive = False
        """Somebody wants to know of each command: a MONITOR, or a client that tracks. Kept up by `refresh`."""
        self.guarded = False
        """Some gate concerns every client: a busy script, a pause. Kept up by `refresh`."""
        self.run_id = secrets.token_hex(20)
        self.switches = Switches()
        self.started_ms = self.clock.now_us() // 1000
        self.acl = Acl(self)
        self.scripts = Scripts(self)
        self.write_gate = WriteGate(self, self.eviction.make_room)
        self.gates = Gates(self)
        self.persistence = Persistence(self)
        self.time_frozen = False
        """Inside EXEC or a script: the commands within share one moment."""
        self.on_shutdown: Callable[[], None] | None = None
        """Told of SHUTDOWN; None where there is no server that could end."""
        self._ids = itertools.count(1)
        self._slow_us = self._spike_ms = 0
        self.notable_ns = 0
        """What takes longer goes into the slow log or to the latency monitor."""
        self._tracks_latency = True
        self.space.now_ms = self.started_ms
        self.space.lru_clock = self.started_ms // 1000
        self.space.on_flush = self._flushed
        self.space.on_swap = self.eviction.recount
        self.config.subscribe(self._configure)

    def connect(self, *, addr: bytes = b"127.0.0.1:0", laddr: bytes = b"127.0.0.1:0") -> Client:
        """A new client, authenticated unless a password is required."""
        client = Client(next(self._ids), addr, laddr, self.clock.now_us() // 1000, self.acl.default)
        client.authenticated = self.acl.is_open
        client.last_active_ms = client.created_ms
        client.refresh()
        client.ctx = Ctx(self, client)
        self.clients[client.id] = client
        self.stats.connections += 1
        return client

    def disconnect(self, client: Client) -> None:
        """A client is gone; its watches and its transaction go with it."""
        self.blocking.release(client)
        self.forget_listener(client)
        client.unwatch()
        client.transaction = None
        client.closing = True
        self.scripts.forget_client(client)
        self.client_memory.forget(client)
        self.clients.pop(client.id, None)

    def forget_listener(self, client: Client) -> None:
        """A client hears of nothing any more: subscriptions, tracking and MONITOR end."""
        self.pubsub.forget(client)
        if client.tracking is not None:
            self.tracking.disable(client)
        if client.monitoring:
            client.monitoring = False
            self.monitors.pop(client, None)
            client.refresh()
        self.refresh()

    def refresh(self) -> None:
        """Works out anew who must be told or asked; call after a change of what it looks at."""
        self.attentive = bool(self.monitors or self.tracking.users)
        self.guarded = self.scripts.busy or self.pause.mode is not None or self.write_gate.active
        concerned = (
            (self.notifier.announce, self.notifier.active),
            (self._hear_tracked, bool(self.tracking.users)),
            (self.eviction.changed, bool(self.eviction.limit)),
        )
        self.space.listen(*(listener for listener, wanted in concerned if wanted))
        self.space.on_miss = self.notifier.announce if self.notifier.wants("m") else None
        self.space.announces_new = self.notifier.wants("n")

    def hang_up(self, client: Client, *, now: bool) -> None:
        """Ends a connection from this side, as CLIENT KILL does.

        Args:
            client: whose.
            now: its owner is told at once; else it looks after the reply that is under way.
        """
        client.closing = True
        if now:
            self.blocking.release(client)
            if client.outlet is not None:
                client.outlet.close()

    def execute(self, client: Client, argv: Sequence[bytes]) -> Reply:
        """Runs one command for one client.

        Args:
            client: who asks.
            argv: name and arguments, at least the name.

        Returns:
            The reply; errors are `ErrorReply` values. `BLOCKED`: the client waits, and its
            outlet gets the answer; nothing more of this client may be executed until then.
        """
        command = None
        client.commands += 1
        try:
            command, args = self.registry.resolve(argv)
            client.last_command = command.name
            if not client.plain or self.guarded:
                queued = self.gates.check(client, command, argv)
                if queued is not None:
                    return queued
        except CommandError as refusal:
            if self.monitors and command is not None and command.name == "exec":
                self.feed_monitors(client, command, argv)  # who watches has seen MULTI
            return self._rejected(client, command, refusal)
        space = self.space
        if not self.time_frozen:
            space.now_ms = self.clock.now_us() // 1000
        client.last_active_ms = space.now_ms
        client.ctx.resp = client.resp
        if self.attentive:
            reply = self._call_watched(client, command, args, argv)
        else:
            reply = self.call(client, command, args, argv)
        if self.blocking.ready and not self.time_frozen:
            self.blocking.serve()
        return reply

    def call(self, client: Client, command: Command, args: Sequence[bytes], argv: Sequence[bytes]) -> Reply:
        """Runs a command that has passed the gates; counts and times it.

        Args:
            client: who asks.
            command: what runs.
            args: what follows the command's name words.
            argv: all words, for the slow log.
        """
        started = perf_counter_ns()
        if command.runs_scripts:
            client.spelled = argv[0]
        try:
            reply = command.invoke(client.ctx, args) if command.invoke else None
        except CommandError as refusal:
            if not command.takes(len(argv)):
                return self._rejected(client, command, refusal)
            reply = ErrorReply(refusal.worded(argv))
            if type(refusal) is AuthFailed:
                self.acl.note_login(client, argv[0], refusal.user)
        if reply is BLOCKED:
            return self._waits(client, command, args, argv, perf_counter_ns() - started)
        if self.attentive:
            self.observe(client, command, argv)
        taken_ns = perf_counter_ns() - started
        if command.runs_scripts and (watched := self.scripts.observation) is not None:
            taken_ns = watched.own_ns() or taken_ns  # the figure that whoever watches it is shown
        stat = self.stats.by_command.get(command.name) or self.stats.of(command.name)
        stat.calls += 1
        stat.timed += 1
        stat.nanoseconds += taken_ns
        if self._tracks_latency:
            stat.histogram.add(taken_ns)
        if type(reply) is ErrorReply:
            stat.failed += 1
            if reply is not self.stats.told_in_script:
                self.stats.note_error(reply.code)
            self.stats.told_in_script = None
        if taken_ns >= self.notable_ns:
            self.note_notable(client, command, argv, taken_ns // 1000)
        return reply

    def note_notable(
        self, client: Client, command: Command, argv: Sequence[bytes], taken_us: int, *, from_script: bool = False
    ) -> None:
        """A command took so long that the slow log or the latency monitor may want it."""
        if 0 <= self._slow_us <= taken_us and not command.flags & CommandFlag.SKIP_SLOWLOG and not client.is_aside:
            # In Redis nobody has sent what a script calls; Valkey names the script's client.
            sender = None if from_script and not self.dialect.is_valkey else client
            self.note_slow(sender, self.redacted(command, argv), taken_us)
        if 0 < self._spike_ms <= taken_us // 1000:
            self._note_spike("fast-command" if CommandFlag.FAST in command.flags else "command", taken_us // 1000)

    def _note_spike(self, event: str, taken_ms: int) -> None:
        self.latency.add(event, self.clock.now_us() // 1_000_000, taken_ms)

    def note_slow(self, client: Client | None, argv: Sequence[bytes], duration_us: int) -> None:
        """Puts a command into the slow log; of no client where a script called it."""
        unix_time = self.clock.now_us() // 1_000_000
        addr, name = (client.addr, client.name) if client is not None else (b"", b"")
        self.slowlog.add(argv, unix_time=unix_time, measure=duration_us, addr=addr, name=name)

    def observe(self, client: Client, command: Command, argv: Sequence[bytes], *, from_script: bool = False) -> None:
        """Tells monitors of a command that has run, and remembers what a tracking client has read.

        Args:
            client: who asked.
            command: what ran.
            argv: all words.
            from_script: a script called it.
        """
        # One that waits was shown when it came, and not again each time that it runs.
        if self.monitors and not command.flags & _UNSEEN and client.blocked is None:
            self.feed_monitors(client, command, argv, from_script=from_script)
        wish = client.tracking
        if wish is not None and wish.remembers and command.flags & CommandFlag.READONLY and not command.runs_scripts:
            self.tracking.remember(client, keys_of(command.spec, argv))

    def feed_monitors(
        self, client: Client, command: Command, argv: Sequence[bytes], *, from_script: bool = False
    ) -> None:
        """Shows a command to everybody who sent MONITOR, secrets left out."""
        source = b"lua" if from_script else client.addr
        words = b" ".join(quote(word).encode("latin-1") for word in self.redacted(command, argv))
        seconds, micros = divmod(self.clock.now_us(), 1_000_000)
        line = Status(b"%d.%06d [%d %b] %b" % (seconds, micros, client.ctx.db.index, source, words))
        for monitor in tuple(self.monitors):
            monitor.push(line)

    def _call_watched(self, client: Client, command: Command, args: Sequence[bytes], argv: Sequence[bytes]) -> Reply:
        """As `call`, while somebody monitors or tracks."""
        if command.runs_scripts and self.monitors:
            self.feed_monitors(client, command, argv)  # ahead of what the script will call
        self.tracking.acting = client
        try:
            reply = self.call(client, command, args, argv)
        finally:
            self.tracking.acting = None
        if client.tracking is not None and client.transaction is None and not command.name.startswith("client|"):
            client.tracking.caching = False
        if self.blocking.ready and not self.time_frozen:
            self.blocking.serve()  # what is served now and what this command has changed are told as one
        self.tracking.flush()
        return reply

    def _flushed(self) -> None:
        self.eviction.recount()
        if self.tracking.users:
            self.tracking.flushed()

    def _hear_tracked(self, db: int, event: str, key: bytes) -> None:  # noqa: ARG002  # a keyspace listener's signature
        self.tracking.changed(key)

    def redacted(self, command: Command, argv: Sequence[bytes]) -> Sequence[bytes]:
        """The words of a call as logs may show them."""
        return redacted(command.name, argv, users=self.dialect.at_least("8.0.0", valkey="8.0.0"))

    def count(self, client: Client, blocked: Blocked, reply: Reply) -> None:
        """Counts a command that ended without having been run again: its wait was over.

        Args:
            client: whose.
            blocked: what waited; one that was held back never began.
            reply: what it answered.
        """
        command = blocked.command
        if command is None:
            return
        stat = self.stats.of(command.name)
        stat.calls += 1
        stat.timed += 1
        stat.nanoseconds += blocked.taken_ns
        if self._tracks_latency:
            stat.histogram.add(blocked.taken_ns)
        if blocked.taken_ns >= self.notable_ns:
            self.note_notable(client, command, blocked.argv, blocked.taken_ns // 1000)
        if isinstance(reply, ErrorReply):
            stat.failed += 1
            self.stats.note_error(reply.code)

    def tick(self) -> float:
        """What is due by the clock alone: the answers of those whose wait is over.

        Returns:
            Seconds until it should be called again, at most; infinite where nothing is due.
        """
        due_ms = self._due_ms()
        if due_ms is None:
            return math.inf
        now_ms = self.clock.now_us() // 1000
        if due_ms <= now_ms and not self.time_frozen:
            self.blocking.expire()
            if self.pause.mode is not None and self.pause.until_ms <= now_ms:
                self.pause.end()
            due_ms = self._due_ms()
        return math.inf if due_ms is None else max(0.0, due_ms / 1000 - self.clock.now_us() / 1e6)

    def _due_ms(self) -> int | None:
        """When a wait or a pause ends next, Unix time; None where there is none."""
        waiting = self.blocking.next_deadline_ms()
        if self.pause.mode is None:
            return waiting
        return self.pause.until_ms if waiting is None else min(waiting, self.pause.until_ms)

    def refused(self, client: Client, command: Command, argv: Sequence[bytes]) -> ErrorReply | None:
        """The answer to a command that waited and that its user may not run any more; None where it may."""
        if not client.account.restricted:
            return None
        try:
            self.acl.enforce(client, command, argv)
        except CommandError as refusal:
            return self._rejected(client, command, refusal)
        return None

    def _waits(
        self, client: Client, command: Command, args: Sequence[bytes], argv: Sequence[bytes], taken_ns: int
    ) -> Reply:
        """Keeps a command that waits, to be run again; it counts once it is over, without the time that it waited."""
        if client.blocked is not None:
            client.blocked.taken_ns += taken_ns
            if client.blocked.command is None and self.monitors:
                self.feed_monitors(client, command, argv)
            client.blocked.command, client.blocked.args, client.blocked.argv = command, args, argv
        return BLOCKED

    def expire_cycle(self) -> int:
        """Removes a bounded number of keys whose time has run out, read or not; how many went."""
        self.space.lru_clock = self.clock.now_us() // 1_000_000
        if not self.time_frozen:
            self.persistence.cycle()
        if self.time_frozen or self.space.expiry_paused or not self.switches.active_expire:
            return 0
        now_us = self.clock.now_us()
        started = perf_counter_ns()
        self.stats.sample(now_us)
        self.space.now_ms = now_us // 1000
        gone = self._expiry.run()
        taken_ns = perf_counter_ns() - started
        self.stats.expire_cycle_ns += taken_ns
        if 0 < self._spike_ms <= taken_ns // 1_000_000:
            self._note_spike("expire-cycle", taken_ns // 1_000_000)
        if self.eviction.limit and not self.scripts.busy:
            self.eviction.make_room()  # a limit that was just set holds without waiting for the next command
        if self.blocking.ready:
            self.blocking.serve()
        self.tracking.flush()
        return gone

    def _rejected(self, client: Client, command: Command | None, refusal: CommandError) -> ErrorReply:
        """Answers a command that was not run: it breaks an open transaction, and a refused EXEC ends it."""
        line = refusal.line
        if self.dialect.is_valkey and not client.authenticated and command is None:
            line = NOAUTH  # Valkey tells a stranger nothing about its commands
        if command is not None:
            self.stats.of(command.name).rejected += 1
        if command is not None and command.name == "exec":
            # "exec x" -> EXECABORT …: wrong number of arguments for 'exec' command, in and out of MULTI
            client.discard()
            line = b"EXECABORT Transaction discarded because of: " + line.removeprefix(b"ERR ")
        elif client.transaction is not None:
            client.transaction.broken = True
        reply = self.refusal = ErrorReply(line)
        self.stats.note_error(reply.code)
        return reply

    def _configure(self) -> None:
        self._slow_us = self.config.number("slowlog-log-slower-than")
        self._spike_ms = self.config.number("latency-monitor-threshold")
        self._tracks_latency = self.config.enabled("latency-tracking")
        wanted_ns = [1000 * self._slow_us] if self._slow_us >= 0 else []
        wanted_ns += [1_000_000 * self._spike_ms] if self._spike_ms else []
        self.notable_ns = min(wanted_ns, default=1 << 63)
        self.slowlog.resize(self.config.number("slowlog-max-len"))
        self.large.configure()
        self.eviction.configure()
        self.client_memory.configure()
        self.notifier.configure(self.config.text("notify-keyspace-events"))
        self.tracking.limit = self.config.number("tracking-table-max-keys")
        self.replication.configure()
        self.write_gate.configure()
        self.refresh()
