"""The modules that a server says it has, and the lines that tell of them.

They are built in and cannot be unloaded: Redis 8 has its vector sets as one, Valkey its Lua. It
knows no client. The decision a reader would question: an API that nobody can use is named in
INFO all the same, since the line is compared as a whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redis_tui.resp.types import Map

if TYPE_CHECKING:
    from redis_tui.engine.dialect import Dialect

VECTOR_SETS: Final = b"vectorset"
_PATHS: Final = {b"lua": b"lua", VECTOR_SETS: b""}
_OPTIONS: Final = {
    b"lua": "handle-repl-async-load|handle-atomic-slot-migration",
    VECTOR_SETS: "handle-io-errors|handle-repl-async-load",
}


def module_of(dialect: Dialect) -> bytes | None:
    """The name of the module that a server has; None where there is none."""
    if dialect.is_valkey:
        return b"lua"
    return VECTOR_SETS if dialect.at_least("8.0.0") else None


def modules(dialect: Dialect) -> list[Map]:
    """What MODULE LIST and HELLO tell."""
    name = module_of(dialect)
    return [] if name is None else [Map([(b"name", name), (b"ver", 1), (b"path", _PATHS[name]), (b"args", [])])]


def info_line(dialect: Dialect) -> str | None:
    """What INFO tells of the module; None where there is none."""
    name = module_of(dialect)
    if name is None:
        return None
    return f"name={name.decode()},ver=1,api=1,filters=0,usedby=[],using=[],options=[{_OPTIONS[name]}]"
