"""One connection to a real server, with every reply's type kept.

redis-py makes the connection: URL, TLS, unix sockets, HELLO, AUTH, timeouts. Its parsers
answer ``+OK`` and ``$2 OK`` alike as bytes, which a workbench must tell apart, so after the
handshake replies are read by our own parser from the same stream (through redis-py's
``parser_class``, the seam it has for this).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import redis.exceptions as faults
from redis._parsers.resp2 import _AsyncRESP2Parser
from redis.asyncio.connection import Connection, SSLConnection, UnixDomainSocketConnection, parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from redis_tui.errors import AuthError, ProtocolError, SessionError, UsageError
from redis_tui.resp.encoder import encode_command
from redis_tui.resp.parser import ReplyParser
from redis_tui.resp.types import Push, Reply
from redis_tui.session.refusal import no_answer, no_connection, no_words
from redis_tui.session.stopwatch import stopwatch
from redis_tui.spec.redact import redact_url

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from redis.asyncio.connection import AbstractConnection

    from redis_tui.session.login import Login
    from redis_tui.session.tls import Tls

CONNECT_TIMEOUT_S = 5.0
ANSWER_S = 10.0
"""Seconds that a server has for its first answers. Longer than the 5 s of busy-reply-threshold, for which one that runs
a script says nothing at all."""
_LISTEN_S = 1.0
"""Seconds that a server has to say why it takes nobody."""
_READ_SIZE = 65_536


class _TypedParser(_AsyncRESP2Parser):
    """redis-py's parser for its handshake, ours from then on."""

    def __init__(self, socket_read_size: int) -> None:
        super().__init__(socket_read_size)
        self._typed = ReplyParser()
        self._ready: deque[Reply] = deque()

    async def next_reply(self) -> Reply:
        """The next reply, out-of-band messages left aside."""
        while True:
            while self._ready:
                reply = self._ready.popleft()
                if not isinstance(reply, Push):
                    return reply
            self._typed.feed(await self.raw())
            self._ready.extend(self._typed)

    async def raw(self) -> bytes:
        """The next bytes, unparsed."""
        data: bytes = await self._stream.read(_READ_SIZE) if self._stream is not None else b""
        if not data:
            raise SessionError("The server closed the connection.")
        return data


class Through(NamedTuple):
    """The near end of a tunnel, which is on the loopback."""

    port: int
    name: str
    """For people: the host that it leads through."""


class _TlsConnection(SSLConnection):
    """redis-py's, with our own context and the name that the certificate must be for."""

    def __init__(self, *, tls: Tls, **options: Any) -> None:
        super().__init__(**options)
        self._tls = tls
        self._context = tls.context()

    def _connection_arguments(self) -> Mapping[str, Any]:
        told = {**super()._connection_arguments(), "ssl": self._context}
        return {**told, "server_hostname": self._tls.server_name} if self._tls.server_name else told

    async def send_packed_command(self, command: Any, check_health: bool = True) -> None:
        """As redis-py does, but where the other end has said why it hangs up, that is what is told.

        A write that meets the end of the connection fails by that end alone; the alert ahead of it was read already.
        """
        reader = self._reader
        try:
            await super().send_packed_command(command, check_health)
        except (faults.ConnectionError, OSError):
            reason = None if reader is None else reader.exception()
            if reason is None:
                raise
            raise faults.ConnectionError(_text(reason)) from reason


