"""What a reply is in process: plain Python values wherever Python has one.

==================  =====================================  =======================
Python              RESP3                                  RESP2
==================  =====================================  =======================
``int``             ``:`` integer                          the same
``bytes``           ``$`` bulk string                      the same
``None``            ``_`` null                             ``$-1`` null bulk
``NULL_ARRAY``      ``_`` null                             ``*-1`` null array
``list``            ``*`` array                            the same
``bool``            ``#`` boolean                          ``:1`` / ``:0``
``float``           ``,`` double                           ``$`` shortest text
``LongDouble``      ``,`` double, up to 17 decimals        the same text
``Status``          ``+`` simple string                    the same
``ErrorReply``      ``-`` error                            the same
``Map``             ``%`` map                              flat array
``SetReply``        ``~`` set                              array
``Pairs``           array of two-element arrays            flat array
``Verbatim``        ``=`` verbatim string                  bulk string
``BigNumber``       ``(`` big number                       bulk string
``Push``            ``>`` push                             array
``Attributed``      ``|`` attributes, then the reply       the reply alone
``Several``         its items, one after another           the same
==================  =====================================  =======================

Handlers build protocol-neutral values; only the encoder (for a wire) and
`scripting.convert` (for Lua) know which protocol version is spoken.
This module must not know sockets, commands or any library.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field
from typing import Final, Self, Union

from redis_tui.record import dataclass


class Status(bytes):
    """A simple string such as ``OK``. Equal to the same bytes; told apart by its type."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Status({bytes(self)!r})"


@dataclass(frozen=True, slots=True)
class ErrorReply:
    """An error reply."""

    line: bytes
    """The whole text without the leading ``-``: ``WRONGTYPE Operation against…``."""
    as_it_is: bool = field(default=False, compare=False)
    """Its line breaks are sent and not made spaces, which only Redis does, with what a script raised."""

    @classmethod
    def of_fault(cls, fault: Exception) -> Self:
        """What a client is told of a fault of ours: the exception, and no more than that one command is lost."""
        return cls(f"ERR internal error, {type(fault).__name__}: {fault}".encode("utf-8", "replace"))

    @property
    def code(self) -> str:
        """The first word, upper case by convention: ``ERR``, ``NOSCRIPT``."""
        return self.line.partition(b" ")[0].decode("utf-8", "replace")

    @property
    def message(self) -> str:
        """The text after the code."""
        return self.line.partition(b" ")[2].decode("utf-8", "replace")


class Map:
    """Key-value pairs in order. Keys may be any reply, so this is no dict."""

    __slots__ = ("pairs",)

    def __init__(self, pairs: Iterable[tuple[Reply, Reply]] = ()) -> None:
        self.pairs: list[tuple[Reply, Reply]] = list(pairs)

    def flat(self) -> list[Reply]:
        """The RESP2 form: key, value, key, value."""
        return [item for pair in self.pairs for item in pair]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Map) and self.pairs == other.pairs

    def __hash__(self) -> int:
        return hash(len(self.pairs))

    def __repr__(self) -> str:
        return f"Map({self.pairs!r})"


class _Items:
    """A sequence of replies with a meaning of its own on the wire."""

    __slots__ = ("items",)

    def __init__(self, items: Iterable[Reply] = ()) -> None:
        self.items: list[Reply] = list(items)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self.items == other.items

    def __hash__(self) -> int:
        return hash((type(self).__name__, len(self.items)))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.items!r})"


class SetReply(_Items):
    """An unordered collection: ``~`` in RESP3, an array in RESP2."""

    __slots__ = ()


class Push(_Items):
    """An out-of-band message: ``>`` in RESP3, an array in RESP2."""

    __slots__ = ()


class Several(_Items):
    """Replies in a row to one command, as SUBSCRIBE answers; without items no reply at all."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Attributed:
    """A reply with something said about it beforehand, which only RESP3 has words for."""

    attributes: Map
    reply: Reply


class Pairs:
    """Member-score or field-value pairs: nested arrays in RESP3, flat in RESP2."""

    __slots__ = ("pairs",)

    def __init__(self, pairs: Iterable[tuple[Reply, Reply]] = ()) -> None:
        self.pairs: list[tuple[Reply, Reply]] = list(pairs)

    def flat(self) -> list[Reply]:
        """The RESP2 form: member, score, member, score."""
        return [item for pair in self.pairs for item in pair]

    def nested(self) -> list[Reply]:
        """The RESP3 form: one two-element array a pair."""
        return [list(pair) for pair in self.pairs]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pairs) and self.pairs == other.pairs

    def __hash__(self) -> int:
        return hash(len(self.pairs))

    def __repr__(self) -> str:
        return f"Pairs({self.pairs!r})"


class LongDouble(float):
    """A number whose text has up to 17 digits behind the point, whatever it takes to read it back."""

    __slots__ = ()

    @property
    def text(self) -> bytes:
        """``13.36138933897018433``; no zeros at the end, no exponent."""
        text = f"{self:.17f}".rstrip("0").rstrip(".")
        return b"0" if text == "-0" else text.encode()


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Text with a format of three letters, e.g. ``txt`` or ``mkd``."""

    text: bytes
    format: bytes = b"txt"


@dataclass(frozen=True, slots=True)
class BigNumber:
    """A number too large for 64 bits, as its decimal text."""

    digits: bytes


class _NullArray:
    """The RESP2 null array, which a few commands answer where others answer a null bulk."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "NULL_ARRAY"


NULL_ARRAY: Final = _NullArray()
OK: Final = Status(b"OK")
QUEUED: Final = Status(b"QUEUED")
PONG: Final = Status(b"PONG")

Reply = Union[
    int,
    bytes,
    None,
    bool,
    float,
    Sequence["Reply"],
    Status,
    ErrorReply,
    Map,
    SetReply,
    Pairs,
    Push,
    Several,
    Attributed,
    Verbatim,
    BigNumber,
    _NullArray,
]
"""Anything a command may answer."""
