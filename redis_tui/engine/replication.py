"""Whom this server follows, if anybody: what REPLICAOF sets, and what being a replica forbids.

It opens no connection and knows no command. The decision a reader would question: a server that was told to follow
another is a replica whose link never comes up. So it answers, refuses and reports as a real one does whose master is
out of reach, which is what a script's flags and a client's handling of READONLY and MASTERDOWN can be tried on; and
since it says that its link is down, nobody need believe that the data of the two are the same.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from redis_tui.resp.types import ErrorReply

if TYPE_CHECKING:
    from redis_tui.engine.engine import Engine

READ_ONLY: Final = "READONLY You can't write against a read only replica."
MASTER_DOWN: Final = "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'."
SCRIPT_READ_ONLY: Final = "READONLY Can not run script with write flag on readonly replica"
SCRIPT_MASTER_DOWN: Final = (
    "MASTERDOWN Link with MASTER is down, replica-serve-stale-data is set to 'no' and 'allow-stale' flag is not set"
    " on the script."
)
STALE_IN_SCRIPT: Final = b"ERR Can not execute the command on a stale replica"
_ENDED = ErrorReply(
    b"UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)",
)


class Replication:
    """The role of one engine.

    Args:
        engine: the owner.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.master: tuple[bytes, int] | None = None
        """Host and port; None for a master."""
        self.id = secrets.token_hex(20)
        self.former_id = "0" * 40
        """The history that this one went on from, once it has stopped to follow."""
        self.went_on_at = -1
        """Where in that history, one past the last byte; -1 for nowhere."""
        self.read_only = False
        """It follows another and takes no changes from clients."""
        self.stale = False
        """It follows another, has no link, and may not answer with what it has."""

        self.leaves_memory_to_master = False
        """It follows another, which alone decides what is evicted."""

    @property
    def role(self) -> bytes:
        """``master`` or ``replica``."""
        return b"master" if self.master is None else b"replica"

    def follow(self, host: bytes, port: int) -> bool:
        """Becomes a replica of another; False where it was its replica already."""
        if self.master == (host, port):
            return False
        was_master, self.master = self.master is None, (host, port)
        self._changed()
        if was_master:
            self._engine.blocking.abandon(_ENDED)
        return True

    def lead(self) -> None:
        """Becomes a master, and goes on from the history that it has."""
        if self.master is None:
            return
        self.master = None
        self.former_id, self.went_on_at = self.id, 1
        self.renew()
        self._changed()

    def renew(self) -> None:
        """Begins a history that no other server shares."""
        self.id = secrets.token_hex(20)

    def configure(self) -> None:
        """Takes its limits from the configuration."""
        config, follows = self._engine.config, self.master is not None
        self.read_only = follows and config.enabled("replica-read-only")
        self.stale = follows and not config.enabled("replica-serve-stale-data")
        self.leaves_memory_to_master = follows and config.enabled("replica-ignore-maxmemory")
        # What has run out is hidden in a replica, and stays until its master says so. Where it takes changes, a server
        # lets such a key go at the first change of it; here at the first look, which shows in DBSIZE only.
        self._engine.space.expiry_paused = self.read_only or self._engine.pause.mode is not None

    def _changed(self) -> None:
        engine = self._engine
        shown = "" if self.master is None else f"{self.master[0].decode('latin-1')} {self.master[1]}"
        engine.config.note("replicaof", shown)
        self.configure()
        engine.write_gate.configure()
        engine.refresh()
