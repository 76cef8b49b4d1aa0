"""One script: its text, sha1, shebang and flags.

Knows how a shebang reads, not how Lua runs: the compiled chunk is an opaque value of the runtime.
The decision a reader would question: ``flags`` of None and of an empty set differ. Without a shebang
a script runs in the old, laxer mode; a bare ``#!lua`` is held to its (absent) flags before it starts.
"""

from __future__ import annotations

from dataclasses import field
from enum import Flag, auto
from hashlib import sha1
from typing import TYPE_CHECKING, Any, Protocol

from redis_tui.errors import CommandError, ProtocolError
from redis_tui.record import dataclass
from redis_tui.resp.inline import split_inline

if TYPE_CHECKING:
    from redis_tui.scripting.wording import Wording


class ScriptFlag(Flag):
    """What a shebang may promise."""

    NONE = 0
    NO_WRITES = auto()
    ALLOW_OOM = auto()
    ALLOW_STALE = auto()
    NO_CLUSTER = auto()
    ALLOW_CROSS_SLOT_KEYS = auto()


FLAGS = {flag.name.lower().replace("_", "-").encode(): flag for flag in ScriptFlag if flag.name}


class Runnable(Protocol):
    """What a runtime can run: a script or a function."""

    @property
    def label(self) -> bytes:
        """What the tail of its errors calls it."""
        ...

    @property
    def chunk(self) -> Any:
        """The runtime's own."""
        ...

    @property
    def flags(self) -> ScriptFlag | None:
        """None: nothing is checked up front."""
        ...

    @property
    def is_read_only(self) -> bool:
        """Whether it promised not to write."""
        ...


@dataclass(frozen=True, slots=True)
class Script:
    """A script that compiled."""

    source: bytes
    sha1: bytes
    """40 lower-case hexadecimal digits."""
    flags: ScriptFlag | None
    """None: no shebang, nothing is checked up front."""
    chunk: Any = field(repr=False, compare=False)
    """The runtime's own; good in the runtime that compiled it only."""

    @property
    def label(self) -> bytes:
        """What the tail of its errors calls it: its sha1."""
        return self.sha1

    @property
    def is_read_only(self) -> bool:
        """Whether it promised not to write."""
        return self.flags is not None and ScriptFlag.NO_WRITES in self.flags


def digest(source: bytes) -> bytes:
    """The sha1 of a script as the servers write it."""
    return sha1(source).hexdigest().encode()  # noqa: S324  # the servers' name for a script, no safeguard


def read_shebang(source: bytes, wording: Wording) -> tuple[ScriptFlag | None, bytes]:
    """Splits a shebang off.

    Returns:
        The flags, and the text for Lua, which keeps the newline so that lines still count from the shebang.

    Raises:
        CommandError: the shebang is wrong.
    """
    if not source.startswith(b"#!"):
        return None, source
    line, newline, _ = source.partition(b"\n")
    if not newline:
        raise CommandError(b"ERR Invalid script shebang")
    try:
        engine, *options = split_inline(line)
    except ProtocolError:
        raise CommandError(b"ERR Invalid engine in script shebang") from None
    name = engine[2:]
    is_known = (name.lower() if wording.engine_ignores_case else name) == b"lua"
    flags = ScriptFlag.NONE
    # Valkey reads the options before it looks for the engine: "#!js word" -> Unknown lua shebang option: word
    for option in options if is_known or wording.engine_comes_last else ():
        if not option.startswith(b"flags="):
            raise CommandError(b"ERR Unknown lua shebang option: " + option)
        flags |= _read_flags(option[6:])
    if not is_known:
        raise CommandError(b"ERR " + wording.unknown_engine % name)
    return flags, source[len(line) :]


def _read_flags(text: bytes) -> ScriptFlag:
    flags = ScriptFlag.NONE
    for word in text.split(b",") if text else ():
        if word not in FLAGS:
            raise CommandError(b"ERR Unexpected flag in script shebang: " + word)
        flags |= FLAGS[word]
    return flags
