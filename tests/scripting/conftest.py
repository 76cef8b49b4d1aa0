"""A server of a few commands over a dict, and one runtime for each server family."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from redis_tui.errors import CommandError
from redis_tui.resp.types import OK, PONG, ErrorReply, Reply
from redis_tui.scripting.host import DirectCall
from redis_tui.scripting.runtime import LuaRuntime, RunResult
from redis_tui.scripting.wording import REDIS_8, VALKEY_9, Wording

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from redis_tui.scripting.trace import TraceLog


class Count:
    """Calls that nobody asks for."""

    calls = 0


class DictHost:
    """A `ScriptHost` over a dict. ``answers`` adds commands that answer a fixed reply."""

    def __init__(self) -> None:
        self.db: dict[bytes, bytes] = {}
        self.answers: dict[bytes, Reply] = {}
        self.logged: list[tuple[int, bytes]] = []
        self.wrote = self.doomed = False
        self.protocols: list[int] = []
        self.on_busy: Callable[[int], None] = lambda _elapsed_ms: None
        self.calls: list[tuple[bytes, ...]] = []
        self.lanes = True
        self._commands: dict[bytes, Callable[..., Reply]] = {
            b"get": self.db.get,
            b"set": self._set,
            b"ping": lambda: PONG,
            b"echo": lambda text: text,
            b"count": lambda *args: len(args),
            b"wrong": lambda: ErrorReply(b"WRONGTYPE Operation against a key holding the wrong kind of value"),
            b"boom": lambda: 1 // 0,
        }

    def _set(self, key: bytes, value: bytes) -> Reply:
        self.db[key] = value
        return OK

    @property
    def profile(self) -> int:
        return int(self.lanes)

    def call(self, argv: Sequence[bytes]) -> Reply:
        self.calls.append(tuple(argv))
        command = self._find(argv[0])
        return ErrorReply(b"ERR Unknown Redis command called from script") if command is None else command(*argv[1:])

    def direct(self, name: bytes) -> DirectCall | None:
        command = self._find(name) if self.lanes else None
        return (
            None
            if command is None
            else DirectCall(lambda _ctx, args: command(*args), None, writes=False, tally=Count())
        )

    def refused(self, name: bytes, args: Sequence[bytes], refusal: CommandError) -> ErrorReply:
        return ErrorReply(refusal.line)

    def _find(self, name: bytes) -> Callable[..., Reply] | None:
        lowered = name.lower()
        if lowered in self.answers:
            return lambda *_args: self.answers[lowered]
        return self._commands.get(lowered)

    def set_resp(self, version: int) -> None:
        self.protocols.append(version)

    def log(self, level: int, message: bytes) -> None:
        self.logged.append((level, message))

    def acl_check(self, argv: Sequence[bytes]) -> bool:
        if self._find(argv[0]) is None:
            raise CommandError(b"ERR unknown command")
        return argv[0] != b"set"

    def busy(self, elapsed_ms: int) -> None:
        self.on_busy(elapsed_ms)


class Bench:
    """A runtime with its host: ``bench("return 1") == 1``."""

    def __init__(self, wording: Wording, **options: Any) -> None:
        self.runtime = LuaRuntime(wording=wording, **options)
        self.host = DictHost()

    def run(
        self,
        source: bytes | str,
        keys: Sequence[bytes] = (),
        args: Sequence[bytes] = (),
        *,
        trace: TraceLog | None = None,
        busy_after_ms: int = 5000,
    ) -> RunResult:
        script = self.runtime.compile(source.encode() if isinstance(source, str) else source)
        return self.runtime.run(script, keys, args, self.host, trace=trace, busy_after_ms=busy_after_ms)

    def __call__(self, source: bytes | str, keys: Sequence[bytes] = (), args: Sequence[bytes] = ()) -> Reply:
        return self.run(source, keys, args).reply

    def error(self, source: bytes | str) -> str:
        """The text of a failing script's error, the sha left out."""
        reply = self(source)
        assert isinstance(reply, ErrorReply), reply
        head, mark, tail = reply.line.decode().partition(" script: ")
        return head + mark + tail.partition(", on ")[2] if ", on " in tail else head + mark + tail


@pytest.fixture
def bench() -> Bench:
    return Bench(REDIS_8)


@pytest.fixture
def valkey() -> Bench:
    return Bench(VALKEY_9)


@pytest.fixture
def small() -> Bench:
    """A runtime with little memory."""
    return Bench(REDIS_8, memory_limit=48 << 20)
