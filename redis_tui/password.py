"""Where a password that stands in no address comes from: a question, a command, the keyring, the environment.

Knows no session and no face. It is asked for once, before a face takes the screen: a command such as ``pass`` may want
the terminal for a passphrase. Kept in memory alone, handed to nobody but the session of the server that was named.

The decision a reader would question: the command goes to a shell. It is the user's own, as ``passwordeval`` of mail
programs is, and a pipe in it is no rarity.
"""

from __future__ import annotations

import getpass
import os
import subprocess
import warnings
from typing import TYPE_CHECKING, Any

from redis_tui.errors import AuthError, UsageError
from redis_tui.record import dataclass
from redis_tui.spec.redact import redact_url

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE = "REDISCLI_AUTH"
_SERVICE = "redis-tui"
_PATIENCE_S = 30.0
"""What a command may take where nobody can answer it."""


@dataclass(frozen=True, slots=True)
class PasswordSource:
    """What was said about where the password is; the first that is said counts."""

    ask: bool = False
    command: str = ""
    """Its first line of output is the password."""
    keyring: bool = False
    variable: str = ""
    """Of the environment, by its name."""

    def read(self, url: str, *, environment: Mapping[str, str] | None = None, has_terminal: bool = True) -> str | None:
        """The password for a server; None where there is none, or the address has it.

        Args:
            url: of the server.
            environment: of the process, unless told otherwise; what ``variable`` names is looked up in the process'.
            has_terminal: a person can be asked on it, and a command may talk there; false while a screen is drawn.

        Raises:
            UsageError: it cannot be asked for here, or there is no keyring.
            AuthError: the command fails, or the keyring or the environment has none.
        """
        if redact_url(url) != url or url.startswith("memory://"):
            return None
        if self.ask:
            if not has_terminal:
                raise UsageError("This server's password is asked for.", hint="Type it on the screen Connect.")
            return _asked(url)
        if self.command:
            return _told_by(self.command, has_terminal=has_terminal)
        if self.keyring:
            return _kept(url)
        if self.variable:
            return _set_in(self.variable)
        return (os.environ if environment is None else environment).get(VARIABLE)


def account(url: str) -> str:
    """What the keyring knows a server by: ``user@host:port``, or what of it the address says."""
    return url.partition("?")[0].rpartition("://")[2].partition("/")[0] or "localhost"


def _asked(url: str) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return getpass.getpass(f"Password for {account(url)}: ")
        except (getpass.GetPassWarning, EOFError):
            raise UsageError(
                "There is no terminal to ask for the password on.",
                hint=f"Give it in {VARIABLE}, or by --password-command.",
            ) from None


def keep_in_keyring(url: str, password: str) -> str:
    """Puts a password into the system's keyring, where `PasswordSource` finds it again.

    Args:
        url: of the server.
        password: to be kept.

    Returns:
        The name that it is kept by.

    Raises:
        UsageError: there is no keyring.
        AuthError: it takes nothing.
    """
    keyring, fault = _keyring()
    name = account(url)
    try:
        keyring.set_password(_SERVICE, name, password)
    except fault as error:
        raise AuthError(f"The system's keyring took no password: {error}.", hint="Unlock it, and try again.") from None
    return name


def _set_in(variable: str) -> str:
    if found := os.environ.get(variable):
        return found
    raise AuthError(f"The environment has no {variable}.", hint=f"Set {variable} to the password before you start.")


def _told_by(command: str, *, has_terminal: bool) -> str:
    # Its complaints and questions go where they always go, standard error and the terminal, if nothing is drawn there.
    beside = {} if has_terminal else {"stdin": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "timeout": _PATIENCE_S}
    try:
        done = subprocess.run(command, shell=True, stdout=subprocess.PIPE, check=False, **beside)  # type: ignore[call-overload]  # noqa: S602  # the user's own words
    except subprocess.TimeoutExpired:
        raise AuthError(
            f"The command for the password gave none within {_PATIENCE_S:.0f} s: {command}.",
            hint="It may ask something, which it cannot here; run it in a shell first.",
        ) from None
    first: str = done.stdout.partition(b"\n")[0].rstrip(b"\r").decode("utf-8", "surrogateescape")
    if done.returncode:
        raise AuthError(
            f"The command for the password failed with status {done.returncode}: {command}.", hint="Try it in a shell."
        )
    if not first:
        raise AuthError(
            f"The command for the password printed none: {command}.", hint="The first line of its output counts."
        )
    return first


def _keyring() -> tuple[Any, type[Exception]]:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise UsageError(
            "The system's keyring needs the package keyring.", hint="Install it: pip install 'redis-tui[keyring]'."
        ) from None
    return keyring, KeyringError


def _kept(url: str) -> str:
    keyring, fault = _keyring()
    name = account(url)
    try:
        found: str | None = keyring.get_password(_SERVICE, name)
    except fault as error:
        raise AuthError(f"The system's keyring gave no password: {error}.", hint="Unlock it, and try again.") from None
    if found is None:
        raise AuthError(
            f"The system's keyring has no password for {name}.", hint=f"Put one there: keyring set {_SERVICE} {name}."
        )
    return found
