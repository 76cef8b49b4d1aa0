"""The options of the command line about the way to a server, as redis-cli names them.

Knows click and addresses. The decision a reader would question: an option is written into the address, not handed on
beside it. The workbench opens an address again, changes it and shows it; what stands in it cannot be lost on the way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

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


def way_options(command: Callable[..., int]) -> Callable[..., int]:
    """Gives a command the options; `told_address` has what was said."""
    for name, told, kind in reversed(_OPTIONS):
        names = [f"--{name}", "--tls-insecure"] if name == "insecure" else [f"--{name}"]
        command = click.option(*names, f"way_{name}", expose_value=False, callback=_keep, help=told, **kind)(command)
    return command


def told_address(url: str) -> str:
    """An address with what the options of the command that runs say.

    Args:
        url: as a person gave it.

    Raises:
        UsageError: there is no TLS on that kind of address.
    """
    said: dict[str, Any] = dict(click.get_current_context().meta.get(_SAID, {}))
    if not said:
        return url
    from redis_tui.session.address import with_options

    tls = bool(said.pop("tls", False))
    return with_options(url, {name: "yes" if value is True else str(value) for name, value in said.items()}, tls=tls)


def _keep(context: click.Context, option: click.Parameter, value: object) -> None:
    assert option.name is not None
    if value:
        context.meta.setdefault(_SAID, {})[option.name.removeprefix("way_")] = value
