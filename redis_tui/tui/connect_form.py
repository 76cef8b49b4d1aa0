"""What the screen Connect asks for, as one value: from a profile and back, and from an address that is pasted whole.

Knows profiles and addresses, no widget and no session. The decision a reader would question: a password is never a part
of it. The field on the screen holds it, and hands it to whoever opens the connection, so nothing that is kept, compared
or written has it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote

from redis_tui.errors import UsageError
from redis_tui.profile import read_profile
from redis_tui.record import dataclass
from redis_tui.toml_file import Mistake

if TYPE_CHECKING:
    from redis_tui.profile import Profile

SOURCES: Final = {
    "": "not kept",
    "askpass": "asked for",
    "password_command": "from a command",
    "password_env": "from the environment",
    "keyring": "in the keyring",
}
"""Where a profile's password is, by the key that says so."""
NAMED_SOURCES: Final = ("password_command", "password_env")
"""Those that want a word more."""
_TEXTS: Final = ("ssh", "cacert", "cert", "key", "sni")
_FLAGS: Final = ("insecure", "read_only", "production")
_NAMES: Final = {"url": "address", "color": "colour", "cacert": "CA", "cert": "certificate", "sni": "SNI"}
"""What the screen calls what the settings call otherwise."""
_TLS: Final = {"redis": "rediss", "valkey": "valkeys"}


@dataclass(frozen=True, slots=True)
class ConnectForm:
    """All fields but the password."""

    name: str = ""
    """Of the profile; empty where it is not to be saved."""
    address: str = ""
    user: str = ""
    source: str = ""
    """One of `SOURCES`."""
    detail: str = ""
    """The command, or the variable's name."""
    ssh: str = ""
    cacert: str = ""
    cert: str = ""
    key: str = ""
    sni: str = ""
    insecure: bool = False
    read_only: bool = False
    production: bool = False
    color: str = ""
    separator: str = ":"
    theme: str = ""
    """Of the profile; not asked for here, and kept."""

    @property
    def speaks_tls(self) -> bool:
        """Whether the address says so."""
        return self.address.partition("://")[0].partition("+")[0] in _TLS.values()

    def with_tls(self, *, on: bool) -> ConnectForm:
        """The same with or without TLS; a socket stays as it is."""
        scheme, mark, rest = self.address.partition("://")
        if not mark:
            scheme, rest = "redis", self.address
        kind, plus, more = scheme.partition("+")
        other = _TLS.get(kind, kind) if on else {tls: plain for plain, tls in _TLS.items()}.get(kind, kind)
        return replace(self, address=f"{other}{plus}{more}://{rest}")

    def said(self) -> dict[str, str | bool]:
        """What stands in the settings; empty fields are left out."""
        kept: dict[str, str | bool] = {"url": self.url}
        kept |= {key: value for key in ("user", "ssh", "theme", "color") if (value := getattr(self, key))}
        if self.source:
            kept[self.source] = self.detail if self.source in NAMED_SOURCES else True
        if self.speaks_tls:
            kept |= {
                key: value for key in ("cacert", "cert", "key", "sni", "insecure") if (value := getattr(self, key))
            }
        kept |= {key: True for key in ("read_only", "production") if getattr(self, key)}
        if self.separator != ":":
            kept["separator"] = self.separator
        return kept

    @property
    def url(self) -> str:
        """The address with its kind, which a person may leave out; a path is a socket's."""
        if "://" in self.address:
            return self.address
        return f"unix://{self.address}" if self.address.startswith("/") else f"redis://{self.address}"

    def profile(self) -> Profile:
        """What the settings would make of it.

        Raises:
            UsageError: a field is wrong; it is named.
        """
        if not self.address:
            raise UsageError("There is no address.", hint="Write redis://host:port/db, or host:port.")
        if self.source in NAMED_SOURCES and not self.detail:
            raise UsageError(f"The password is {SOURCES[self.source]}, which is not named.", hint="Fill in that field.")
        try:
            return replace(read_profile(self.name or "new", self.said()), name=self.name)
        except Mistake as mistake:
            field = _NAMES.get(name := mistake.key.rpartition(".")[2], name)
            raise UsageError(f"The {field} {mistake.what}.", hint=mistake.hint) from None


def form_of(profile: Profile) -> tuple[ConnectForm, str]:
    """The fields of a profile, and the password that its address has, though it should not."""
    said = dict(profile.said)
    source = next((key for key in SOURCES if key and said.get(key)), "")
    form = ConnectForm(
        name=profile.name,
        user=str(said.get("user", "")),
        source=source,
        detail=str(said[source]) if source in NAMED_SOURCES else "",
        color=profile.color,
        separator=":" if profile.separator is None else profile.separator,
        theme=profile.theme,
    )
    form, password = absorbed(form, profile.url)
    return form, password


def absorbed(form: ConnectForm, address: str) -> tuple[ConnectForm, str]:
    """A form with an address, whose user and options go into the fields that are theirs.

    Args:
        form: as it is.
        address: as a person wrote or pasted it.

    Returns:
        The form, and the password that stood in the address; empty where none did.
    """
    scheme, mark, rest = address.partition("://")
    head, question, query = (rest if mark else address).partition("?")
    head, path = _without_socket(address, head)
    credentials, at, host = head.rpartition("@")
    user, _, password = credentials.partition(":")
    if at:
        form = replace(form, user=unquote(user) or form.user)
    rest_of_query = []
    for part in query.split("&") if question else ():
        name, _, value = part.partition("=")
        if name in _TEXTS:
            form = replace(form, **{name: unquote(value)})  # type: ignore[arg-type]  # these are texts
        elif name in _FLAGS:
            form = replace(form, **{name: value.lower() in ("yes", "true", "on", "1")})  # type: ignore[arg-type]
        else:
            rest_of_query.append(part)
    kept = f"?{'&'.join(rest_of_query)}" if rest_of_query else ""
    prefix = f"{scheme}{mark}" if mark else ""
    return replace(form, address=f"{prefix}{host}{path}{kept}"), unquote(password)


def _without_socket(address: str, head: str) -> tuple[str, str]:
    """The part of an address that may have a user, and the path of a socket, in which an ``@`` is a letter."""
    if not address.startswith(("unix://", "/")):
        return head, ""
    place, slash, path = head.partition("/")
    return place, f"{slash}{path}"


def is_whole(address: str) -> bool:
    """Whether an address has parts that belong into other fields, and is typed to their end."""
    head, _, query = address.partition("?")
    head, _ = _without_socket(address, head.removeprefix("unix://"))
    names = {part.partition("=")[0] for part in query.split("&")[:-1]} | (
        {query.rpartition("&")[2].partition("=")[0]} if query.endswith(("=yes", "=no")) else set()
    )
    return "@" in head or bool(names & {*_TEXTS, *_FLAGS})


def with_password(url: str, password: str | None) -> str:
    """An address that has a password, for whoever opens it; the same where there is none."""
    if not password:
        return url
    scheme, mark, rest = url.partition("://")
    head, question, query = rest.partition("?")  # in which ssh=user@host may stand
    place, slash, path = head.partition("/")
    credentials, _, host = place.rpartition("@")
    user = credentials.partition(":")[0]
    return f"{scheme}{mark}{user}:{quote(password, safe='')}@{host}{slash}{path}{question}{query}"
