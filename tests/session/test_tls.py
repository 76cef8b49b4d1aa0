"""TLS with a real server behind a door that speaks it: who is trusted, and each way in which that fails, told apart."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import trustme

from redis_tui.cli import run_cli
from redis_tui.errors import ConnectError, FileError, UsageError
from redis_tui.resp.types import Status
from redis_tui.session.address import read_address, with_options
from redis_tui.session.open import open_session
from redis_tui.session.tls import Tls
from redis_tui.session.wire import Wire
from tests.proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conformance.real_server import RealServer


class Files:
    """An authority, its file, and certificates from it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.authority = trustme.CA()
        self.ca = str(folder / "ca.pem")
        self.authority.cert_pem.write_to_path(self.ca)

    def door(self, host: str = "127.0.0.1", *, wants: trustme.CA | None = None, days: int = 1) -> ssl.SSLContext:
        """What a server shows; ``wants``: only whoever has a certificate of that authority comes in."""
        now = dt.datetime.now(dt.UTC)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        until = now + dt.timedelta(days=days)
        since = until - dt.timedelta(days=2)
        self.authority.issue_cert(host, not_before=since, not_after=until).configure_cert(context)
        if wants is not None:
            wants.configure_trust(context)
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def mine(self, authority: trustme.CA | None = None) -> str:
        """``cert=…&key=…`` of a client."""
        issued = (authority or self.authority).issue_cert("client@example.org")
        cert, key = self._folder / "cert.pem", self._folder / "key.pem"
        issued.cert_chain_pems[0].write_to_path(str(cert))
        issued.private_key_pem.write_to_path(str(key))
        return f"cert={cert}&key={key}"


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


async def ping(url: str) -> object:
    session = await open_session(url)
    try:
        return await session.execute([b"PING"])
    finally:
        await session.close()


@pytest.mark.parametrize("scheme", ["rediss", "valkeys"])
async def test_a_server_of_a_known_authority_is_talked_to(real_redis: RealServer, files: Files, scheme: str) -> None:
    async with Proxy(real_redis.port, tls=files.door()) as door:
        assert await ping(f"{scheme}://127.0.0.1:{door.port}?cacert={files.ca}") == Status(b"PONG")


async def test_an_unknown_authority_is_refused_unless_told_otherwise(real_redis: RealServer, files: Files) -> None:
    async with Proxy(real_redis.port, tls=files.door()) as door:
        url = f"rediss://127.0.0.1:{door.port}"
        with pytest.raises(ConnectError, match=r"an authority that this machine does not know. Name .*--cacert FILE"):
            await ping(url)
        session = await open_session(f"{url}?insecure=yes")
        assert session.info.is_unverified
        assert await session.execute([b"PING"]) == Status(b"PONG")
        await session.close()


async def test_a_certificate_for_another_host_is_taken_by_the_name_it_is_for(
    real_redis: RealServer, files: Files
) -> None:
    async with Proxy(real_redis.port, tls=files.door("db.example.org")) as door:
        url = f"rediss://127.0.0.1:{door.port}?cacert={files.ca}"
        with pytest.raises(ConnectError, match=r"is for another host\. .*--sni NAME"):
            await ping(url)
        assert await ping(f"{url}&sni=db.example.org") == Status(b"PONG")


@pytest.mark.parametrize(("days", "told"), [(-1, "has expired"), (5, "is not valid yet")])
async def test_dates_are_told(real_redis: RealServer, files: Files, days: int, told: str) -> None:
    async with Proxy(real_redis.port, tls=files.door(days=days)) as door:
        with pytest.raises(ConnectError, match=told):
            await ping(f"rediss://127.0.0.1:{door.port}?cacert={files.ca}")


