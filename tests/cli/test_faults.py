"""The command line and servers at their worst: a sentence, an exit status, and an end."""

from __future__ import annotations

import socket
import subprocess
import sys
from typing import TYPE_CHECKING

from redis_tui.cli import run_cli
from redis_tui.session import wire
from tests.conformance.real_server import running

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_server_that_says_nothing_is_status_3(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "ANSWER_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as mute:  # the kernel takes connections for it
        port = mute.getsockname()[1]
        assert run_cli(["exec", "--url", f"redis://127.0.0.1:{port}", "PING"]) == 3
    said = capfd.readouterr().err
    assert f"127.0.0.1:{port} took the connection, but has not answered" in said
    assert "try again later" in said


def test_a_server_that_dies_under_a_script_is_status_3(tmp_path: Path) -> None:
    script = tmp_path / "spin.lua"
    script.write_text("while true do end")
    with running("valkey-9", "--busy-reply-threshold", "20") as server, server.connect() as other:
        url = f"redis://127.0.0.1:{server.port}"
        argv = [sys.executable, "-m", "redis_tui", "run", str(script), "--url", url]
        with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
            said = b"+PONG"
            while said.startswith(b"+PONG"):
                other.sendall(b"PING\r\n")
                said = other.recv(1000)
            assert said.startswith(b"-BUSY")
            server.process.kill()
            _, complaint = program.communicate(timeout=60)
    assert program.returncode == 3
    assert "broke" in complaint
    assert "Whether spin ran, and how far, is not known: look at its keys before you run it again." in complaint
    assert "Traceback" not in complaint
