"""Who a session is to its server: what its address says, until a person says something else by AUTH.

Knows no wire. The decision a reader would question: a password that is typed is kept, in memory alone. A connection
that breaks is made anew without anybody being asked, and would else come back as who one was before, or not at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from redis_tui.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence


class Credentials(NamedTuple):
    """As AUTH takes them."""

    user: str | None
    password: str | None


@dataclass(slots=True)
class Login:
    """The credentials of every connection that is opened from now on."""

    now: Credentials
    """None in it leaves it to the address."""

    @classmethod
    def of(cls, password: str | None) -> Login:
        """Of a password that was given beside the address; None where there is none."""
        return cls(Credentials(None, password))


def credentials_in(argv: Sequence[bytes]) -> Credentials | None:
    """What an AUTH, or a HELLO with it, says; None for any other command."""
    name, words = argv[0].upper(), [word.decode("utf-8", "surrogateescape") for word in argv[1:]]
    if name == b"AUTH" and len(words) in (1, 2):
        return Credentials(words[0] if len(words) == 2 else "default", words[-1])
    if name != b"HELLO":
        return None
    at = next((at for at, word in enumerate(words[1:], 1) if word.upper() == "AUTH"), None)
    return Credentials(*words[at + 1 : at + 3]) if at is not None and len(words) >= at + 3 else None
