"""INFO's sections and fields against those of real servers, in their order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conformance.conftest import Ours
    from tests.conformance.wire import RawClient

WANTED = [
    b"",
    b"all",
    b"everything",
    b"clients server",
    b"tls cluster_info",
    b"modules",
    b"xyz",
    b"commandstats default",
]
CHANGING = re.compile(r"cmdstat_|latency_percentiles|errorstat_|db\d+|io_thread_|eventloop_|allocator_|io_threaded_")


@pytest.mark.parametrize("wanted", WANTED, ids=lambda wanted: wanted.decode() or "none")
def test_info_has_the_same_sections_and_fields(wanted: bytes, ours: Ours, theirs: RawClient) -> None:
    here, there = (_fields(one.ask(b"INFO", *wanted.split())) for one in (ours, theirs))
    assert here == there


def _fields(raw: bytes) -> list[str]:
    lines = [line for line in raw.decode().split("\r\n")[1:] if line]
    names = [line.partition(":")[0] for line in lines]
    return [name for name in names if not CHANGING.match(name)]