@contextmanager
def answers_once(context: ssl.SSLContext) -> Iterator[int]:
    """A door as OpenSSL has it, which says why it lets somebody not in; that of asyncio just hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        visitor, _ = listener.accept()
        visitor.settimeout(30)
        inside = context.wrap_socket(visitor, server_side=True, do_handshake_on_connect=False)
        with contextlib.suppress(OSError), inside:
            try:
                inside.do_handshake()
                inside.recv(1)
            except ssl.SSLError:
                inside.shutdown(socket.SHUT_WR)
                while inside.recv(4096):  # what is left unread would reset the connection, ahead of the reason
                    pass

    with ThreadPoolExecutor(1) as pool:
        answering = pool.submit(answer)
        yield listener.getsockname()[1]
        answering.result(timeout=60)
    listener.close()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_a_certificate_of_ours_that_is_wanted_is_asked_for(files: Files, version: ssl.TLSVersion) -> None:
    context = files.door(wants=files.authority)
    context.minimum_version = context.maximum_version = version
    wanted = r"wants a certificate of yours\. .*--cert FILE --key FILE"
    with answers_once(context) as port, pytest.raises(ConnectError, match=wanted):
        await ping(f"rediss://127.0.0.1:{port}?cacert={files.ca}")
    with answers_once(context) as port, pytest.raises(ConnectError, match="does not accept the certificate"):
        await ping(f"rediss://127.0.0.1:{port}?cacert={files.ca}&{files.mine(trustme.CA())}")


async def test_a_reason_that_was_read_is_told_where_a_write_meets_the_end() -> None:
    """With TLS 1.3 a client has begun to write before it reads why it is let go."""

    class Ended:
        """A writer whose connection ended while it wrote."""

        def writelines(self, _lines: object) -> None: ...

        async def drain(self) -> None:
            raise ConnectionResetError("Connection lost")

        def close(self) -> None: ...

    wire = Wire("redis://h:1", tls=Tls(insecure=True))
    reader = asyncio.StreamReader()
    reader.set_exception(ssl.SSLError(1, "[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] tlsv13 alert certificate required"))
    wire._connection._reader, wire._connection._writer = reader, Ended()
    with pytest.raises(ConnectError, match="wants a certificate of yours"):
        await wire.execute([b"PING"])


async def test_who_hangs_up_without_a_word_may_want_a_certificate(real_redis: RealServer, files: Files) -> None:
    context = files.door(wants=files.authority)
    async with Proxy(real_redis.port, tls=context) as door:
        with pytest.raises(ConnectError, match=r"closed the connection at once.*want a certificate of yours"):
            await ping(f"rediss://127.0.0.1:{door.port}?cacert={files.ca}")


async def test_a_stream_and_a_lost_link_go_the_same_way(real_redis: RealServer, files: Files) -> None:
    async with Proxy(real_redis.port, tls=files.door(wants=files.authority)) as door:
        session = await open_session(f"rediss://127.0.0.1:{door.port}?cacert={files.ca}&{files.mine()}")
        stream = await session.stream([b"SUBSCRIBE", b"news"])
        await stream.aclose()
        await door.cut()
        await door.restore()
        with pytest.raises(Exception, match="broke"):
            await session.execute([b"PING"])
        assert await session.execute([b"PING"]) == Status(b"PONG")
        await session.close()


async def test_who_wants_tls_and_who_speaks_none(real_redis: RealServer, files: Files) -> None:
    async with Proxy(real_redis.port, tls=files.door()) as door:
        with pytest.raises(ConnectError, match="rediss://"):
            await ping(f"redis://127.0.0.1:{door.port}")


def test_files_that_are_none_are_told_by_their_option(files: Files, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("hello")
    for tls, told in (
        (Tls(ca_file="/nowhere"), "Cannot read /nowhere: no such file or directory. Check the path given as --cacert"),
        (Tls(ca_file=str(other)), f"No certificate in PEM form was found in {other}"),
        (Tls(cert=str(other)), f"No certificate with its key in PEM form was found in {other}"),
        (Tls(ca_folder="/nowhere"), "There is no folder /nowhere"),
    ):
        with pytest.raises(FileError, match=told):
            tls.context()
    with pytest.raises(UsageError, match="without its certificate"):
        Tls(key=files.ca).context()


def test_authorities_made_by_hand_are_as_good_as_for_redis_cli(monkeypatch: pytest.MonkeyPatch) -> None:
    def of_python_3_13(**_: object) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        return context

    monkeypatch.setattr(ssl, "create_default_context", of_python_3_13)
    context = Tls().context()
    assert not context.verify_flags & ssl.VERIFY_X509_STRICT
    assert (context.check_hostname, context.verify_mode) == (True, ssl.CERT_REQUIRED)


def test_an_address_says_all_that_the_options_say() -> None:
    url = with_options("h:1/2?insecure=no", {"cacert": "/a b", "insecure": "yes"}, tls=True)
    assert url == "rediss://h:1/2?cacert=/a%20b&insecure=yes"
    address = read_address(url)
    assert (address.plain, address.tls) == ("rediss://h:1/2", Tls(ca_file="/a b", insecure=True))


def test_what_an_address_cannot_say_is_refused() -> None:
    for url, told in (
        ("rediss://h?cacrt=f", "cacrt is nothing that an address can say. Known: cacert"),
        ("redis://:se?cret@h", "In a password it is written %3F, a slash %2F"),
        ("redis://h?sni=x", "sni is about TLS, which this address does not speak. Write rediss://, or add --tls"),
        ("rediss://h?insecure=perhaps", "insecure is yes or no"),
        ("http://h", "http:// is no address"),
    ):
        with pytest.raises(UsageError, match=told):
            read_address(url)
    with pytest.raises(UsageError, match="There is no TLS on unix://"):
        with_options("unix:///s", {}, tls=True)


async def test_the_command_line_says_what_redis_cli_says_and_tells_of_an_unchecked_certificate(
    real_redis: RealServer, files: Files, capfd: pytest.CaptureFixture[str]
) -> None:
    async with Proxy(real_redis.port, tls=files.door()) as door:
        url = f"127.0.0.1:{door.port}"
        words = ["exec", "--tls", "--url", url]
        assert await asyncio.to_thread(run_cli, [*words, "--cacert", files.ca, "PING"]) == 0
        assert capfd.readouterr() == ("PONG\n", "")
        assert await asyncio.to_thread(run_cli, [*words, "--insecure", "PING"]) == 0
        told = f"redis-tui: The certificate of {url} was not checked: anybody may have answered.\n"
        assert capfd.readouterr() == ("PONG\n", told)
