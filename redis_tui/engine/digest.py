"""Digests of values and of the whole data set, equal to those of DEBUG DIGEST on a server.

What has no order (keys, members, fields) is combined by exclusive or, what has one is fed
back into SHA-1; so two data sets have one digest only if they hold the same. It must not
know commands or clients.
"""

from __future__ import annotations

import hashlib
from functools import reduce
from typing import TYPE_CHECKING, Final

from redis_tui.engine.types.base import type_name
from redis_tui.engine.types.hash import Hash
from redis_tui.engine.types.set import Set
from redis_tui.engine.types.sorted_set import SortedSet
from redis_tui.engine.types.vector_set import VectorSet
from redis_tui.resp.encoder import format_double

if TYPE_CHECKING:
    from collections.abc import Iterable

    from redis_tui.engine.database import Database
    from redis_tui.engine.types.base import Value

_SIZE: Final = 20
_NOTHING: Final = bytes(_SIZE)
_TYPES: Final = {"string": 0, "list": 1, "set": 2, "zset": 3, "hash": 4, "vectorset": 5, "stream": 6}
"""Numbers of the types, as servers have them inside."""


def of_value(value: Value | None, *, expires: bool, start: bytes = _NOTHING) -> bytes:
    """The digest of one value.

    Args:
        value: None gives what was there at the start.
        expires: whether its key has a time to live.
        start: what the value is added to.
    """
    if value is None:
        return start
    digest = _mixed(start, _TYPES[type_name(value)].to_bytes(4, "big"))
    if isinstance(value, Set):
        digest = _xor_all(digest, map(_sha1, value.members))
    elif isinstance(value, Hash):
        digest = _xor_all(digest, (_of_pair(name, text) for name, text in value.items()))
    elif isinstance(value, SortedSet):
        pairs = value.scores.items()
        digest = _xor_all(digest, (_of_pair(member, format_double(score)) for member, score in pairs))
    elif isinstance(value, VectorSet):
        chains = (_sha1(reduce(_mixed, chain, _NOTHING)) for chain in value.digest_chains())
        digest = _xor(digest, _sha1(_xor_all(_NOTHING, chains)))
    elif isinstance(value, bytes | bytearray):
        digest = _mixed(digest, value)
    else:
        for part in value.digest_parts():
            digest = _mixed(digest, part)
    return _xor(digest, _sha1(b"!!expire!!")) if expires else digest


def of_databases(databases: Iterable[Database]) -> bytes:
    """The digest of everything."""
    final = _NOTHING
    for db in databases:
        if not len(db):
            continue
        final = _mixed(final, db.index.to_bytes(4, "big"))
        for key, value in db.entries.items():
            named = _mixed(_NOTHING, key)
            final = _xor(final, _sha1(of_value(value, expires=key in db.expires, start=named)))
    return final


def _of_pair(one: bytes, other: bytes) -> bytes:
    return _sha1(_mixed(_mixed(_NOTHING, one), other))


def _xor_all(digest: bytes, others: Iterable[bytes]) -> bytes:
    number = int.from_bytes(digest, "big")
    for other in others:
        number ^= int.from_bytes(other, "big")
    return number.to_bytes(_SIZE, "big")


def _xor(one: bytes, other: bytes) -> bytes:
    return _xor_all(one, (other,))


def _mixed(digest: bytes, text: bytes | bytearray) -> bytes:
    """Adds a text so that the order of additions tells."""
    return _sha1(_xor(digest, _sha1(text)))


def _sha1(text: bytes | bytearray) -> bytes:
    return hashlib.sha1(text, usedforsecurity=False).digest()
