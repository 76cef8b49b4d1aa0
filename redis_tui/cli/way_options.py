"""The options of the command line about the way to a server, as redis-cli names them.

Knows click and addresses. The decision a reader would question: an option is written into the address, not handed on
beside it. The workbench opens an address again, changes it and shows it; what stands in it cannot be lost on the way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from redis_tui.password import PasswordSource

if TYPE_CHECKING:
    from collections.abc import Callable

_FILE: Final = {"metavar": "FILE", "type": click.Path(dir_okay=False)}
_SAID: Final = "redis_tui.way"
_OPTIONS: Final[tuple[tuple[str, str, dict[str, Any]], ...]] = (
    ("tls", "Speak TLS, as rediss:// does.", {"is_flag": True}),
    ("cacert", "Trust the authorities in FILE (PEM) instead of the system's.", _FILE),
    ("cacertdir", "Likewise those in a FOLDER.", {"metavar": "FOLDER", "type": click.Path(file_okay=False)}),
    ("cert", "Show the server this certificate (PEM).", _FILE),
    ("key", "The certificate's key.", _FILE),
    ("sni", "Whom the certificate must be for, where that is not the host of the address.", {"metavar": "NAME"}),
    ("insecure", "Take any certificate: whoever stands between can read and change all.", {"is_flag": True}),
)


_OF_PASSWORDS: Final[tuple[tuple[str, str, dict[str, Any]], ...]] = (
    ("askpass", "Ask for the password.", {"is_flag": True}),
    ("password-command", "Take the password from the first line that a command prints.", {"metavar": "COMMAND"}),
    ("keyring", "Take the password from the system's keyring.", {"is_flag": True}),
)
"""Not written into the address, which is shown; `told_password_source` has them."""


def way_options(command: Callable[..., int]) -> Callable[..., int]:
    """Gives a command the options; `told_address` has what was said."""
    for name, told, kind in reversed(_OPTIONS + _OF_PASSWORDS):
        names = [f"--{name}", "--tls-insecure"] if name == "insecure" else [f"--{name}"]
        command = click.option(
            *names, f"way_{name.replace('-', '_')}", expose_value=False, callback=_keep, help=told, **kind
        )(command)
    return command


def told_address(url: str) -> str:
    """An address with what the options of the command that runs say.

    Args:
        url: as a person gave it.

    Raises:
        UsageError: there is no TLS on that kind of address.
    """
    said = {name: value for name, value in _said().items() if name in {option for option, _, _ in _OPTIONS}}
    if not said:
        return url
    from redis_tui.session.address import with_options

    tls = bool(said.pop("tls", False))
    return with_options(url, {name: "yes" if value is True else str(value) for name, value in said.items()}, tls=tls)


def told_password_source() -> PasswordSource:
    """Where the options of the command that runs say that the password is."""
    said = _said()
    return PasswordSource(ask="askpass" in said, command=said.get("password_command", ""), keyring="keyring" in said)


def _said() -> dict[str, Any]:
    found: dict[str, Any] = click.get_current_context().meta.get(_SAID, {})
    return found


def _keep(context: click.Context, option: click.Parameter, value: object) -> None:
    assert option.name is not None
    if value:
        context.meta.setdefault(_SAID, {})[option.name.removeprefix("way_")] = value
