"""Real programs, unmodified, on a served port: one server for all of a file's tests.

Whatever a program starts finds the port in its environment, as it would in production.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import pytest
import redis

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

ROOT = Path(__file__).parents[2]
_INSTALL: Final = ("install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline", "--fetch-retries=0")


@dataclass(frozen=True)
class Served:
    """What a program needs to know of the server."""

    port: int

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def environment(self) -> dict[str, str]:
        """For a program that is started: the server's address, and where its tasks are."""
        return {**os.environ, "REDIS_URL": self.url, "REDIS_PORT": str(self.port), "PYTHONPATH": str(ROOT)}


class Start(Protocol):
    """Starts a program that is ended after the test's file."""

    def __call__(self, *argv: str) -> subprocess.Popen[bytes]: ...


class Import(Protocol):
    """Imports a module by its name."""

    def __call__(self, name: str) -> ModuleType: ...


class Play(Protocol):
    """Plays one scenario of a script of Node's and returns what it printed as JSON."""

    def __call__(self, scenario: str) -> Any: ...


class Node(Protocol):
    """Installs packages from npm beside a script that plays scenarios with them."""

    def __call__(self, script: Path, *packages: str) -> Play: ...


@contextlib.contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=60)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    argv = [sys.executable, "-m", "redis_tui", "serve", "--port", "0"]
    folder = tmp_path_factory.mktemp("served")  # where it leaves its snapshot
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with _ended(subprocess.Popen(argv, cwd=folder, env=environment, stderr=subprocess.PIPE)) as server:
        assert server.stderr is not None
        with server.stderr as told:
            line = told.readline().decode()
            found = re.search(r":(\d+)", line)
            assert found, line
            yield Served(int(found[1]))


@pytest.fixture(scope="module")
def start(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    with contextlib.ExitStack() as stack:
        log = stack.enter_context((tmp_path_factory.mktemp("programs") / "log").open("wb"))

        def start(*argv: str) -> subprocess.Popen[bytes]:
            process = subprocess.Popen(
                argv, cwd=ROOT, env=served.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
            return stack.enter_context(_ended(process))

        yield start


@pytest.fixture(scope="module")
def imported(served: Served) -> Iterator[Import]:
    """Imports a module that reads the server's address from the environment, as the worker does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REDIS_URL", served.url)
        yield importlib.import_module


@pytest.fixture(scope="module")
def node(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Node:
    """Node and npm; where they are missing, or npm is out of reach, the tests are skipped and say why."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        pytest.skip("node and npm are not installed")

    def install(script: Path, *packages: str) -> Play:
        folder = tmp_path_factory.mktemp("node")
        (folder / "package.json").write_text("{}")
        try:
            subprocess.run(
                [npm, *_INSTALL, *packages], cwd=folder, check=True, capture_output=True, text=True, timeout=60
            )
        except subprocess.TimeoutExpired:
            pytest.skip(f"npm did not install {packages[0]} within 60 s")
        except subprocess.CalledProcessError as failure:
            pytest.skip(f"npm could not install {packages[0]}: {failure.stderr.strip()[-300:]}")
        shutil.copy(script, folder)

        def play(scenario: str) -> Any:
            argv = [node, script.name, scenario]
            done = subprocess.run(
                argv, cwd=folder, env=served.environment, capture_output=True, text=True, timeout=40, check=False
            )
            assert done.returncode == 0, done.stderr
            return json.loads(done.stdout)

        return play

    return install


@pytest.fixture
def db(served: Served) -> Iterator[redis.Redis]:
    """A connection of redis-py."""
    with redis.Redis(port=served.port) as connection:
        yield connection
