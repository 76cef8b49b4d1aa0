"""A log of remarkable commands: slow ones, those with a large request, those with a large reply.

It knows no clock and no client. The decision a reader would question: secrets are taken
out before an entry is made, as a server does, so that nobody who may read the log learns
a password from it.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from redis_tui.engine.config_settings import SECRETS
from redis_tui.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence

# As Redis trims them: at most 32 arguments, each of at most 128 bytes.
_MAX_ARGC = 32
_MAX_STRING = 128
_SECRET = b"(redacted)"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One command."""

    id: int
    unix_time: int
    """Seconds."""
    measure: int
    """Microseconds that it took; bytes in a log of large ones."""
    argv: tuple[bytes, ...]
    """Trimmed as Redis trims: a last argument may tell how many more there were."""
    client_addr: bytes
    client_name: bytes


def trim(argv: Sequence[bytes]) -> tuple[bytes, ...]:
    """The arguments as SLOWLOG GET shows them."""
    kept = [_trim_one(arg) for arg in argv[: _MAX_ARGC if len(argv) <= _MAX_ARGC else _MAX_ARGC - 1]]
    if len(argv) > _MAX_ARGC:
        kept.append(b"... (%d more arguments)" % (len(argv) - _MAX_ARGC + 1))
    return tuple(kept)


def redacted(name: str, argv: Sequence[bytes], *, users: bool = True) -> Sequence[bytes]:
    """The words of a call without passwords.

    Args:
        name: the command's full name, ``config|set``.
        argv: all its words.
        users: names of users are secrets, too, as they are since Redis 8.
    """
    find = _SECRETS.get(name)
    if find is None or (not users and name in _OF_USERS):
        return argv
    secret = find(argv)
    return [_SECRET if at in secret else word for at, word in enumerate(argv)]


def _after_words(argv: Sequence[bytes], counts: dict[bytes, int], start: int) -> set[int]:
    """So many places behind the first of these words."""
    for at, word in enumerate(argv[start:], start):
        if word.upper() in counts:
            return set(range(at + 1, at + 1 + counts[word.upper()]))
    return set()


_SECRETS: Final[dict[str, Callable[[Sequence[bytes]], Container[int]]]] = {
    # AUTH a b c is a syntax error, and kept as it came
    "auth": lambda argv: range(1, len(argv)) if len(argv) <= 3 else (),
    "acl|deluser": lambda argv: range(2, len(argv)),
    "acl|getuser": lambda argv: range(2, len(argv)),
    "acl|setuser": lambda argv: range(2, len(argv)),
    "hello": lambda argv: _after_words(argv, {b"AUTH": 2}, 1),
    "migrate": lambda argv: _after_words(argv, {b"AUTH": 1, b"AUTH2": 2}, 6),
    "config|set": lambda argv: {
        at for at in range(3, len(argv), 2) if argv[at - 1].decode("latin-1").lower() in SECRETS
    },
}
"""Where in a command's words its secrets stand."""
_OF_USERS: Final = frozenset({"acl|deluser", "acl|getuser"})


def _trim_one(arg: bytes) -> bytes:
    if len(arg) <= _MAX_STRING:
        return arg
    return arg[:_MAX_STRING] + b"... (%d more bytes)" % (len(arg) - _MAX_STRING)


class CommandLog:
    """A bounded log, newest first.

    Args:
        max_len: entries kept.
    """

    def __init__(self, max_len: int = 128) -> None:
        self._entries: deque[LogEntry] = deque(maxlen=max_len)
        self._next_id = 0

    def __len__(self) -> int:
        return len(self._entries)

    def resize(self, max_len: int) -> None:
        """Keeps that many entries from now on, the newest of those there are."""
        if max_len != self._entries.maxlen:
            self._entries = deque(list(self._entries)[:max_len], maxlen=max_len)

    def add(self, argv: Sequence[bytes], *, unix_time: int, measure: int, addr: bytes, name: bytes) -> None:
        """Notes one command; `LogEntry` says what ``measure`` is."""
        self._entries.appendleft(LogEntry(self._next_id, unix_time, measure, trim(argv), addr, name))
        self._next_id += 1

    def newest(self, count: int) -> list[LogEntry]:
        """The newest entries; -1 for all."""
        return list(self._entries) if count < 0 else list(self._entries)[:count]

    def reset(self) -> None:
        """Forgets all entries; ids go on."""
        self._entries.clear()
