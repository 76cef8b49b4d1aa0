"""The options of the command line about the way to a server, as redis-cli names them.

Knows click and addresses. The decision a reader would question: an option is written into the address, not handed on
beside it. The workbench opens an address again, changes it and shows it; what stands in it cannot be lost on the way.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from redis_tui.errors import UsageError
from redis_tui.password import PasswordSource
from redis_tui.profile import Profile, profile_named
from redis_tui.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis_tui.session.base import Session

_FILE: Final = {"metavar": "FILE", "type": click.Path(dir_okay=False)}
_SAID: Final = "redis_tui.way"
_PROFILE: Final = "redis_tui.profile"
_OPTIONS: Final[tuple[tuple[str, str, dict[str, Any]], ...]] = (
    ("ssh", "Reach the server through another host, by the program ssh.", {"metavar": "[USER@]HOST[:PORT]"}),
    ("tls", "Speak TLS, as rediss:// does.", {"is_flag": True}),
    ("cacert", "Trust the authorities in FILE (PEM) instead of the system's.", _FILE),
    ("cacertdir", "Likewise those in a FOLDER.", {"metavar": "FOLDER", "type": click.Path(file_okay=False)}),
    ("cert", "Show the server this certificate (PEM).", _FILE),
    ("key", "The certificate's key.", _FILE),
    ("sni", "Whom the certificate must be for, where that is not the host of the address.", {"metavar": "NAME"}),
    ("insecure", "Take any certificate: whoever stands between can read and change all.", {"is_flag": True}),
)


_BESIDE: Final[tuple[tuple[str, str, dict[str, Any]], ...]] = (
    ("profile", "A server that the settings name.", {"metavar": "NAME"}),
    ("askpass", "Ask for the password.", {"is_flag": True}),
    ("password-command", "Take the password from the first line that a command prints.", {"metavar": "COMMAND"}),
    ("keyring", "Take the password from the system's keyring.", {"is_flag": True}),
)
"""Not written into the address, which is shown; `told_password_source` has those of passwords."""


def way_options(command: Callable[..., int]) -> Callable[..., int]:
    """Gives a command the options; `told_address` has what was said."""
    for name, told, kind in reversed(_OPTIONS + _BESIDE):
        names = [f"--{name}", "--tls-insecure"] if name == "insecure" else [f"--{name}"]
        command = click.option(
            *names, f"way_{name.replace('-', '_')}", expose_value=False, callback=_keep, help=told, **kind
        )(command)
    return command


def told_address(url: str) -> str:
    """An address with what the profile says that is named, and the options of the command that runs.

    Args:
        url: as a person gave it, or the name of a profile.

    Raises:
        UsageError: there is no TLS on that kind of address; there is no such profile, or an address as well.
        SettingsError: the profile has a mistake.
    """
    profile = _profile(url)
    if profile is not None:
        click.get_current_context().meta[_PROFILE] = profile
        url = profile.url
    said = {name: value for name, value in _said().items() if name in {option for option, _, _ in _OPTIONS}}
    if not said:
        return url
    from redis_tui.session.address import with_options

    tls = bool(said.pop("tls", False))
    return with_options(url, {name: "yes" if value is True else str(value) for name, value in said.items()}, tls=tls)


def told_password_source() -> PasswordSource:
    """Where the options, or the profile, of the command that runs say that the password is."""
    said = _said()
    profile = told_profile()
    if profile is not None and not said.keys() & {"askpass", "password_command", "keyring"}:
        return profile.source
    return PasswordSource(ask="askpass" in said, command=said.get("password_command", ""), keyring="keyring" in said)


def told_theme(theme: str | None) -> str | None:
    """The theme that was named, or that of the profile."""
    profile = told_profile()
    return theme or (profile.theme if profile is not None else "") or None


def is_profile(word: str) -> bool:
    """Whether a word is the name of a profile; a file of that name comes first."""
    if not word or ":" in word or word.startswith("-") or Path(word).exists():
        return False
    found = read_settings()
    return word in found.profiles or word in found.faulty_profiles


async def open_other(
    url: str, *, dialect: str, read_only: bool, production: bool, has_terminal: bool = True
) -> Session:
    """Opens another server than the one that was named at the start, whose options and password are not its own.

    Args:
        url: its address, or the name of a profile.
        dialect: whom the embedded engine speaks as.
        read_only: refuse commands that write.
        production: people depend on it.
        has_terminal: a person can be asked for a password on it; not while a screen is drawn there.

    Raises:
        RedisTuiError: it cannot be opened.
    """
    from redis_tui.session.open import open_session

    password = None
    profile = profile_named(url, read_settings())
    if profile is not None:
        url = profile.url
        password = await asyncio.to_thread(profile.source.read, url, environment={}, has_terminal=has_terminal)
    return await open_session(url, dialect=dialect, read_only=read_only, production=production, password=password)


def _profile(url: str) -> Profile | None:
    name = _said().get("profile")
    if name is None:
        return None if ":" in url else profile_named(url, read_settings())
    if url != "memory://":
        raise UsageError("A profile has an address of its own.", hint="Leave out one of the two.")
    found = read_settings()
    profile = profile_named(name, found)
    if profile is None:
        known = ", ".join(found.profiles) or "none"
        raise UsageError(f"There is no profile {name}.", hint=f"Those in {found.path}: {known}.")
    return profile


def told_profile() -> Profile | None:
    """The profile of the command that runs, once `told_address` has found it."""
    found: Profile | None = click.get_current_context().meta.get(_PROFILE)
    return found


def _said() -> dict[str, Any]:
    found: dict[str, Any] = click.get_current_context().meta.get(_SAID, {})
    return found


def _keep(context: click.Context, option: click.Parameter, value: object) -> None:
    assert option.name is not None
    if value:
        context.meta.setdefault(_SAID, {})[option.name.removeprefix("way_")] = value
