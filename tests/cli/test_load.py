"""`--load FILE`: a snapshot opens on the embedded engine, or one sentence says why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from redis_tui.cli import run_cli
from redis_tui.engine.config import Config
from redis_tui.engine.dialect import REDIS_8
from redis_tui.engine.engine import Engine
from redis_tui.errors import FileError
from redis_tui.server.listener import Listener

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    engine = Engine(config=Config(REDIS_8, dir=str(tmp_path)))
    client = engine.connect()
    for line in (b"RPUSH list a b", b"SELECT 2", b"SET k v", b"SAVE"):
        engine.execute(client, line.split())
    return tmp_path / "dump.rdb"


@pytest.fixture
def damaged(snapshot: Path) -> Path:
    path = snapshot.with_name("damaged.rdb")
    path.write_bytes(snapshot.read_bytes()[:100])
    return path


def test_exec_reads_from_a_snapshot(snapshot: Path, capfd: pytest.CaptureFixture[str]) -> None:
    before = snapshot.read_bytes()
    assert run_cli(["exec", "--load", str(snapshot), "LRANGE", "list", "0", "-1"]) == 0
    assert capfd.readouterr().out == "a\nb\n"
    assert snapshot.read_bytes() == before


def test_run_finds_the_keys_of_a_snapshot(snapshot: Path, capfd: pytest.CaptureFixture[str]) -> None:
    script = snapshot.with_name("get.lua")
    script.write_text("return redis.call('get', KEYS[1])")
    assert run_cli(["run", str(script), "k", ",", "--db", "2", "--load", str(snapshot)]) == 0
    assert capfd.readouterr().out == "v\n"


def test_a_damaged_snapshot_is_one_sentence(damaged: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["exec", "--load", str(damaged), "DBSIZE"]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith(f"redis-tui: {damaged} cannot be loaded: at byte ")
    assert " of 100, expected " in err
    assert err.endswith("Nothing was loaded.\n")
    assert err.count("\n") == 1


def test_a_snapshot_is_not_for_a_server(snapshot: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["exec", "--url", "redis://127.0.0.1:1", "--load", str(snapshot), "PING"]) == 2
    assert "A server loads no file" in capfd.readouterr().err


def test_serve_begins_with_a_snapshot(snapshot: Path) -> None:
    listener = Listener(host="127.0.0.1", port=0, dialect=REDIS_8, load=snapshot, folder=snapshot.parent)
    assert listener.engine.space.databases[2].entries == {b"k": b"v"}
    assert listener.engine.persistence.path == snapshot.resolve()
    listener.stop()
    listener.run()  # closes what it has opened


def test_serve_does_not_begin_with_a_damaged_snapshot(damaged: Path) -> None:
    with pytest.raises(FileError, match="cannot be loaded"):
        Listener(host="127.0.0.1", port=0, dialect=REDIS_8, load=damaged)


def test_the_workbench_opens_on_a_snapshot(snapshot: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []

    def workbench(opener: object, **options: object) -> int:
        opened.append((opener, options))
        return 0

    monkeypatch.setattr("redis_tui.tui.app.run_workbench", workbench)
    assert run_cli([str(snapshot)]) == 0
    assert run_cli([str(snapshot), "--load", str(snapshot)]) == 2
    assert len(opened) == 1
