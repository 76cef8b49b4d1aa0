"""Which scripts and functions were seen here, so that a name alone does not run on production what nobody has read.

Knows commands, no session. The decision a reader would question: what was agreed to once counts as seen. A question
that comes with each call of the same script is answered without being read.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

from redis_tui.session.danger import Danger

if TYPE_CHECKING:
    from collections.abc import Sequence

_UNSEEN: Final = "Its text was not seen in this session: what it does is not known."
_REGISTERS: Final = rb"""(?:register_function\s*\(?|function_name\s*=)\s*(['"])%b\1"""
"""How a library names a function; one whose name it puts together is not found, and is asked about."""
_SHOWN: Final = 12
"""Letters of a sha that a person needs."""


class SeenScripts:
    """What went through one session."""

    def __init__(self) -> None:
        self._shas: set[bytes] = set()
        self._functions: set[bytes] = set()
        self._libraries: set[bytes] = set()

    def danger_of(self, argv: Sequence[bytes]) -> Danger | None:
        """Why a call by name wants a second thought; None of any other command, or where its text went out from here.

        The forms that cannot write (``EVALSHA_RO``, ``FCALL_RO``) are not asked about.
        """
        if len(argv) < 2:
            return None
        name, called = argv[0].lower(), argv[1]
        told = called.decode("utf-8", "replace")
        if name == b"evalsha" and called.lower() not in self._shas:
            return Danger(f"EVALSHA {told[:_SHOWN]}", _UNSEEN)
        if name == b"fcall" and not self._knows(called):
            return Danger(f"FCALL {told}", _UNSEEN)
        return None

    def note(self, argv: Sequence[bytes]) -> None:
        """Remembers what a command carries or calls, once it may go out."""
        words = [word.lower() for word in argv[:2]]
        match words:
            case [b"eval" | b"eval_ro", _]:
                self.note_source(argv[1])
            case [b"script", b"load"] if len(argv) > 2:
                self.note_source(argv[2])
            case [b"function", b"load"] if len(argv) > 2:
                self._libraries.add(argv[-1])
            case [b"evalsha", _]:
                self._shas.add(words[1])
            case [b"fcall", _]:
                self._functions.add(argv[1])

    def note_source(self, source: bytes) -> None:
        """Remembers a script, or a library."""
        self._shas.add(hashlib.sha1(source, usedforsecurity=False).hexdigest().encode())
        if source.startswith(b"#!") and b"name=" in source.partition(b"\n")[0]:
            self._libraries.add(source)

    def _knows(self, function: bytes) -> bool:
        registers = re.compile(_REGISTERS % re.escape(function))
        return function in self._functions or any(map(registers.search, self._libraries))