class Wire:
    """A connection that runs one command at a time.

    Args:
        url: ``redis:// rediss:// unix://``, as redis-py takes them.
        tls: how TLS is spoken, where it is.
        login: overrides what the URL says of who one is; looked at each time it connects.
        through: the server's port is found there.
        bare: send nothing beyond credentials when connecting; a server that is busy with a script
            refuses all else (CLIENT SETNAME, SELECT) and would so shut out SCRIPT KILL.
    """

    def __init__(
        self,
        url: str,
        *,
        tls: Tls | None = None,
        login: Login | None = None,
        through: Through | None = None,
        bare: bool = False,
    ) -> None:
        try:
            options: dict[str, Any] = dict(parse_url(url))
        except ValueError:
            # The parser's own text repeats a part of the address, which may be the password.
            raise UsageError(
                f"{redact_url(url)!r} is no address of a server.",
                hint="Write redis://[user:password@]host[:port][/db].",
            ) from None
        kind: type[AbstractConnection] = options.pop("connection_class", Connection)
        if tls is not None:
            kind = _TlsConnection
            options["tls"] = tls
        self.db = int(options.get("db") or 0)
        """What the URL names, whether or not it was chosen already."""
        if bare:
            options["db"] = 0
        self.target = _target(kind, options)
        if through is not None:
            if tls is not None and not tls.server_name:
                options["tls"] = replace(tls, server_name=options.get("host", "localhost"))
            self.target += f" through {through.name}"
            options |= {"host": "127.0.0.1", "port": through.port}
        self._connection: Any = kind(
            **options,
            protocol=2,
            parser_class=_TypedParser,
            client_name=None if bare else "redis-tui",
            socket_connect_timeout=CONNECT_TIMEOUT_S,
            retry=Retry(NoBackoff(), 0),
        )
        self._login = login
        self._turn = asyncio.Lock()
        self._has_answered = False

    async def connect(self) -> None:
        """Opens the connection.

        Raises:
            ConnectError: refused, unknown host, timeout, TLS.
            AuthError: the server wants other credentials.
        """
        self._connection.socket_timeout = ANSWER_S
        if self._login is not None:
            user, password = self._login.now
            self._connection.username = user or self._connection.username
            self._connection.password = self._connection.password if password is None else password
        try:
            await self._connection.connect()
            self._connection.socket_timeout = None  # the handshake's: what is written later may be large, and wait
        except (faults.AuthenticationError, faults.NoPermissionError) as error:
            raise refused_credentials(self.target, _text(error)) from None
        except (faults.TimeoutError, TimeoutError) as error:
            if "reading from" in str(error):
                raise no_words(self.target, ANSWER_S) from None
            raise no_answer(self.target, CONNECT_TIMEOUT_S, is_tls=self._is_tls) from None
        except (faults.RedisError, OSError) as error:
            said = await self._first_words() if "onnection lost" in str(error) else ""
            if isinstance(error.__context__, ConnectionError) and not str(error.__context__):
                said = said or "connection reset"  # redis-py makes a text of the error's own, and that has none
            raise no_connection(self.target, said or _text(error), is_tls=self._is_tls) from None

    @property
    def _is_tls(self) -> bool:
        return isinstance(self._connection, SSLConnection)

    async def _first_words(self) -> str:
        """What a server says to a newcomer before it hangs up: one that is full or protected gives its reason so."""
        if type(self._connection) is not Connection:
            return ""
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(_LISTEN_S):
                reader, writer = await asyncio.open_connection(self._connection.host, self._connection.port)
                with contextlib.closing(writer):
                    return (await reader.read(_READ_SIZE)).decode("utf-8", "replace").strip()
        return ""

    async def execute(self, argv: Sequence[bytes]) -> Reply:
        """Sends one command and waits for its reply.

        Raises:
            SessionError: the connection broke; `connect` may be tried again.
        """
        return (await self.pipeline([argv]))[0]

    async def pipeline(self, commands: Sequence[Sequence[bytes]]) -> list[Reply]:
        """Sends several commands at once; replies in the same order.

        Raises:
            SessionError: the connection broke.
        """
        async with self._turn:
            watch = stopwatch()
            watch = watch if watch is not None and watch.starts(commands) else None
            try:
                await self._connection.send_packed_command(b"".join(encode_command(argv) for argv in commands), False)
                if watch is not None:
                    watch.look(self._connection._writer.get_extra_info("socket"))  # noqa: SLF001  # tells it nowhere else
                replies = [await self._connection._parser.next_reply() for _ in commands]  # noqa: SLF001  # the parser we gave it
            except (faults.RedisError, OSError, ProtocolError, SessionError) as error:
                await self.close()
                raise self._broken(error) from None
            except asyncio.CancelledError:
                await self.close()  # a reply may still come: the stream is of no more use
                raise
            self._has_answered = True
            return replies

    async def send(self, argv: Sequence[bytes]) -> None:
        """Sends a command without waiting for its reply; for a connection that `receive` reads.

        Raises:
            SessionError: the connection broke, or was closed.
        """
        if not self.is_open:
            raise SessionError(f"The connection to {self.target} is closed.")
        try:
            await self._connection.send_packed_command(encode_command(argv), False)
        except (faults.RedisError, OSError) as error:
            raise self._broken(error) from None

    async def receive(self) -> bytes:
        """The next bytes of a connection that listens, as they come.

        Raises:
            SessionError: the connection broke.
        """
        try:
            data: bytes = await self._connection._parser.raw()  # noqa: SLF001  # the parser we gave it
        except (faults.RedisError, OSError, SessionError) as error:
            raise self._broken(error) from None
        return data

    async def next_reply(self) -> Reply:
        """The next reply of a connection that answers in more than one.

        Raises:
            SessionError: the connection broke.
        """
        try:
            reply: Reply = await self._connection._parser.next_reply()  # noqa: SLF001  # the parser we gave it
        except (faults.RedisError, OSError, ProtocolError, SessionError) as error:
            await self.close()
            raise self._broken(error) from None
        return reply

    def _broken(self, error: Exception) -> SessionError:
        if not self._has_answered and self._is_tls:
            # TLS 1.3 refuses a client's certificate only once the client believes that it is in.
            return no_connection(self.target, _text(error), is_tls=True)
        return SessionError(f"The connection to {self.target} broke: {_text(error)}.", hint="Connect again to go on.")

    @property
    def is_gone(self) -> bool:
        """Whether the other end has hung up, which may show while nobody waits for a reply."""
        reader = self._connection._reader  # noqa: SLF001  # redis-py tells it by no method of its own
        return reader is not None and bool(reader.at_eof())

    @property
    def is_open(self) -> bool:
        return bool(self._connection.is_connected)

    async def close(self) -> None:
        """Closes the connection; may be called twice."""
        await self._connection.disconnect(nowait=True)


_WANTS_NONE = "without any password configured"


def refused_credentials(target: str, said: str) -> AuthError:
    """What is raised where a server wants other credentials.

    Args:
        target: which server.
        said: its own words.
    """
    if _WANTS_NONE in said:
        return AuthError(f"{target} has no password, and was given one.", hint="Leave the password out.")
    return AuthError(
        f"{target} refused the credentials: {said.rstrip('.?')}.",
        hint="Give both in the URL (redis://user:password@host), a password in REDISCLI_AUTH, or let --askpass ask.",
    )


def _target(kind: type[AbstractConnection], options: dict[str, Any]) -> str:
    if kind is UnixDomainSocketConnection:
        return f"{options.get('path', '')}"
    suffix = " (TLS)" if issubclass(kind, SSLConnection) else ""
    return f"{options.get('host', 'localhost')}:{options.get('port', 6379)}{suffix}"


def _text(error: Exception) -> str:
    return str(error).strip().rstrip(".") or type(error).__name__
