"""Plays an example on the engine and on a real server, and tells where they differ.

The real server gets a whole example in one write, and again the questions after the
dataset; that is what makes thousands of examples a matter of minutes.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from redis_tui.engine.blocking import BLOCKED
from redis_tui.engine.dialect import dialect_named
from redis_tui.engine.engine import Engine
from redis_tui.resp.encoder import encode
from redis_tui.resp.inline import join_inline
from tests.conformance.wire import reply_end, request
from tests.differential.arguments import KEYS
from tests.differential.compare import mode_of, same, same_all
from tests.differential.sequences import LOOSE, TIGHT, Argv, Example

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterable, Sequence

_SENTINEL = b"$17\r\nthat is the whole\r\n"
_CONTENT: dict[bytes, tuple[Argv, ...]] = {
    b"string": ((b"GET",),),
    b"list": ((b"LRANGE", b"", b"0", b"-1"),),
    b"set": ((b"SMEMBERS",),),
    b"hash": ((b"HGETALL",),),
    b"zset": ((b"ZRANGE", b"", b"0", b"-1", b"WITHSCORES"),),
    b"stream": ((b"XRANGE", b"", b"-", b"+"), (b"XINFO", b"STREAM", b"", b"FULL", b"COUNT", b"0")),
}


class Ours:
    """The engine in process."""

    def __init__(self, dialect: str) -> None:
        self._engine = Engine(dialect=dialect_named(dialect))
        self._client = self._engine.connect()

    def play(self, commands: Iterable[Argv]) -> list[bytes]:
        """The raw replies."""
        return [self._ask(argv) for argv in commands]

    def _ask(self, argv: Argv) -> bytes:
        try:
            reply = self._engine.execute(self._client, argv)
            assert reply is not BLOCKED
            return encode(reply, self._client.resp)
        except Exception as fault:  # a reply like any other: it can be compared, shrunk and shown
            place = traceback.extract_tb(fault.__traceback__)[-1]
            return f"-RAISED {fault!r} in {place.name}, {place.filename}:{place.lineno}\r\n".encode()


class Theirs:
    """A real server, asked many commands at once."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def play(self, commands: Iterable[Argv]) -> list[bytes]:
        """The raw replies."""
        self._sock.sendall(b"".join([*map(request, commands), request((b"ECHO", _SENTINEL[5:-2]))]))
        buffer = b""
        while not buffer.endswith(_SENTINEL):
            data = self._sock.recv(1 << 20)
            if not data:
                raise ConnectionError(f"the server has gone; last was {buffer[-200:]!r}")
            buffer += data
        return _split(buffer)[:-1]


def _split(buffer: bytes) -> list[bytes]:
    replies, at = [], 0
    while at < len(buffer):
        end = reply_end(buffer, at)
        assert end is not None, buffer[at:]
        replies.append(buffer[at:end])
        at = end
    return replies


@dataclass(frozen=True)
class Line:
    """One command with both replies."""

    argv: Argv
    ours: bytes
    theirs: bytes
    differs: bool


class Differs(AssertionError):
    """The engine does not answer as the server; the message is a transcript."""


@cache
def differs_in(name: str) -> type[Differs]:
    """A kind of its own for each command, so that Hypothesis keeps the faults of several apart."""
    return type(f"Differs_{name}", (Differs,), {})


def check(example: Example, ours: Ours, theirs: Theirs) -> None:
    """Plays an example on both sides.

    Raises:
        Differs: a reply or the dataset afterwards is not the same.
    """
    before = _before(example)
    lines = _both((*before, *example.commands, (b"DISCARD",), (b"SELECT", b"0")), ours, theirs)
    if not any(line.differs for line in lines):
        types = _both([(b"TYPE", key) for key in KEYS], ours, theirs)
        lines += types
        asked = [argv for line in types for argv in questions(line.argv[1], line.theirs)]
        lines += _both([(b"DBSIZE",), *asked], ours, theirs)
    if any(line.differs for line in lines):
        first = next(line for line in lines if line.differs)
        raise differs_in(first.argv[0].decode("latin-1").lower())(_transcript(example, lines[len(before) :]))


def shortest(example: Example, ours: Ours, theirs: Theirs) -> Differs | None:
    """What an example's difference comes down to once each command is left out that is not needed.

    Returns:
        None where it does not differ.
    """
    found = _difference(example, ours, theirs)
    if found is not None and example.tight:
        loose = replace(example, tight=False)
        fault = _difference(loose, ours, theirs)
        if type(fault) is type(found):
            example, found = loose, fault
    at = len(example.commands)
    while found is not None and at > 0:
        at -= 1
        less = replace(example, commands=example.commands[:at] + example.commands[at + 1 :])
        fault = _difference(less, ours, theirs)
        if type(fault) is type(found):
            # What comes later may have been needed only for what is gone now: EXEC for MULTI.
            example, found, at = less, fault, len(less.commands)
    return found


def _difference(example: Example, ours: Ours, theirs: Theirs) -> Differs | None:
    try:
        check(example, ours, theirs)
    except Differs as fault:
        return fault
    return None


def _before(example: Example) -> tuple[Argv, ...]:
    hello = (b"HELLO", b"%d" % example.protocol)
    return ((b"RESET",), hello, (b"FLUSHALL",), (b"SCRIPT", b"FLUSH"), *(TIGHT if example.tight else LOOSE))


def questions(key: bytes, answer: bytes) -> Iterable[Argv]:
    """What tells the content of a key, by what TYPE answered."""
    kind = answer[1:-2]
    if kind not in _CONTENT:
        return
    yield b"OBJECT", b"ENCODING", key
    yield b"PEXPIRETIME", key
    for argv in _CONTENT[kind]:
        yield tuple(word or key for word in argv) if b"" in argv else (*argv, key)
    if kind == b"hash":
        fields = (b"a", b"b", b"c", b"f", b"g", b"1", b"")
        yield b"HPEXPIRETIME", key, b"FIELDS", b"%d" % len(fields), *fields


def _both(commands: Sequence[Argv], ours: Ours, theirs: Theirs) -> list[Line]:
    lines, queued = [], []
    for argv, here, there in zip(commands, ours.play(commands), theirs.play(commands), strict=True):
        word = argv[0].upper()
        mode = mode_of(argv)
        if there == b"+QUEUED\r\n":
            queued.append(mode)
            agree = here == there
        elif word == b"EXEC":
            agree = same_all(here, there, queued)
            queued = []
        else:
            agree = word in (b"HELLO", b"RESET") or same(here, there, mode)
            queued = [] if word == b"DISCARD" else queued
        lines.append(Line(argv, here, there, not agree))
    return lines


def _transcript(example: Example, lines: list[Line]) -> str:
    """The commands as redis-cli takes them, with both replies where they differ."""
    told = [f"@resp{example.protocol}"]
    if example.tight:
        told += [join_inline(argv) for argv in TIGHT]
    last = max(at for at, line in enumerate(lines) if line.differs)
    for line in lines[: last + 1]:
        told.append(join_inline(line.argv))
        if line.differs:
            told += [f"    ours   {line.ours[:600]!r}", f"    theirs {line.theirs[:600]!r}"]
    return "\n" + "\n".join(told)
