"""Every exception that redis-tui raises on purpose, in one tree.

::

    RedisTuiError                  shown to a person as one sentence, never a traceback
    ├── UsageError                 the command line or a request was wrong            exit status 2
    │   ├── SettingsError          a settings or theme file has a mistake; names file and line
    │   ├── NotConfirmedError      a dangerous command for production, and nobody said yes
    │   └── FileError              a file cannot be read or written
    │       └── DamagedData        a payload or snapshot file is not what it must be; names the byte
    ├── SessionError               the session broke; nothing more can be sent        exit status 3
    │   ├── ConnectError           no connection could be made (refused, DNS, TLS, timeout)
    │   └── AuthError              the server refused the credentials
    ├── NotSupportedError          this server or session cannot do that; says what can
    │   └── TooMuchToFetch         a dry run would read more of a server than it may; names how much
    └── ProtocolError              the peer sent bytes that are not RESP

    CommandError                   a handler refuses; becomes an error reply, never leaves the engine
    ├── WrongType  SyntaxFault     the two refusals that every command group shares
    └── NamedFault, NamingFault    a refusal that repeats the command's name as it was typed

Error *replies* are values (`resp.types.ErrorReply`), because a server that answers
``-ERR`` works as it should; exceptions of the first tree mean that the session broke.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class RedisTuiError(Exception):
    """Something a person must be told.

    Args:
        message: what happened and where, one sentence.
        hint: what to do next, one sentence; empty when there is nothing to advise.
    """

    exit_status = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()


class UsageError(RedisTuiError):
    """The request itself was wrong; nothing was sent."""

    exit_status = 2


class SettingsError(UsageError):
    """A settings or theme file has a mistake."""


class NotConfirmedError(UsageError):
    """A dangerous command was meant for a production server, and nobody agreed: it was not sent."""


class FileError(UsageError):
    """A file cannot be read or written."""


class DamagedData(FileError):
    """A payload or a snapshot file is not what it must be.

    Args:
        at: the byte that is wrong, counted from 0.
        expected: what should stand there.
    """

    def __init__(self, at: int, expected: str) -> None:
        super().__init__(f"damaged at byte {at}: expected {expected}.")
        self.at = at
        self.expected = expected


class SessionError(RedisTuiError):
    """The session broke: what was under way has no answer."""

    exit_status = 3


class ConnectError(SessionError):
    """No connection could be made."""


class AuthError(SessionError):
    """The server refused the user name or the password."""


class NotSupportedError(RedisTuiError):
    """This session cannot do what was asked."""


class TooMuchToFetch(NotSupportedError):
    """A dry run would read more of a server than it was allowed to.

    Args:
        message: as for all.
        hint: likewise.
        needed: bytes that would have been fetched by then.
    """

    def __init__(self, message: str, *, hint: str = "", needed: int) -> None:
        super().__init__(message, hint=hint)
        self.needed = needed


class ProtocolError(RedisTuiError):
    """The peer sent bytes that are not RESP."""

    exit_status = 3


class CommandError(Exception):
    """A command refuses. The text is what goes on the wire, byte for byte, code first.

    Args:
        text: the error line without the leading ``-``, e.g. ``ERR syntax error``.
    """

    def __init__(self, text: str | bytes) -> None:
        line = text.encode() if isinstance(text, str) else text
        super().__init__(line)
        self.line = line

    def worded(self, argv: Sequence[bytes]) -> bytes:  # noqa: ARG002  # only some refusals repeat words of the call
        """The line for a call as it was typed."""
        return self.line


class NamedFault(CommandError):
    """A refusal that ends with the command's name as it was typed; the text is what comes before."""

    def worded(self, argv: Sequence[bytes]) -> bytes:
        return self.line + argv[0]


class NamingFault(CommandError):
    """A refusal that begins with the command's name as it was typed; the text is what follows."""

    def worded(self, argv: Sequence[bytes]) -> bytes:
        return b"ERR %b %b" % (argv[0], self.line)


class SubcommandFault(CommandError):
    """A container's subcommand was given too much."""

    def __init__(self) -> None:
        super().__init__(b"ERR unknown subcommand or wrong number of arguments")

    def worded(self, argv: Sequence[bytes]) -> bytes:
        return b"%b for '%.128b'. Try %b HELP." % (self.line, b"".join(argv[1:2]), argv[0].upper())


class WrongType(CommandError):
    """The key holds another type than the command works on."""

    def __init__(self) -> None:
        super().__init__(b"WRONGTYPE Operation against a key holding the wrong kind of value")


class SyntaxFault(CommandError):
    """The arguments do not fit the command's grammar."""

    def __init__(self) -> None:
        super().__init__(b"ERR syntax error")
