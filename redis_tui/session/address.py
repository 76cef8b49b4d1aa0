"""An address taken apart: where the server is, and what is said about the way to it.

Pure: opens nothing. All that can be said about a way to a server can be said in its address, and what the command
line says with options is written into it (`with_options`), so that a face which shows an address, or opens it again,
forgets none of it.

The decision a reader would question: an option that is not known is refused. redis-py would hand it on to a
constructor, which ends in a traceback, and a misspelt ``?cacrt=`` would silently trust whom nobody named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote

from redis_tui.errors import UsageError
from redis_tui.record import dataclass
from redis_tui.session.tls import Tls
from redis_tui.spec.redact import redact_url

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMES: Final = {"redis": "redis", "rediss": "rediss", "valkey": "redis", "valkeys": "rediss", "unix": "unix"}
"""What a person writes, and what the wire makes of it."""
_OF_TLS: Final = {"cacert": "ca_file", "cacertdir": "ca_folder", "cert": "cert", "key": "key", "sni": "server_name"}
"""Options of TLS as redis-cli names them, and the fields of `Tls`."""
_OF_SENTINELS: Final = ("role", "sentinel_user", "sentinel_password")
_OF_THE_WIRE: Final = ("db", "username", "password")
"""Options that redis-py reads."""
_OTHER_NAMES: Final = {
    "ssl_ca_certs": "cacert",
    "ssl_ca_path": "cacertdir",
    "ssl_certfile": "cert",
    "ssl_keyfile": "key",
    "tls-insecure": "insecure",
}
"""What others call them."""
_KNOWN: Final = (*_OF_TLS, "insecure", "ssh", *_OF_SENTINELS, *_OF_THE_WIRE)
_YES: Final = {**dict.fromkeys(("yes", "true", "on", "1"), True), **dict.fromkeys(("no", "false", "off", "0"), False)}


@dataclass(frozen=True, slots=True)
class Sentinels:
    """Whom to ask where a master is."""

    hosts: tuple[str, ...]
    """``host:port`` each."""
    name: str
    """Of the master."""
    replica: bool = False
    """One of its replicas is wanted."""
    user: str = ""
    password: str = ""
    """The sentinels' own."""

    def url(self, host: str) -> str:
        """Where one of them is, for the wire, which is told of TLS otherwise."""
        credentials = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}@" if self.password else ""
        return f"redis://{credentials}{host}"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server is, and how it is reached."""

    plain: str
    """What the wire takes: ``redis:// rediss:// unix://``, with credentials, without what is told below."""
    tls: Tls | None = None
    """None where none is spoken."""
    sentinels: Sentinels | None = None
    """They know where it is; ``plain`` has the name of the master in place of a host."""
    ssh: str = ""
    """``[user@]host[:port]`` that it is reached through; empty where there is none between."""

    @property
    def shown(self) -> str:
        """For people: without secrets."""
        return redact_url(self.plain)

    @property
    def host_and_port(self) -> str:
        """Where it is, whoever asks."""
        place = self.plain.partition("://")[2].partition("?")[0].partition("/")[0].rpartition("@")[2] or "localhost"
        return place if _has_port(place) else f"{place}:6379"

    def at(self, host: str, port: int) -> str:
        """What the wire takes, once it is known where the server is."""
        scheme, _, rest = self.plain.partition("://")
        head, _, path = rest.partition("/")
        credentials, at, _ = head.rpartition("@")
        where = f"[{host}]" if ":" in host else host
        return f"{scheme.partition('+')[0]}://{credentials}{at}{where}:{port}/{path}"


def read_address(url: str) -> Address:
    """Takes an address apart.

    Args:
        url: of a server; ``host:port`` alone is taken as ``redis://host:port``.

    Raises:
        UsageError: it is of no known kind, or says something that is not known.
    """
    scheme, mark, rest = url.partition("://")
    if not mark:
        scheme, rest = "redis", url
    scheme, plus, through = scheme.partition("+")
    if SCHEMES.get(scheme) is None or (plus and (through != "sentinel" or scheme == "unix")):
        raise UsageError(
            f"{scheme}{plus}{through}:// is no address that redis-tui knows.",
            hint="Use memory://, redis://, rediss://, valkey://, unix://, redis+cluster:// or redis+sentinel://.",
        )
    rest, _, query = rest.partition("?")
    options = _options(query)
    kept = "&".join(f"{name}={quote(options[name])}" for name in _OF_THE_WIRE if name in options)
    tls = _tls(options, is_spoken=SCHEMES[scheme] == "rediss")
    sentinels = None
    if plus:
        rest, sentinels = _sentinels(rest, options)
    elif said := next((name for name in _OF_SENTINELS if name in options), ""):
        raise UsageError(f"{said} is for sentinels.", hint="Write redis+sentinel://HOST:PORT/NAME.")
    db = "" if scheme == "unix" else rest.rpartition("@")[2].partition("/")[2]
    if db and not db.isdecimal():
        # The wire takes what is no number for database 0, where a mistyped address would write.
        raise UsageError(f"{unquote(db)!r} is no database.", hint=f"Write its number: {scheme}://HOST:PORT/0.")
    plain = f"{SCHEMES[scheme]}{plus}{through}://{rest}{'?' if kept else ''}{kept}"
    ssh = options.get("ssh", "")
    if ssh and scheme == "unix":
        raise UsageError(
            "A socket of this machine is not reached through ssh.",
            hint="Name the server as the other host sees it, redis://HOST:PORT?ssh=….",
        )
    return Address(plain, tls=tls, sentinels=sentinels, ssh=ssh)


