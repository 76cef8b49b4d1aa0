"""Named servers of the user: ``[profiles.NAME]`` of ``config.toml``, each an address and where its password is.

Knows TOML and addresses, no session and no face. The decision a reader would question: there is no key for a password.
A settings file is copied, shown and committed; a password is named by a command or left to the keyring.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from redis_tui.errors import UsageError
from redis_tui.password import PasswordSource
from redis_tui.record import dataclass
from redis_tui.spec.redact import redact_url
from redis_tui.toml_file import Mistake, refuse_unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.settings import ReadSettings

TABLE: Final = "profiles"
COLORS: Final = {"red": "danger", "orange": "accent", "yellow": "warning", "green": "success", "blue": "focus"}
"""What a profile may be marked with, and whose colour of the theme that is: so it reads in every theme."""
_TEXTS: Final = (
    *("url", "user", "password_command", "password_env", "theme", "ssh"),
    *("cacert", "cacertdir", "cert", "key", "sni", "color", "separator"),
)
_FLAGS: Final = ("tls", "insecure", "keyring", "askpass", "read_only", "production")
_KNOWN: Final = (*_TEXTS, *_FLAGS)
_OF_THE_ADDRESS: Final = ("ssh", "cacert", "cacertdir", "cert", "key", "sni", "insecure", "read_only", "production")
"""Keys that an address can say as well, and is made to say."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One named server."""

    name: str
    url: str
    """With all that the profile says of the way to it."""
    source: PasswordSource
    theme: str
    color: str
    """One of `COLORS`, for the title; empty where it has none."""
    separator: str | None
    """What the tree of keys is made by; None is the usual, empty a flat list."""
    said: tuple[tuple[str, Any], ...]
    """As it stands in the file, without a password."""


def read_profile(name: str, table: Any) -> Profile:
    """One table of the file.

    Args:
        name: of the profile.
        table: what stands below ``[profiles.NAME]``.

    Raises:
        Mistake: what is wrong, by its key.
    """
    from redis_tui.session.address import with_options

    at = f"{TABLE}.{name}"
    if not isinstance(table, dict):
        raise Mistake(at, "must be a table", f"Write it as [{at}].")
    if "password" in table:
        raise Mistake(
            f"{at}.password", "is no place for a password", 'Write password_command = "pass redis", or keyring = true.'
        )
    refuse_unknown(f"{at}.", table, _KNOWN)
    for key, value in table.items():
        if not isinstance(value, bool if key in _FLAGS else str):
            hint = f"Write {key} = true or {key} = false." if key in _FLAGS else f'Write text in quotes: {key} = "…".'
            raise Mistake(f"{at}.{key}", "is of another kind", hint)
    if table.get("color", "") not in ("", *COLORS):
        raise Mistake(f"{at}.color", f"is {table['color']!r}", f"Choose one of {', '.join(COLORS)}.")
    if not table.get("url"):
        raise Mistake(at, "has no url", 'Write url = "redis://host:port/db".')
    options = {key: "yes" if table[key] is True else str(table[key]) for key in _OF_THE_ADDRESS if table.get(key)}
    try:
        url = with_options(_with_user(table["url"], table.get("user", "")), options, tls=table.get("tls", False))
        _check(url)
    except UsageError as error:
        raise Mistake(f"{at}.url", f"is no use: {error.message.rstrip('.')}", error.hint) from None
    return Profile(
        name,
        url,
        PasswordSource(
            ask=table.get("askpass", False),
            command=table.get("password_command", ""),
            keyring=table.get("keyring", False),
            variable=table.get("password_env", ""),
        ),
        theme=table.get("theme", ""),
        color=table.get("color", ""),
        separator=table.get("separator"),
        said=tuple((key, redact_url(value) if key == "url" else value) for key, value in table.items()),
    )


def profile_named(name: str, found: ReadSettings) -> Profile | None:
    """The profile of a name; None where there is none.

    Args:
        name: as a person gave it.
        found: the settings.

    Raises:
        SettingsError: that one has a mistake.
    """
    if name in found.faulty_profiles:
        raise found.faulty_profiles[name]
    return found.profiles.get(name)


def profile_lines(profiles: Sequence[Profile]) -> list[str]:
    """The tables of profiles as TOML, passwords of addresses hidden."""
    from redis_tui.settings import toml_value

    return [
        line
        for profile in profiles
        for line in (f"\n[{TABLE}.{profile.name}]", *(f"{key} = {toml_value(value)}" for key, value in profile.said))
    ]


def _with_user(url: str, user: str) -> str:
    from urllib.parse import quote

    scheme, mark, rest = url.rpartition("://")
    if not user or "@" in rest.partition("?")[0]:
        return url
    return f"{scheme}{mark}{quote(user, safe='')}@{rest}"


def _check(url: str) -> None:
    from redis_tui.session.address import is_cluster, read_address
    from redis_tui.session.open import read_marks

    bare = read_marks(url).url
    if not is_cluster(bare) and not bare.startswith("memory://"):
        read_address(bare)
