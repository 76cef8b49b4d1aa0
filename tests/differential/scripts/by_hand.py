"""``python -m tests.differential scripts``: the corpus of scripts against any server.

::

    scripts                                         Redis 8 and Valkey 9 of the test extras
    scripts redis-7.2=/usr/local/bin/redis-server   another binary, started for this; --file errors plays errors.txt only
    scripts redis-7.2=7000                          one that runs there. ALL ITS DATA, SCRIPTS AND FUNCTIONS ARE DELETED
"""

from __future__ import annotations

import argparse
import contextlib
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.conformance.real_server import running
from tests.differential.play import Ours, Theirs
from tests.differential.scripts.corpus import DIALECTS, for_dialect, read
from tests.differential.scripts.player import differences

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FILES = sorted(Path(__file__).parent.glob("*.txt"))


def main(words: Sequence[str]) -> int:
    """Plays as told by the words behind ``scripts``; 1 where something differs."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.differential scripts",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("servers", nargs="*", default=["redis-8", "valkey-9"], metavar="DIALECT[=PORT|BINARY]")
    parser.add_argument("--file", action="append", help="name of a file of the corpus; may come again; default: all")
    told = parser.parse_args(words)
    files = [path for path in FILES if not told.file or path.stem in told.file]
    differing = [server for server in told.servers if _play(server, files)]
    return int(bool(differing))


def _play(server: str, files: Sequence[Path]) -> bool:
    dialect, _, place = server.partition("=")
    if dialect not in DIALECTS:
        raise SystemExit(f"there is no dialect {dialect}: {', '.join(DIALECTS)}")
    differing = count = 0
    for path in files:
        scripts = for_dialect(read(path), dialect)
        count += len(scripts)
        with connected(dialect, place) as sock:
            found = differences(scripts, dialect, Ours(dialect), Theirs(sock))
        differing += len(found)
        for told in found:
            sys.stdout.write(f"{path.name}: {told}\n\n")
    sys.stdout.write(f"{dialect}: {count} scripts, {differing} differ\n")
    return bool(differing)


@contextlib.contextmanager
def connected(dialect: str, place: str) -> Iterator[socket.socket]:
    if place.isdigit():
        with socket.create_connection(("127.0.0.1", int(place)), timeout=60) as sock:
            yield sock
        return
    with running(dialect, program=place or None) as server, server.connect() as sock:
        yield sock
