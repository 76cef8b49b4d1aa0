"""When two raw replies to the same command are the same.

To the byte, but for what no two servers share: the order of a hash table, chance, the clock.
Errors are always compared to the byte.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from tests.conformance.wire import reply_end

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_SIZES = {b"*": 1, b"~": 1, b">": 1, b"%": 2}
_NEAR = 20_000
"""Two moments that are so near, in milliseconds, came of one command."""
_CLOCK = 1_500_000_000_000
"""Moments behind this one are Unix times in milliseconds."""
_UNORDERED = "smembers sunion sinter sdiff hgetall hkeys hvals keys"
_SHAPE = "spop srandmember hrandfield zrandmember randomkey dump memory"
_NEARLY = "ttl pttl expiretime pexpiretime httl hpttl hexpiretime hpexpiretime object"
_LOOSE = {b"LIMIT", b"ALPHA"}
"""With these SORT BY leaves equal weights to chance."""
_SCANS = frozenset({"scan", "sscan", "hscan", "zscan"})
_IDLE_AFTER = frozenset({b"$4\r\nidle\r\n", b"$8\r\ninactive\r\n"})

Mode = str
Node = Any
"""``(mark, bytes)`` of a scalar, ``(mark, list)`` of an aggregate."""


def mode_of(argv: Sequence[bytes]) -> Mode:
    """How the replies to a command are compared."""
    name = argv[0].decode("latin-1").lower()
    if name.startswith("eval") and len(argv) > 3 and argv[2] == b"0":
        inner = mode_of(argv[3:])
        # Lua keeps no order in what is a map at RESP3.
        return {"exact": "unordered", "idle": "kind"}.get(inner, inner) if b"setresp(3)" in argv[1] else inner
    if name in _SCANS and argv[1 + (name != "scan") :][:1] not in ((b"0",), [b"0"]):
        return "kind"  # what follows from the middle is each server's own walk
    if name in ("sort", "sort_ro") and any(
        word.upper() == b"BY" and (b"*" not in after or {b"LIMIT", b"ALPHA"} & set(argv))
        for word, after in itertools.pairwise(argv)
    ):
        return "shape"
    return _MODES.get(name, "exact")


def same(ours: bytes, theirs: bytes, mode: Mode) -> bool:
    """Whether two raw replies agree as far as they must."""
    if ours == theirs:
        return True
    if ours[:1] == b"-" or theirs[:1] == b"-" or mode == "exact":
        return False
    return _RULES[mode](parse(ours), parse(theirs))


def same_all(ours: bytes, theirs: bytes, modes: Sequence[Mode]) -> bool:
    """As `same`, for the replies in one of EXEC."""
    if ours == theirs:
        return True
    one, two = parse(ours), parse(theirs)
    if not (isinstance(one[1], list) and isinstance(two[1], list) and len(one[1]) == len(two[1]) == len(modes)):
        return False
    return all(_agree(here, there, mode) for here, there, mode in zip(one[1], two[1], modes, strict=True))


def parse(raw: bytes) -> Node:
    """A raw reply as a tree."""
    return _parse(raw, 0)[0]


def _parse(raw: bytes, at: int) -> tuple[Node, int]:
    mark, line_end = raw[at : at + 1], raw.index(b"\r\n", at)
    if mark not in _SIZES or raw[at + 1 : line_end] == b"-1":
        end = reply_end(raw, at) or len(raw)
        return (mark, raw[at:end]), end
    items, end = [], line_end + 2
    for _ in range(int(raw[at + 1 : line_end]) * _SIZES[mark]):
        item, end = _parse(raw, end)
        items.append(item)
    return (mark, items), end


def _agree(one: Node, two: Node, mode: Mode) -> bool:
    return bool(one == two or (mode != "exact" and b"-" not in (one[0], two[0]) and _RULES[mode](one, two)))


def _unordered(one: Node, two: Node) -> bool:
    return bool(_sorted(one) == _sorted(two))


def _sorted(node: Node) -> Node:
    mark, inside = node
    if not isinstance(inside, list):
        return node
    items = [_sorted(item) for item in inside]
    if mark == b"%":
        items = list(zip(items[::2], items[1::2], strict=True))
    return mark, sorted(items, key=repr)


def _shape(one: Node, two: Node) -> bool:
    if isinstance(one[1], list) and isinstance(two[1], list):
        return bool(one[0] == two[0] and len(one[1]) == len(two[1]) and all(map(_shape, one[1], two[1])))
    return bool(_kind(one) == _kind(two))


def _kind(node: Node) -> Any:
    """A bulk string and a null are two kinds."""
    return node[0], isinstance(node[1], list) or node[1][1:3] == b"-1"


def _near(one: Node, two: Node) -> bool:
    if isinstance(one[1], list) and isinstance(two[1], list):
        return bool(one[0] == two[0] and len(one[1]) == len(two[1]) and all(map(_near, one[1], two[1])))
    if one == two or (one[0], two[0]) != (b":", b":"):
        return bool(one == two)
    here, there = int(one[1][1:]), int(two[1][1:])
    return min(here, there) >= 0 and abs(here - there) < _NEAR


def _idle(one: Node, two: Node) -> bool:
    """XPENDING and XINFO: how long ago, and when, are the clock's."""
    return bool(_sorted(_timeless(one)) == _sorted(_timeless(two)))


def _timeless(node: Node) -> Node:
    mark, inside = node
    if mark == b":" and int(inside[1:]) > _CLOCK:
        return mark, b"a moment"
    if not isinstance(inside, list):
        return node
    items = [_timeless(item) for item in inside]
    for at in range(1, len(items)):
        if items[at][0] == b":" and items[at][1] != b":-1\r\n" and items[at - 1][1] in _IDLE_AFTER:
            items[at] = (b":", b"a while")
    if [item[0] for item in items] == [b"$", b"$", b":", b":"]:
        items[2] = (b":", b"a while")  # XPENDING: id, consumer, idle, deliveries
    return mark, items


def _kind_only(one: Node, two: Node) -> bool:
    return bool(one[0] == two[0])


def _scanned(one: Node, two: Node) -> bool:
    """Where both came to the end in one call they must agree; else the walk is each server's own."""
    if not (isinstance(one[1], list) and isinstance(two[1], list)) or len(one[1]) != len(two[1]):
        return False
    ended = (b"$", b"$1\r\n0\r\n")
    return one[1][0] != ended or two[1][0] != ended or _unordered(one, two)


_RULES: dict[Mode, Callable[[Node, Node], bool]] = {
    "unordered": _unordered,
    "shape": _shape,
    "kind": _kind_only,
    "near": _near,
    "idle": _idle,
    "scan": _scanned,
}
_MODES: dict[str, Mode] = {
    **dict.fromkeys(_UNORDERED.split(), "unordered"),
    **dict.fromkeys(_SHAPE.split(), "shape"),
    **dict.fromkeys(_NEARLY.split(), "near"),
    **dict.fromkeys(("xpending", "xinfo"), "idle"),
    **dict.fromkeys(_SCANS, "scan"),
}
