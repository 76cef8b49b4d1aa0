"""SORT: a list, a set or a sorted set put in order, by itself or by what other keys hold.

The decision a reader would question: the weights that decide on the order are all read
before anything is compared, and one that is no number fails the command only then; so a
server does, and lookups of keys (hits, expiry) happen in its order.
"""

from __future__ import annotations

import re
from dataclasses import field
from math import isnan
from typing import TYPE_CHECKING, Final

from redis_tui.engine.registry import command
from redis_tui.engine.types.base import Collection
from redis_tui.engine.types.hash import Hash
from redis_tui.engine.types.list import List
from redis_tui.engine.types.set import Set
from redis_tui.engine.types.sorted_set import SortedSet
from redis_tui.errors import CommandError, SyntaxFault, WrongType
from redis_tui.record import dataclass
from redis_tui.spec.command import CommandFlag
from redis_tui.spec.decode import Options, decode_float

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis_tui.engine.context import Ctx
    from redis_tui.engine.dialect import Dialect
    from redis_tui.resp.types import Reply
    from redis_tui.spec.decode import Rest

_COST = (
    "O(N+M*log(M)) where N is the number of elements in the list or set to sort, and M the number of returned elements."
    " When the elements are not sorted, complexity is O(N)."
)
_NOT_NUMBERS: Final = "ERR One or more scores can't be converted into double"
_NOT_IN_NUMBERS: Final = re.compile(rb"[\s_xX]")
"""What C's reader takes, or Python's, and newer servers do not."""
_SPACES: Final = b" \t\n\v\f\r"


@dataclass(slots=True)
class _Request:
    """What one SORT asks for."""

    by: bytes | None = None
    keeps_order: bool = False
    """BY a name without a star: the elements stay as they are."""
    gets: list[bytes] = field(default_factory=list)
    descending: bool = False
    alpha: bool = False
    offset: int = 0
    count: int = -1
    destination: bytes | None = None

    def window(self, size: int) -> slice:
        """What LIMIT leaves of so many elements."""
        start = min(max(self.offset, 0), size)
        return slice(start, size if self.count < 0 else start + self.count)


def _parse(ctx: Ctx, key: bytes, rest: Rest, *, stores: bool) -> _Request:
    request = _Request()
    name = "sort" if stores else "sort_ro"
    looks = ctx.engine.acl.may_read_every_key(ctx.client, name, [name.encode(), key, *rest])
    options = Options(rest)
    while options:
        word = options.take_word()
        left = len(options)
        if word in (b"ASC", b"DESC"):
            request.descending = word == b"DESC"
        elif word == b"ALPHA":
            request.alpha = True
        elif word == b"LIMIT" and left >= 2:
            request.offset, request.count = options.take_int(), options.take_int()
        elif word == b"STORE" and left and stores:
            request.destination = options.take()
        elif word == b"BY" and left:
            request.by = options.take()
            if b"*" in _c_string(request.by):
                _need(looks, "BY")
            else:
                request.keeps_order = True
        elif word == b"GET" and left:
            request.gets.append(options.take())
            _need(looks, "GET")
        else:
            raise SyntaxFault
    return request


def _need(looks: bool, option: str) -> None:
    """Refuses an option that reads any key to a user who may not."""
    if not looks:
        raise CommandError(f"ERR {option} option of SORT denied due to insufficient ACL permissions.")


@command(
    "SORT key [BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] [ASC | DESC] [ALPHA]"
    " [STORE destination]",
    since="1.0.0",
    flags=CommandFlag.WRITE | CommandFlag.DENYOOM | CommandFlag.MOVABLEKEYS,
    complexity=_COST,
    group="generic",
)
def sort(ctx: Ctx, key: bytes, rest: Rest) -> Reply:
    """Sorts the elements in a list, a set, or a sorted set, optionally storing the result."""
    request = _parse(ctx, key, rest, stores=True)
    found = _sorted(ctx, key, request)
    if request.destination is None:
        return list(found)
    if not found:
        ctx.delete(request.destination)
        return 0
    stored = List()
    stored.push_tail([element or b"" for element in found], ctx.config)
    ctx.set(request.destination, stored, "sortstore")
    return len(found)


@command(
    "SORT_RO key [BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] [ASC | DESC] [ALPHA]",
    since="7.0.0",
    flags=CommandFlag.READONLY | CommandFlag.MOVABLEKEYS,
    complexity=_COST,
    group="generic",
)
def sort_ro(ctx: Ctx, key: bytes, rest: Rest) -> Reply:
    """Returns the sorted elements of a list, a set, or a sorted set."""
    return list(_sorted(ctx, key, _parse(ctx, key, rest, stores=False)))


