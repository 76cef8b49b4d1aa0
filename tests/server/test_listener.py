"""Starting and ending: the real program, signals, addresses that cannot be had."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from redis_tui.engine.dialect import dialect_named
from redis_tui.errors import RedisTuiError, UsageError
from redis_tui.server.listener import Listener, bind
from tests.conformance.wire import RawClient, request

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.server.conftest import Served

READY = "Ready to accept connections on 127.0.0.1:"


class Program:
    """``redis-tui serve`` in a process of its own."""

    def __init__(self, *words: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "redis_tui", "serve", "--port", "0", *words], stderr=subprocess.PIPE, text=True
        )
        assert self.process.stderr is not None
        line = self.process.stderr.readline()
        assert line.startswith(READY), line
        self.port = int(line.removeprefix(READY))

    def connect(self) -> RawClient:
        return RawClient(socket.create_connection(("127.0.0.1", self.port), timeout=60))

    def end(self, number: signal.Signals) -> tuple[int, str]:
        """Sends a signal; answers the exit status and what was said on the way out."""
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=60)
        return self.process.returncode, said


@pytest.fixture
def program() -> Iterator[Program]:
    program = Program()
    yield program
    if program.process.poll() is None:
        program.process.kill()
    program.process.communicate(timeout=60)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_status_0(program: Program, number: signal.Signals) -> None:
    client = program.connect()
    assert client.ask(b"SET", b"k", b"v") == b"+OK\r\n"
    assert program.end(number) == (0, "")
    assert client.read_to_end() == b""
    client.close()


def test_a_signal_ends_it_while_a_script_spins_that_has_written(program: Program) -> None:
    caller, other = program.connect(), program.connect()
    other.ask(b"CONFIG", b"SET", b"busy-reply-threshold", b"20")
    caller.send(request([b"EVAL", b"redis.call('SET', 'k', 1) while true do pcall(function() end) end", b"0"]) * 3)
    while not other.ask(b"PING").startswith(b"-BUSY"):
        pass
    status, said = program.end(signal.SIGTERM)
    assert status == 0
    assert {line.partition(":")[0] for line in said.splitlines()} <= {"Slow script detected"}
    caller.close()
    other.close()


def test_a_port_in_use_is_said_in_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(RedisTuiError) as caught:
            bind("127.0.0.1", port)
    assert caught.value.message == f"Port {port} on 127.0.0.1 is in use."
    assert "--port" in caught.value.hint


def test_a_host_that_does_not_exist_is_a_wrong_request() -> None:
    with pytest.raises(UsageError, match=r"There is no address for the host 'no\.such\.host\.invalid'"):
        bind("no.such.host.invalid", 0)


def test_an_address_of_another_machine_is_a_wrong_request() -> None:
    with pytest.raises(UsageError, match="is not an address of this machine"):
        bind("192.0.2.1", 0)


def test_a_port_that_cannot_be_is_a_wrong_request() -> None:
    with pytest.raises(UsageError, match="Port 65536 does not exist"):
        bind("127.0.0.1", 65536)


def test_a_name_with_two_addresses_gets_one_port() -> None:
    sockets = bind("localhost", 0)
    assert len({sock.getsockname()[1] for sock in sockets}) == 1
    for sock in sockets:
        sock.close()


def test_the_configuration_tells_the_real_port(served: Served) -> None:
    assert served.port > 0
    assert served.connect().ask(b"CONFIG", b"GET", b"port").endswith(b"\r\n%d\r\n" % served.port)


def test_shutdown_from_a_client_ends_it_without_a_reply() -> None:
    listener = Listener(host="127.0.0.1", port=0, dialect=dialect_named("redis-8"), password=None)
    thread = threading.Thread(target=listener.run)
    thread.start()
    client = RawClient(socket.create_connection(("127.0.0.1", listener.port), timeout=60))
    client.send(b"SHUTDOWN NOSAVE\r\n")
    assert client.read_to_end() == b""
    thread.join(10)
    assert not thread.is_alive()
    client.close()


def test_it_moves_to_another_port_and_stays_where_that_is_taken(served: Served) -> None:
    client = served.connect()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        used = b"%d" % taken.getsockname()[1]
        refusal = b"-ERR CONFIG SET failed (possibly related to argument 'port') - Unable to listen on this port."
        assert client.ask(b"CONFIG", b"SET", b"port", used).startswith(refusal)
    assert client.ask(b"CONFIG", b"SET", b"port", used) == b"+OK\r\n"
    assert used in client.ask(b"CONFIG", b"GET", b"port")
    with pytest.raises(ConnectionRefusedError):
        served.connect()
    served.port = int(used)
    assert served.connect().ask(b"PING") == b"+PONG\r\n"
    assert client.ask(b"CONFIG", b"SET", b"bind", b"999.999.999.999").startswith(b"-ERR CONFIG SET failed")
    assert served.connect().ask(b"PING") == b"+PONG\r\n"


def test_a_signal_saves_where_there_are_save_points(tmp_path: Path) -> None:
    program = Program("--dir", str(tmp_path))
    client = program.connect()
    assert client.ask(b"CONFIG", b"SET", b"save", b"1000 1") == b"+OK\r\n"
    client.ask(b"SET", b"k", b"v")
    assert program.end(signal.SIGTERM)[0] == 0
    assert (tmp_path / "dump.rdb").exists()
    client.close()


def test_an_end_leaves_no_draft_of_a_save_under_way(tmp_path: Path) -> None:
    program = Program("--dir", str(tmp_path))
    client = program.connect()
    assert client.ask(b"CONFIG", b"SET", b"save", b"", b"rdb-key-save-delay", b"100000000") == b"+OK\r\n"
    client.ask(b"SET", b"k", b"v")
    assert client.ask(b"BGSAVE") == b"+Background saving started\r\n"
    assert program.end(signal.SIGTERM)[0] == 0
    assert list(tmp_path.iterdir()) == []
    client.close()