def _sentinels(rest: str, options: Mapping[str, str]) -> tuple[str, Sentinels]:
    """Takes ``[user:password@]host:port[,host:port]/NAME[/db]`` apart.

    Returns:
        The same with the name in place of the hosts, and whom to ask.
    """
    head, _, path = rest.partition("/")
    credentials, at, hosts = head.rpartition("@")
    name, _, db = path.partition("/")
    role = options.get("role", "master")
    if not name or not hosts:
        raise UsageError(
            "Which master? Sentinels know several by name.", hint="Write redis+sentinel://HOST:PORT,HOST:PORT/NAME/DB."
        )
    if role not in ("master", "replica"):
        raise UsageError(f"role is master or replica, not {role!r}.", hint="Write ?role=replica behind the address.")
    asked = Sentinels(
        tuple(host if _has_port(host) else f"{host}:26379" for host in hosts.split(",") if host),
        unquote(name),
        replica=role == "replica",
        user=options.get("sentinel_user", ""),
        password=options.get("sentinel_password", ""),
    )
    return f"{credentials}{at}{name}/{db or '0'}", asked


def _has_port(host: str) -> bool:
    return ":" in host.rpartition("]")[2]


def is_cluster(url: str) -> bool:
    """Whether an address is of a cluster, by its scheme: ``redis+cluster``."""
    scheme, mark, _ = url.partition("://")
    kind, _, more = scheme.partition("+")
    return bool(mark) and more == "cluster" and kind in SCHEMES and kind != "unix"


def with_options(url: str, options: Mapping[str, str], *, tls: bool = False) -> str:
    """An address that says more; what it says of an option already is said anew.

    Args:
        url: as a person gave it.
        options: names and values.
        tls: speak TLS, even where the address does not say so.

    Raises:
        UsageError: there is no TLS on that kind of address.
    """
    if tls:
        url = _over_tls(url)
    if not options:
        return url
    head, _, query = url.partition("?")
    parts = [part for part in query.split("&") if part and _name(part) not in options]
    parts += [f"{name}={quote(value)}" for name, value in options.items()]
    return f"{head}?{'&'.join(parts)}"


def _over_tls(url: str) -> str:
    scheme, mark, rest = url.partition("://")
    if not mark:
        return f"rediss://{url}"
    kind, plus, more = scheme.partition("+")
    other = {"redis": "rediss", "valkey": "valkeys", "rediss": "rediss", "valkeys": "valkeys"}.get(kind)
    if other is None:
        raise UsageError(f"There is no TLS on {scheme}://.", hint="Leave --tls out, or name a host and a port.")
    return f"{other}{plus}{more}://{rest}"


def _options(query: str) -> dict[str, str]:
    options = {}
    if "@" in query.partition("&")[0].partition("=")[0]:  # the rest of a password, which is not to be shown
        raise UsageError("The address has a ? before its host.", hint="In a password it is written %3F, a slash %2F.")
    for part in filter(None, query.split("&")):
        name = _name(part)
        value = unquote(part.partition("=")[2])
        if name == "ssl_cert_reqs":
            name, value = "insecure", "yes" if value.lower() == "none" else "no"
        if name not in _KNOWN:
            raise UsageError(f"{name} is nothing that an address can say.", hint=f"Known: {', '.join(_KNOWN)}.")
        options[name] = value
    return options


def _name(part: str) -> str:
    name = part.partition("=")[0]
    return _OTHER_NAMES.get(name, name)


def _tls(options: Mapping[str, str], *, is_spoken: bool) -> Tls | None:
    said = [name for name in (*_OF_TLS, "insecure") if name in options]
    if not is_spoken:
        if said:
            raise UsageError(
                f"{said[0]} is about TLS, which this address does not speak.", hint="Write rediss://, or add --tls."
            )
        return None
    fields = {field: options[name] for name, field in _OF_TLS.items() if name in options}
    return Tls(**fields, insecure=_is_yes("insecure", options.get("insecure", "no")))


def _is_yes(name: str, value: str) -> bool:
    if value.lower() not in _YES:
        raise UsageError(f"{name} is yes or no.", hint=f"Write ?{name}=yes behind the address.")
    return _YES[value.lower()]