def _sorted(ctx: Ctx, key: bytes, request: _Request) -> list[bytes | None]:
    """The elements asked for, or what GET finds in their stead."""
    source = ctx.get(key)
    if isinstance(source, Set) and request.keeps_order and (request.destination is not None or ctx.in_script):
        # A set has no order of its own; what a script or a replica sees must not hang on chance.
        request.keeps_order, request.alpha, request.by = False, True, None
    elements = _elements(source, descending=request.descending and request.keeps_order)
    if not request.keeps_order:
        elements = _ordered(ctx, elements, request)
    chosen = elements[request.window(len(elements))]
    if not request.gets:
        return list(chosen)
    return [_looked_up(ctx, pattern, element) for element in chosen for pattern in request.gets]


def _elements(source: Collection | bytes | bytearray | None, *, descending: bool) -> list[bytes]:
    """All elements in the order that they have.

    Args:
        descending: the other way round, where they have one.

    Raises:
        WrongType: it is nothing that can be sorted.
    """
    if source is None:
        return []
    if isinstance(source, Set):
        return source.ordered()
    if isinstance(source, List):
        elements = list(source.items)
    elif isinstance(source, SortedSet):
        source.is_packed = False  # OBJECT ENCODING z -> skiplist, once it was sorted
        elements = source.slice_members(0, len(source))
    else:
        raise WrongType
    if descending:
        elements.reverse()
    return elements


# Ordering


def _ordered(ctx: Ctx, elements: list[bytes], request: _Request) -> list[bytes]:
    by = request.by
    weights = elements if by is None else [_looked_up(ctx, by, element) for element in elements]
    if not request.alpha:
        read = _reader_of(ctx.dialect)
        numbers = [0.0 if weight is None else read(_c_string(weight)) for weight in weights]
        # Equal numbers leave it to the elements' bytes, so that the answer never hangs on chance.
        keyed = sorted(zip(numbers, elements, strict=True), reverse=request.descending)
        return [element for _, element in keyed]
    if request.destination is None:
        weights = [None if weight is None else _c_string(weight) for weight in weights]
    order = sorted(
        range(len(elements)),
        key=lambda at: (weights[at] is not None, weights[at] or b""),
        reverse=request.descending,
    )
    return [elements[at] for at in order]


def _reader_of(dialect: Dialect) -> Callable[[bytes], float]:
    """What a server reads weights with."""
    if dialect.is_valkey:
        return _read_weight
    return _read_weight_or_nothing if dialect.at_least("8.0.0") else _read_weight_as_c


def _read_weight_as_c(text: bytes) -> float:
    """As strtod reads it: spaces in front, hexadecimal digits and no text at all will do."""
    digits = text.lstrip(_SPACES)
    if digits:
        return decode_float(digits, _NOT_NUMBERS)
    if text:
        raise CommandError(_NOT_NUMBERS)
    return 0.0


def _read_weight_or_nothing(text: bytes) -> float:
    """As Redis 8 does: decimal; no text is 0, what is too large infinite."""
    if not text:
        return 0.0
    try:
        number = float(text)
    except ValueError:
        raise CommandError(_NOT_NUMBERS) from None
    if _NOT_IN_NUMBERS.search(text) or isnan(number):
        raise CommandError(_NOT_NUMBERS)
    return number


def _read_weight(text: bytes) -> float:
    """As Valkey 9 does: decimal, and within the limits of a double."""
    if _NOT_IN_NUMBERS.search(text):
        raise CommandError(_NOT_NUMBERS)
    return decode_float(text or b"-", _NOT_NUMBERS)


def _c_string(text: bytes) -> bytes:
    """What C takes a text for: it ends at the first NUL."""
    return text.partition(b"\0")[0]


# Other keys


def _looked_up(ctx: Ctx, pattern: bytes, element: bytes) -> bytes | None:
    """What a pattern leads to for one element.

    Args:
        pattern: ``#`` for the element, ``weight_*`` for a string, ``data_*->field`` for a field of a hash.
    """
    if _c_string(pattern) == b"#":
        return element
    before, star, after = pattern.partition(b"*")
    if not star or b"\0" in before:
        return None
    postfix, arrow, name = after.partition(b"->")
    is_field = bool(arrow and name)
    value = ctx.get(before + element + (postfix if is_field else after))
    if is_field:
        return value.get(name) if isinstance(value, Hash) else None
    if value is None or isinstance(value, Collection):
        return None
    return bytes(value)
