"""Which scripts the engine's cache keeps, by server: what INFO counts and SCRIPT EXISTS knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from redis_tui.engine.dialect import dialect_named
from redis_tui.engine.engine import Engine
from redis_tui.scripting.cache import EVAL_LIMIT
from redis_tui.scripting.script import digest

if TYPE_CHECKING:
    from redis_tui.engine.client import Client
    from redis_tui.resp.types import Reply


class Server:
    """An engine of one dialect that has run ``return 0`` and loaded it again, and then run as many as are kept."""

    def __init__(self, dialect: str) -> None:
        self.engine = Engine(dialect=dialect_named(dialect))
        self.client: Client = self.engine.connect()
        self.run(b"SCRIPT", b"LOAD", b"return 'loaded'")
        self.run(b"EVAL", b"return 0", b"0")
        self.run(b"SCRIPT", b"LOAD", b"return 0")
        for number in range(1, EVAL_LIMIT + 2):
            self.run(b"EVAL", b"return %d" % number, b"0")

    def run(self, *argv: bytes) -> Reply:
        return self.engine.execute(self.client, argv)

    def keeps(self, *sources: bytes) -> Reply:
        return self.run(b"SCRIPT", b"EXISTS", *map(digest, sources))


@pytest.mark.parametrize(("dialect", "again", "evicted"), [("redis-8", 0, 2), ("valkey-9", 1, 1), ("redis-7.2", 1, 0)])
def test_what_came_by_eval_goes_unless_this_server_keeps_what_is_loaded_again(
    dialect: str, again: int, evicted: int
) -> None:
    server = Server(dialect)
    assert server.keeps(b"return 'loaded'", b"return 0", b"return 2") == [1, again, 1]
    assert server.engine.scripts.cache.evicted == evicted


def test_resetting_the_statistics_begins_to_count_anew() -> None:
    server = Server("redis-8")
    server.run(b"CONFIG", b"RESETSTAT")
    assert server.engine.scripts.cache.evicted == 0
