"""Connections: who a client is, and what it may find out or do about others.

CLIENT's subcommands that reach into the flow of commands are in `client_control`, those
for a cache on the client's side in `client_tracking`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from redis_tui.engine.acl import DEFAULT
from redis_tui.engine.client import Silence
from redis_tui.engine.client_list import Filter, client_line, parse_filters
from redis_tui.engine.module_list import modules
from redis_tui.engine.registry import command, container, printable
from redis_tui.errors import CommandError, SyntaxFault
from redis_tui.resp.types import OK, PONG, Map, Reply, Status, Verbatim
from redis_tui.spec.bind import Rest, binding
from redis_tui.spec.command import CommandFlag
from redis_tui.spec.decode import Options

if TYPE_CHECKING:
    from redis_tui.engine.client import Client
    from redis_tui.engine.context import Ctx

_OPEN = CommandFlag.LOADING | CommandFlag.STALE
_SUB = _OPEN | CommandFlag.NOSCRIPT
_ADMIN = _SUB | CommandFlag.ADMIN
_HANDSHAKE = _SUB | CommandFlag.FAST | CommandFlag.NO_AUTH | CommandFlag.ALLOW_BUSY
_PER_CLIENT = "O(N) where N is the number of client connections"
_PRINTABLE = re.compile(rb"[!-~]*")
_NOT_CONFIGURED = (
    "ERR AUTH <password> called without any password configured for the default user. "
    "Are you sure your configuration is correct?"
)
_HELLO_FIRST = (
    "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH "
    "<user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time"
)

container("client", "A container for client connection commands.", since="2.4.0", group="connection")


@command("PING [message]", since="1.0.0", flags=CommandFlag.FAST, complexity="O(1)")
@binding(excess="arity")
def ping(ctx: Ctx, message: bytes | None = None) -> Reply:
    """Returns the server's liveliness response."""
    if ctx.client.only_listens:
        return [b"pong", message or b""]
    return PONG if message is None else message


@command("ECHO message", since="1.0.0", flags=_OPEN | CommandFlag.FAST, complexity="O(1)")
def echo(_ctx: Ctx, message: bytes) -> Reply:
    """Returns the given string."""
    return message


@command("SELECT index", since="1.0.0", flags=_OPEN | CommandFlag.FAST, complexity="O(1)")
def select(ctx: Ctx, index: int) -> Reply:
    """Changes the selected database."""
    ctx.use(ctx.database(index))
    return OK


@command("QUIT", since="1.0.0", flags=_HANDSHAKE, complexity="O(1)", arity=-1)  # arguments are overlooked
def quit_(ctx: Ctx, rest: Rest) -> Reply:  # noqa: ARG001  # arguments are overlooked
    """Closes the connection."""
    ctx.client.closing = True
    return OK


@command("RESET", since="6.2.0", flags=_HANDSHAKE, complexity="O(1)")
def reset(ctx: Ctx) -> Reply:
    """Resets the connection."""
    client = ctx.client
    client.discard()
    ctx.engine.forget_listener(client)
    client.silence = Silence.NONE
    client.name = b""
    client.resp = 2
    client.no_evict = client.no_touch = client.import_source = False
    client.account = ctx.engine.acl.default
    client.authenticated = ctx.engine.acl.is_open
    client.refresh()
    ctx.use(ctx.space.databases[0])
    return Status(b"RESET")


@command(
    "AUTH [username] password",
    since="1.0.0",
    flags=_HANDSHAKE,
    complexity="O(N) where N is the number of passwords defined for the user",
)
def auth(ctx: Ctx, rest: Rest) -> Reply:
    """Authenticates the connection."""
    if len(rest) > 2:
        raise SyntaxFault
    if len(rest) == 1 and ctx.engine.acl.default.nopass:
        raise CommandError(_NOT_CONFIGURED)
    ctx.engine.acl.log_in(ctx.client, rest[0] if len(rest) == 2 else DEFAULT, rest[-1])
    return OK


@command(
    "HELLO [protover [AUTH username password] [SETNAME clientname]]",
    since="6.0.0",
    flags=_HANDSHAKE,
    complexity="O(1)",
)
def hello(ctx: Ctx, rest: Rest) -> Reply:
    """Handshakes with the Redis server."""
    client, options = ctx.client, Options(rest)
    version = options.take_int("ERR Protocol version is not an integer or out of range") if options else client.resp
    if version not in (2, 3):
        raise CommandError("NOPROTO unsupported protocol version")
    login: list[bytes] = []
    name: bytes | None = None
    while options:
        word = options.take()
        if word.upper() == b"AUTH" and len(options) >= 2:
            login = options.take_many(2)
        elif word.upper() == b"SETNAME" and options:
            name = _checked_name(options.take(), "Client names")
        else:
            raise CommandError(b"ERR Syntax error in HELLO option '%b'" % printable(word))
    if login:
        ctx.engine.acl.log_in(client, login[0], login[1])
    if not (client.authenticated or ctx.engine.acl.is_open):
        raise CommandError(_HELLO_FIRST)
    if name is not None:
        client.name = name
    client.resp = version
    return _greeting(ctx)


@command("CLIENT ID", since="5.0.0", flags=_SUB, complexity="O(1)")
def client_id(ctx: Ctx) -> Reply:
    """Returns the unique client ID of the connection."""
    return ctx.client.id


