"""Keyspace notifications: an event of a key becomes messages on two channels.

It knows the classes of ``notify-keyspace-events`` and which event belongs to which; that is
a table by event, because an event's name settles its class. It knows nothing of clients.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_ALL: Final = "g$lshzxetd"
_ORDER: Final = "g$lshzxetdn"
_CHANNELS: Final = "KEm"
_EVENTS: Final = {
    "g": "del rename_from rename_to move_from move_to copy_to restore expire persist",
    "$": "set setrange incrby incrbyfloat append setbit pfadd",
    "l": "lpush rpush lpop rpop linsert lset lrem ltrim sortstore",
    "s": "sadd srem spop sinterstore sunionstore sdiffstore",
    "h": "hset hincrby hincrbyfloat hdel hexpire hexpired hpersist",
    "x": "expired",
    "e": "evicted",
    "m": "keymiss",
    "n": "new",
}
_CLASS_OF: Final = {event: mark for mark, events in _EVENTS.items() for event in events.split()}


def class_of(event: str) -> str:
    """The class that an event belongs to, as its sign in the setting."""
    known = _CLASS_OF.get(event)
    if known is not None:
        return known
    return "t" if event.startswith("x") else "z"  # xadd, xgroup-create …; zadd, geosearchstore, georadiusstore …


def parse_classes(text: str) -> frozenset[str]:
    """The signs of a setting's text, ``A`` spelt out.

    Raises:
        ValueError: a sign is none.
    """
    signs = frozenset(text)
    if not signs <= frozenset("A" + _ORDER + _CHANNELS):
        raise ValueError(text)
    return (signs - {"A"}) | frozenset(_ALL) if "A" in signs else signs


def render_classes(signs: frozenset[str]) -> str:
    """The setting's text as CONFIG GET shows it: ``AKE``, ``g$Em``."""
    # With A the sign n is not shown: CONFIG SET … AKEn -> AKE
    head = "A" if frozenset(_ALL) <= signs else "".join(sign for sign in _ORDER if sign in signs)
    return head + "".join(sign for sign in _CHANNELS if sign in signs)


class Notifier:
    """Publishes the events that the setting asks for.

    Args:
        publish: given channel and message.
    """

    def __init__(self, publish: Callable[[bytes, bytes], object]) -> None:
        self._publish = publish
        self._wanted: frozenset[str] = frozenset()

    @property
    def active(self) -> bool:
        """Whether any event can lead to a message."""
        return bool(self._wanted & {"K", "E"}) and bool(self._wanted - {"K", "E"})

    def wants(self, sign: str) -> bool:
        """Whether events of this class are published."""
        return self.active and sign in self._wanted

    def configure(self, text: str) -> None:
        """Takes over a setting's text."""
        self._wanted = parse_classes(text)

    def announce(self, db: int, event: str, key: bytes) -> None:
        """Publishes an event, if it is wanted.

        Args:
            db: number of the database.
            event: name, e.g. ``hset``; empty for a change that has none.
            key: whose.
        """
        if not event or class_of(event) not in self._wanted:
            return
        name = event.encode()
        if "K" in self._wanted:
            self._publish(b"__keyspace@%d__:%b" % (db, key), name)
        if "E" in self._wanted:
            self._publish(b"__keyevent@%d__:%b" % (db, name), key)
