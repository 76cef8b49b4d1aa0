"""What a cluster would say to the keys of a run: one slot, and every key declared.

Pure functions over `TouchedKey`, for both kinds of session. The decision a reader would question: a run is
told of it also where there is no cluster. A script is written on one server and fails on the other only then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.resp.inline import join_inline
from redis_tui.session.base import TouchedKey
from redis_tui.spec.slot import hash_slot

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

_NAMED = 5
"""Undeclared keys that are told by name."""


def declared_only(keys: Iterable[bytes], changed: Collection[bytes]) -> tuple[TouchedKey, ...]:
    """The keys of a run on a server, which tells of none but those that were passed.

    Args:
        keys: as they were passed.
        changed: those that are known to differ after the run.
    """
    return tuple(TouchedKey(key, hash_slot(key), True, key in changed or None) for key in dict.fromkeys(keys))


def slot_notes(keys: Sequence[bytes], touched: Sequence[TouchedKey]) -> tuple[str, ...]:
    """Sentences for people: why a run would fail in a cluster; none where it would not.

    Args:
        keys: as they were passed in KEYS.
        touched: what the run named.
    """
    notes = []
    declared: dict[int, bytes] = {}
    for key in keys:
        declared.setdefault(hash_slot(key), key)
    if len(declared) > 1:
        (one, first), (other, second) = [*declared.items()][:2]
        notes.append(
            f"Would fail in a cluster: the keys {_named([first])} and {_named([second])} hash to different slots "
            f"({one} and {other}); a common part in braces, as in {{user}}:1, puts keys into one slot."
        )
    undeclared = [touch for touch in touched if not touch.declared]
    strays = [touch for touch in undeclared if touch.slot not in declared]
    if strays:
        more = f" and {len(strays) - _NAMED} more" if len(strays) > _NAMED else ""
        notes.append(
            f"May fail in a cluster: {_named([touch.key for touch in strays[:_NAMED]])}{more} "
            f"{'was' if len(strays) == 1 else 'were'} not passed in KEYS and may lie on another node."
        )
    return tuple(notes)


def _named(keys: Sequence[bytes]) -> str:
    return ", ".join(join_inline([key]) for key in keys)
