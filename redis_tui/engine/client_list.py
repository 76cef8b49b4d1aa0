"""CLIENT LIST's lines, and the filters that it shares with CLIENT KILL.

What only a socket's owner could know (buffers, the file descriptor) is shown as 0 or -1
where there is no socket, so that whoever parses the lines finds every field of a real server.
"""

from __future__ import annotations

from dataclasses import field, fields
from typing import TYPE_CHECKING, Final

from redis_tui.engine.client_memory import Figures, figures
from redis_tui.engine.pubsub import Kind, Subscriptions
from redis_tui.errors import CommandError, SyntaxFault
from redis_tui.record import dataclass
from redis_tui.spec.decode import decode_int

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from redis_tui.engine.client import Client
    from redis_tui.engine.context import Ctx

_NEVER_NEGATED = frozenset((b"NOT-MAXAGE", b"NOT-IDLE"))
_SIZES = tuple(one.name for one in fields(Figures))
_TYPES = (b"normal", b"master", b"replica", b"slave", b"pubsub")


def client_line(ctx: Ctx, client: Client) -> bytes:
    """One client as CLIENT LIST shows it, with its line end."""
    now_ms, dialect, transaction = ctx.now_ms, ctx.dialect, client.transaction
    queue = transaction.queue if transaction is not None else []
    sizes = figures(ctx.engine, client, asks=client is ctx.client)
    shown: list[tuple[str, object]] = [
        ("id", client.id),
        ("addr", client.addr.decode("latin-1")),
        ("laddr", client.laddr.decode("latin-1")),
        ("fd", client.fd),
        ("name", client.name.decode("latin-1")),
        ("age", max(0, now_ms - client.created_ms) // 1000),
        ("idle", max(0, now_ms - client.last_active_ms) // 1000),
        ("flags", _flags(client)),
        *([("capa", client.capabilities)] if dialect.is_valkey else []),
        ("db", client.ctx.db.index),
        *_subscriptions(client),
        ("multi", -1 if transaction is None else len(queue)),
        *([("watch", len(client.watched))] if dialect.at_least("7.4.0", valkey="8.0.0") else []),
        *((one.replace("_", "-"), getattr(sizes, one)) for one in _SIZES),
        ("events", "r"),
        ("cmd", client.last_command),
        ("user", client.user.decode("latin-1")),
        ("redir", -1 if client.tracking is None else client.tracking.redirect),
        ("resp", client.resp),
        ("lib-name", client.lib_name.decode("latin-1")),
        ("lib-ver", client.lib_version.decode("latin-1")),
        *([("io-thread", 0)] if dialect.at_least("8.0.0", valkey="99") else []),
    ]
    if dialect.at_least("8.2.0", valkey="8.0.0"):
        # The command that asks is not counted yet.
        sent = client.commands - (client is ctx.client)
        shown += [("tot-net-in", client.net_in), ("tot-net-out", client.net_out), ("tot-cmds", sent)]
    return " ".join(f"{name}={value}" for name, value in shown).encode("latin-1") + b"\n"


def _flags(client: Client) -> str:
    tracking = client.tracking
    marks = (
        ("O", client.monitoring),
        ("P", bool(client.subscriptions)),
        ("x", client.transaction is not None),
        ("b", client.blocked is not None),
        ("t", tracking is not None),
        ("R", tracking is not None and tracking.broken),
        ("B", tracking is not None and tracking.broadcast),
        ("d", client.watch_broken),
        ("A", client.closing),
        ("e", client.no_evict),
        ("T", client.no_touch),
        ("I", client.import_source),
    )
    return "".join(mark for mark, holds in marks if holds) or "N"


def _subscriptions(client: Client) -> list[tuple[str, object]]:
    own = client.subscriptions or Subscriptions()
    return [
        ("sub", len(own.by_kind[Kind.CHANNEL])),
        ("psub", len(own.by_kind[Kind.PATTERN])),
        ("ssub", len(own.by_kind[Kind.SHARD])),
    ]


def _type(client: Client) -> bytes:
    """As CLIENT LIST TYPE tells clients apart; a MONITOR counts as a replica."""
    if client.monitoring:
        return b"replica"
    return b"pubsub" if client.subscriptions else b"normal"


@dataclass(slots=True)
class Filter:
    """Which clients are meant."""

    skip_me: bool
    tests: list[Callable[[Client], bool]] = field(default_factory=list)

    def takes(self, ctx: Ctx, client: Client) -> bool:
        """Whether this client is one of them."""
        if self.skip_me and client is ctx.client:
            return False
        return all(test(client) for test in self.tests)


def parse_filters(ctx: Ctx, args: Sequence[bytes], *, listing: bool) -> Filter:
    """Reads ``TYPE normal``, ``ID 3 ADDR 127.0.0.1:4000 SKIPME no`` and so on.

    Args:
        ctx: the caller; Valkey knows more filters and takes all of them in CLIENT LIST as well.
        args: what follows the subcommand.
        listing: for CLIENT LIST.

    Raises:
        CommandError: with the server's own text.
    """
    valkey = ctx.dialect.is_valkey
    if listing and not valkey:
        return _redis_list_filter(args)
    found = Filter(skip_me=not listing)
    rest = list(args)
    while rest:
        word = rest.pop(0).upper()
        if not rest:
            raise SyntaxFault
        if word == b"SKIPME":
            found.skip_me = _yes_or_no(rest.pop(0))
            continue
        negated = valkey and word.startswith(b"NOT-") and word not in _NEVER_NEGATED
        kind = word[4:] if negated else word
        if kind == b"ID":
            test = _of_ids(_take_ids(rest, several=valkey))
        else:
            test = _test(ctx, kind, rest.pop(0), more=valkey, negated=negated)
        found.tests.append(_unless(test) if negated else test)
    return found


def _redis_list_filter(args: Sequence[bytes]) -> Filter:
    """Redis takes one filter only: a type, or ids to the end."""
    word, values = args[0].upper(), args[1:]
    if word == b"TYPE" and len(values) == 1:
        return Filter(skip_me=False, tests=[_of_type(values[0], primary=False)])
    if word == b"ID" and values:
        ids = {decode_int(value, "ERR Invalid client ID") for value in values}
        return Filter(skip_me=False, tests=[_of_ids(ids)])
    raise SyntaxFault


def _take_ids(rest: list[bytes], *, several: bool) -> set[int]:
    """Takes one id, in Valkey as many as there are."""
    fault = "ERR client-id should be greater than 0"
    if several and not rest[0].lstrip(b"-").isdigit():
        raise SyntaxFault
    ids: set[int] = set()
    while rest and (not ids or (several and rest[0].isdigit())):
        number = decode_int(rest.pop(0), fault)
        if number <= 0:
            raise CommandError(fault)
        ids.add(number)
    return ids


def _unless(test: Callable[[Client], bool]) -> Callable[[Client], bool]:
    return lambda client: not test(client)


def _test(ctx: Ctx, word: bytes, value: bytes, *, more: bool, negated: bool) -> Callable[[Client], bool]:
    """One filter but ID and SKIPME.

    Args:
        ctx: the caller.
        word: which filter.
        value: what follows it.
        more: those that only Valkey has count as well.
        negated: it came with NOT-, which refusals tell; the test is that of the filter itself.
    """
    now_ms = ctx.now_ms
    if word == b"ADDR":
        return lambda client: client.addr == value
    if word == b"LADDR":
        return lambda client: client.laddr == value
    if word == b"TYPE":
        return _of_type(value, primary=more)
    if word == b"USER":
        if value not in ctx.engine.acl.users:
            raise CommandError(b"ERR No such user '%b'" % value)
        return lambda client: client.user == value
    if word == b"MAXAGE":
        age_ms = _seconds(value, b"maxage") * 1000
        return lambda client: now_ms - client.created_ms >= age_ms
    if not more:
        raise SyntaxFault
    if word == b"NAME":
        return lambda client: client.name == value
    if word == b"DB":
        return _of_database(ctx, value, "NOT-DB" if negated else "DB")
    if word == b"CAPA":
        return _of_letters(value, b"capa", b"NOT-CAPA" if negated else b"provided")
    if word == b"FLAGS":
        return _of_letters(value, b"flags", b"NOT-FLAGS" if negated else b"provided")
    if word == b"LIB-NAME":
        return lambda client: client.lib_name == value
    if word == b"LIB-VER":
        return lambda client: client.lib_version == value
    if word == b"IP":
        return lambda client: client.addr.rpartition(b":")[0] == value
    if word == b"IDLE":
        idle_ms = _seconds(value, b"idle") * 1000
        return lambda client: now_ms - client.last_active_ms >= idle_ms
    raise SyntaxFault


def _of_ids(ids: set[int]) -> Callable[[Client], bool]:
    return lambda client: client.id in ids


def _of_type(name: bytes, *, primary: bool) -> Callable[[Client], bool]:
    """There are no masters here, so that type is known and matches nobody."""
    known = (*_TYPES, b"primary") if primary else _TYPES
    if name.lower() not in known:
        raise CommandError(b"ERR Unknown client type '%b'" % name)
    wanted = b"replica" if name.lower() == b"slave" else name.lower()
    return lambda client: _type(client) == wanted


def _of_database(ctx: Ctx, value: bytes, name: str) -> Callable[[Client], bool]:
    index, last = decode_int(value, f"ERR {name} is not an integer or out of range"), len(ctx.space.databases) - 1
    if not 0 <= index <= last:
        raise CommandError(f"ERR {name} number should be between 0 and {last}")
    return lambda client: client.ctx.db.index == index


def _of_letters(value: bytes, what: bytes, named: bytes) -> Callable[[Client], bool]:
    """Clients with all of these letters; ``named`` is what a refusal calls the filter."""
    known, has = _LETTERS[what]
    if not set(value) <= set(known):
        raise CommandError(b"ERR Unknown %b found in the %b filter: %b" % (what, named, value))
    wanted = set(value.decode("latin-1"))
    return lambda client: wanted <= set(has(client))


_LETTERS: Final[dict[bytes, tuple[bytes, Callable[[Client], str]]]] = {
    b"flags": (b"bcdeirtuxABEIMNOPRSTU", _flags),
    b"capa": (b"r", lambda client: client.capabilities),
}
"""Every letter that Valkey knows, and those that a client has."""


def _seconds(text: bytes, what: bytes) -> int:
    number = decode_int(text, (b"ERR %b is not an integer or out of range" % what).decode())
    if number <= 0:
        raise CommandError(b"ERR %b should be greater than 0" % what)
    return number


def _yes_or_no(text: bytes) -> bool:
    answers = {b"yes": True, b"no": False}
    if text.lower() not in answers:
        raise SyntaxFault
    return answers[text.lower()]