@command("CLIENT GETNAME", since="2.6.9", flags=_SUB, complexity="O(1)")
def client_getname(ctx: Ctx) -> Reply:
    """Returns the name of the connection."""
    return ctx.client.name or None


@command("CLIENT SETNAME connection-name", since="2.6.9", flags=_SUB, complexity="O(1)")
def client_setname(ctx: Ctx, connection_name: bytes) -> Reply:
    """Sets the connection name."""
    ctx.client.name = _checked_name(connection_name, "Client names")
    return OK


@command("CLIENT SETINFO <LIB-NAME libname | LIB-VER libver>", since="7.2.0", flags=_SUB, complexity="O(1)", arity=4)
def client_setinfo(ctx: Ctx, rest: Rest) -> Reply:
    """Sets information specific to the client or connection."""
    option, value = rest
    word = option.lower()
    if word not in (b"lib-name", b"lib-ver"):
        raise CommandError(b"ERR Unrecognized option '%b'" % printable(option))
    _checked_name(value, word.decode())
    if word == b"lib-name":
        ctx.client.lib_name = value
    else:
        ctx.client.lib_version = value
    return OK


@command("CLIENT INFO", since="6.2.0", flags=_SUB, complexity="O(1)")
def client_info(ctx: Ctx) -> Reply:
    """Returns information about the connection."""
    return Verbatim(client_line(ctx, ctx.client))


@command(
    "CLIENT LIST [TYPE <NORMAL | MASTER | REPLICA | PUBSUB>] [ID client-id [client-id ...]]",
    since="2.4.0",
    flags=_ADMIN,
    complexity=_PER_CLIENT,
    usages={"valkey-9": "CLIENT LIST [filter [filter ...]]"},
)
def client_list(ctx: Ctx, rest: Rest) -> Reply:
    """Lists open connections."""
    wanted = parse_filters(ctx, rest, listing=True) if rest else Filter(skip_me=False)
    shown = [client for client in ctx.engine.clients.values() if wanted.takes(ctx, client)]
    return Verbatim(b"".join(client_line(ctx, client) for client in shown))


@command(
    "CLIENT KILL <ip:port | filter [filter ...]>",
    since="2.4.0",
    flags=_ADMIN,
    complexity=_PER_CLIENT,
    arity=-3,
)
def client_kill(ctx: Ctx, rest: Rest) -> Reply:
    """Terminates open connections."""
    clients = [client for client in ctx.engine.clients.values() if not client.closing]
    if len(rest) == 1:
        found = [client for client in clients if client.addr == rest[0]]
        if not found:
            raise CommandError("ERR No such client")
        _close(ctx, found[0])
        return OK
    wanted = parse_filters(ctx, rest, listing=False)
    doomed = [client for client in clients if wanted.takes(ctx, client)]
    for client in doomed:
        _close(ctx, client)
    return len(doomed)


@command("CLIENT NO-EVICT <ON | OFF>", since="7.0.0", flags=_ADMIN, complexity="O(1)")
def client_no_evict(ctx: Ctx, enabled: Literal["on", "off"]) -> Reply:
    """Sets the client eviction mode of the connection."""
    ctx.client.no_evict = enabled == "on"
    return OK


@command("CLIENT NO-TOUCH <ON | OFF>", since="7.2.0", flags=_SUB, complexity="O(1)")
def client_no_touch(ctx: Ctx, enabled: Literal["on", "off"]) -> Reply:
    """Controls whether commands sent by the client affect the LRU/LFU of accessed keys."""
    ctx.client.no_touch = enabled == "on"
    return OK


@command(
    "CLIENT CAPA capability [capability ...]",
    since="8.0.0",
    flags=_SUB | CommandFlag.ALLOW_BUSY,
    complexity="O(1)",
    only="valkey",
)
def client_capa(ctx: Ctx, capabilities: list[bytes]) -> Reply:
    """A client claims its capability."""
    if any(one.lower() == b"redirect" for one in capabilities):  # others are overlooked
        ctx.client.capabilities = "r"
    return OK


@command("CLIENT IMPORT-SOURCE <ON | OFF>", since="8.1.0", flags=_SUB, complexity="O(1)", only="valkey")
def client_import_source(ctx: Ctx, rest: Rest) -> Reply:
    """Marks this client as an import source when the server is in import mode."""
    word = rest[0].lower()
    if word != b"off" and not ctx.config.enabled("import-mode"):
        raise CommandError("ERR Server is not in import mode")
    if word not in (b"on", b"off"):
        raise SyntaxFault
    ctx.client.import_source = word == b"on"
    return OK


def _checked_name(name: bytes, what: str) -> bytes:
    """Raises `CommandError` for anything but printable ASCII without spaces."""
    if not _PRINTABLE.fullmatch(name):
        raise CommandError(f"ERR {what} cannot contain spaces, newlines or special characters.")
    return name


def _greeting(ctx: Ctx) -> Map:
    return Map(
        [
            (b"server", ctx.dialect.server.encode()),
            (b"version", ctx.dialect.version.encode()),
            (b"proto", ctx.client.resp),
            (b"id", ctx.client.id),
            (b"mode", b"standalone"),
            (b"role", ctx.engine.replication.role),
            (b"modules", modules(ctx.dialect)),
        ]
    )


def _close(ctx: Ctx, client: Client) -> None:
    """Marks a connection as to be closed; its owner is told, unless it is the caller, who looks anyway."""
    ctx.engine.hang_up(client, now=client is not ctx.client)
