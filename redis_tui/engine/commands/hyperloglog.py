"""HyperLogLogs: how many different elements there were, roughly, in little space.

The decision a reader would question: PFCOUNT is a command that reads, and yet it writes the
estimate into the string's header, as a server does; that breaks a WATCH but is no event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redis_tui.engine.registry import command, printable
from redis_tui.engine.types import hyperloglog as hll
from redis_tui.engine.types.hyperloglog import Sketch
from redis_tui.errors import CommandError
from redis_tui.resp.types import OK, Status
from redis_tui.spec.command import CommandFlag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from redis_tui.engine.context import Ctx
    from redis_tui.resp.types import Reply

READ = CommandFlag.READONLY
WRITE = CommandFlag.WRITE
DENYOOM = CommandFlag.DENYOOM
FAST = CommandFlag.FAST
ADMIN = CommandFlag.ADMIN

_SILENT: Final = ""
_TESTED: Final = (1, 10, 100, 1000, 10000)


def _limit(ctx: Ctx) -> int:
    return ctx.config.number("hll-sparse-max-bytes")


def _edit(ctx: Ctx, key: bytes) -> Sketch | None:
    """A HyperLogLog that is about to be changed, None where there is no key.

    Raises:
        CommandError: the key holds something else.
    """
    text = ctx.db.peek_text(key)
    if text is None:
        return None
    hll.check(text)
    return ctx.db.edit_text(key, kind=Sketch)


@command(
    "PFADD key [element [element ...]]",
    since="2.8.9",
    flags=WRITE | DENYOOM | FAST,
    complexity="O(1) to add every element.",
)
def pfadd(ctx: Ctx, key: bytes, elements: Sequence[bytes]) -> Reply:
    """Adds elements to a HyperLogLog key. Creates the key if it doesn't exist."""
    sketch = _edit(ctx, key)
    changes = 0
    if sketch is None:
        sketch = ctx.db.edit_text(key, kind=Sketch)
        changes = 1
    changes += sketch.add(elements, _limit(ctx))
    if not changes:
        return 0
    sketch.make_stale()
    ctx.touched(key, "pfadd", changes)
    return 1


@command(
    "PFCOUNT key [key ...]",
    since="2.8.9",
    flags=READ | CommandFlag.MAY_REPLICATE,
    complexity="O(1) with a very small average constant time when called with a single key. O(N) with N being the"
    " number of keys, and much bigger constant times, when called with multiple keys.",
)
def pfcount(ctx: Ctx, keys: Sequence[bytes]) -> Reply:
    """Returns the approximated cardinality of the set(s) observed by the HyperLogLog key(s)."""
    if len(keys) > 1:
        return hll.count_registers(hll.union(_texts(ctx, keys))[0])
    text = ctx.db.text(keys[0])
    if text is None:
        return 0
    hll.check(text)
    cached = hll.cached_cardinality(text)
    if cached is not None:
        return cached
    number = hll.count(text)
    ctx.db.edit_text(keys[0], kind=Sketch).keep_cardinality(number)
    ctx.touched(keys[0], _SILENT)
    return number


@command(
    "PFMERGE destkey [sourcekey [sourcekey ...]]",
    since="2.8.9",
    flags=WRITE | DENYOOM,
    complexity="O(N) to merge N HyperLogLogs, but with high constant times.",
)
def pfmerge(ctx: Ctx, destkey: bytes, sourcekeys: Sequence[bytes]) -> Reply:
    """Merges one or more HyperLogLog values into a single key."""
    content, has_dense = hll.union(_texts(ctx, [destkey, *sourcekeys]))
    sketch = ctx.db.edit_text(destkey, kind=Sketch)
    if has_dense:
        sketch.make_dense()
    sketch.absorb(content, _limit(ctx))
    ctx.touched(destkey, "pfadd")
    return OK


def _texts(ctx: Ctx, keys: Sequence[bytes]) -> Iterator[bytes | bytearray]:
    """The strings of those keys that there are, unchecked."""
    for key in keys:
        text = ctx.db.text(key)
        if text is not None:
            yield text


@command("PFDEBUG subcommand key", since="2.8.9", flags=WRITE | DENYOOM | ADMIN, complexity="N/A")
def pfdebug(ctx: Ctx, subcommand: bytes, key: bytes) -> Reply:
    """Internal commands for debugging HyperLogLog values."""
    word = subcommand.upper()
    if word == b"SIMD" and ctx.dialect.at_least("8.0.0", valkey="8.1.0"):
        return _simd(key)
    sketch = _edit(ctx, key)
    if sketch is None:
        raise CommandError("ERR The specified key does not exist")
    show = _DEBUG.get(word)
    if show is None:
        raise CommandError(b"ERR Unknown PFDEBUG subcommand '%b'" % printable(subcommand))
    return show(ctx, sketch)


def _simd(switch: bytes) -> Reply:
    """Taken and without effect: there is one way of counting here."""
    state = {b"ON": b"enabled", b"OFF": b"disabled"}.get(switch.upper())
    if state is None:
        raise CommandError("ERR Argument must be ON or OFF")
    return Status(state)


def _getreg(ctx: Ctx, sketch: Sketch) -> Reply:
    _todense(ctx, sketch)
    return list(hll.registers(sketch))


def _decode(_ctx: Ctx, sketch: Sketch) -> Reply:
    if hll.is_dense(sketch):
        raise CommandError("ERR HLL encoding is not sparse")
    return hll.describe(sketch)


def _encoding(_ctx: Ctx, sketch: Sketch) -> Reply:
    return Status(b"dense" if hll.is_dense(sketch) else b"sparse")


def _todense(ctx: Ctx, sketch: Sketch) -> int:
    if hll.is_dense(sketch):
        return 0
    sketch.make_dense()
    ctx.space.dirty += 1
    return 1


_DEBUG: Final[dict[bytes, Callable[[Ctx, Sketch], Reply]]] = {
    b"GETREG": _getreg,
    b"DECODE": _decode,
    b"ENCODING": _encoding,
    b"TODENSE": _todense,
}


@command("PFSELFTEST", since="2.8.9", flags=ADMIN, complexity="N/A")
def pfselftest(ctx: Ctx) -> Reply:
    """An internal command for testing HyperLogLog values."""
    dense, mixed = Sketch(), Sketch()
    dense.make_dense()
    limit = _limit(ctx)
    for number in range(1, _TESTED[-1] + 1):
        element = number.to_bytes(8)
        dense.add([element], limit)
        mixed.add([element], limit)
        if number not in _TESTED:
            continue
        estimate = hll.count(dense)
        if estimate != hll.count(mixed):
            raise CommandError("ERR TESTFAILED dense/sparse disagree")
        if abs(estimate - number) > max(1, number * 6 * 1.04 / 128):
            raise CommandError(f"ERR TESTFAILED Too big error. card:{number} abserr:{abs(estimate - number)}")
    return OK
