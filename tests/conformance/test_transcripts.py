"""Plays each transcript on a real server and on the engine that speaks as it, and compares the bytes."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conformance.conftest import Ours, emptied
from tests.conformance.transcript import read, same

if TYPE_CHECKING:
    from tests.conformance.conftest import Servers
    from tests.conformance.wire import RawClient

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))
_SHOWN = 30
_PAUSE_S = 0.1
_PLAYINGS = 3
"""A machine that stops between the two sides' SET and TTL lets them differ: what differs in a playing with such
a pause is played again, and what is truly different differs in every one."""


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_the_engine_answers_as_the_server(path: Path, name: str, servers: Servers) -> None:
    for _ in range(_PLAYINGS):
        with emptied(servers.get(name)) as theirs:
            differences, longest_s = play(path, name, Ours(name), theirs)
        if not differences or longest_s < _PAUSE_S:
            break
    if differences:
        pytest.fail(f"{len(differences)} replies differ\n" + "\n".join(differences[:_SHOWN]), pytrace=False)


def play(path: Path, name: str, ours: Ours, theirs: RawClient) -> tuple[list[str], float]:
    """Asks both sides each step at once; the differences, and seconds that the longest step took."""
    differences: list[str] = []
    longest_s = 0.0
    for step in read(path):
        if step.server not in ("all", name):
            continue
        began = time.monotonic()
        here, there = ours.ask(*step.argv), theirs.ask(*step.argv)
        longest_s = max(longest_s, time.monotonic() - began)
        if not same(here, there, step.compare):
            differences.append(
                f"{path.name}:{step.number}: {step.text}\n    ours   {here[:400]!r}\n    theirs {there[:400]!r}"
            )
    return differences, longest_s


def test_there_are_transcripts_to_play() -> None:
    assert "scripting" in [path.stem for path in TRANSCRIPTS]
