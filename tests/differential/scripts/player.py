"""Plays scripts of the corpus on the engine and on a real server and tells where they differ.

Each script begins with an empty server and a connection that was reset; compared are the replies to all that it says and then
every key of every database: name, type, encoding, moment of expiry, value. What no two servers can share is masked in one
place, `masked`. It must not know the format (`corpus`).

The decision a reader would question: the Lua VM is the same for all scripts of a file, as it is on a server, because making
one anew costs more than most scripts; those that leave something in it say so with ``@disturbs``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from redis_tui.resp.inline import join_inline
from tests.differential.compare import parse, same
from tests.differential.play import questions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.differential.compare import Node
    from tests.differential.play import Ours, Theirs
    from tests.differential.scripts.corpus import Argv, Script

_DATABASES = 16
_SHOWN = 500
_ADDRESS = re.compile(rb"\b(table|function|thread|userdata): 0x[0-9a-f]+")
_SCALAR = re.compile(rb"[$=]\d+\r\n(.*)", re.DOTALL)


def differences(scripts: Sequence[Script], dialect: str, ours: Ours, theirs: Theirs) -> list[str]:
    """Plays scripts in their order.

    Returns:
        What is wrong, a paragraph for each script: what differs, and what is said to differ but does not.
    """
    faults = []
    _both([(b"SCRIPT", b"FLUSH")], ours, theirs)
    for script in scripts:
        try:
            found = [line for protocol in script.protocols for line in _play(script, protocol, ours, theirs)]
        except (ConnectionError, ValueError) as fault:  # it ends the server, or its replies cannot be told apart
            raise ConnectionError(f"{script.name} (line {script.number}, {dialect}): {fault}") from fault
        if script.disturbs:
            _both([(b"SCRIPT", b"FLUSH")], ours, theirs)
        if dialect in script.differs:
            found = [] if found else [f"does not differ any more, but was said to: {script.differs[dialect]}"]
        if found:
            faults.append("\n".join([f"== {script.name} (line {script.number}, {dialect})", *found]))
    return faults


def _play(script: Script, protocol: int, ours: Ours, theirs: Theirs) -> Iterator[str]:
    hello = (b"HELLO", b"%d" % protocol)
    _both([(b"RESET",), hello, (b"FLUSHALL",), (b"FUNCTION", b"FLUSH")], ours, theirs)
    setup, commands = script.setup, script.commands
    said = [*setup, *commands]
    modes = ["exact"] * len(setup) + [script.compare] * len(commands)
    for argv, mode, here, there in zip(said, modes, *_both(said, ours, theirs), strict=True):
        if not same(masked(here), masked(there), mode):
            yield _told(protocol, argv, here, there)
    _both([(b"RESET",), (b"HELLO", b"2")], ours, theirs)
    yield from _compare_data(protocol, ours, theirs)


def _compare_data(protocol: int, ours: Ours, theirs: Theirs) -> Iterator[str]:
    look = [argv for database in range(_DATABASES) for argv in ((b"SELECT", b"%d" % database), (b"KEYS", b"*"))]
    ours_kept, theirs_kept = (list(map(_names, side[1::2])) for side in _both(look, ours, theirs))
    for database, (here_keys, there_keys) in enumerate(zip(ours_kept, theirs_kept, strict=True)):
        if here_keys != there_keys:
            yield f"  RESP{protocol}, keys of database {database}\n    ours   {here_keys}\n    theirs {there_keys}"
        if here_keys & there_keys:
            _both([(b"SELECT", b"%d" % database)], ours, theirs)
            yield from _compare_keys(protocol, sorted(here_keys & there_keys), ours, theirs)


def _compare_keys(protocol: int, keys: Sequence[bytes], ours: Ours, theirs: Theirs) -> Iterator[str]:
    types = theirs.play([(b"TYPE", key) for key in keys])
    asked = [argv for key, kind in zip(keys, types, strict=True) for argv in [(b"TYPE", key), *questions(key, kind)]]
    for argv, here, there in zip(asked, *_both(asked, ours, theirs), strict=True):
        if not same(here, there, _DATA_MODES.get(argv[0], "exact")):
            yield _told(protocol, argv, here, there)


def _names(raw: bytes) -> set[bytes]:
    """What KEYS answered."""
    return {_payload(item[1]) for item in parse(raw)[1]}


_DATA_MODES = {
    b"XINFO": "idle",
    b"PEXPIRETIME": "near",
    b"HPEXPIRETIME": "near",
    b"SMEMBERS": "unordered",
    b"HGETALL": "unordered",
}


def masked(raw: bytes) -> bytes:
    """A raw reply without the addresses that tostring tells of tables, functions and threads."""
    if not _ADDRESS.search(raw):
        return raw
    return b"".join(_rebuilt(parse(raw)))


def _rebuilt(node: Node) -> Iterator[bytes]:
    mark, inside = node
    if isinstance(inside, list):
        yield b"%b%d\r\n" % (mark, len(inside) // (2 if mark == b"%" else 1))
        for item in inside:
            yield from _rebuilt(item)
        return
    text = _ADDRESS.sub(rb"\1: 0x", _payload(inside))
    yield b"%b%d\r\n%b\r\n" % (mark, len(text), text) if mark in b"$=" else text + b"\r\n"


def _payload(raw: bytes) -> bytes:
    """What a raw scalar says, without its length and line end; a line keeps its mark."""
    found = _SCALAR.match(raw)
    return (found[1] if found else raw)[:-2]


def _told(protocol: int, argv: Argv, here: bytes, there: bytes) -> str:
    at = next((at for at, (a, b) in enumerate(zip(here, there, strict=False)) if a != b), 0)
    start = max(0, at - _SHOWN // 2)
    shown = [side[start : start + _SHOWN] for side in (here, there)]
    return f"  RESP{protocol}, {join_inline(argv)[:_SHOWN]}\n    ours   {shown[0]!r}\n    theirs {shown[1]!r}"


def _both(commands: Sequence[Argv], ours: Ours, theirs: Theirs) -> tuple[list[bytes], list[bytes]]:
    return ours.play(commands), theirs.play(commands)
