"""Plays each transcript on a real server and on the engine that speaks as it, and compares the bytes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conformance.transcript import read, same

if TYPE_CHECKING:
    from tests.conformance.conftest import Ours
    from tests.conformance.wire import RawClient

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))
_SHOWN = 30


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_the_engine_answers_as_the_server(path: Path, name: str, ours: Ours, theirs: RawClient) -> None:
    differences = []
    for step in read(path):
        if step.server not in ("all", name):
            continue
        here, there = ours.ask(*step.argv), theirs.ask(*step.argv)
        if not same(here, there, step.compare):
            differences.append(
                f"{path.name}:{step.number}: {step.text}\n    ours   {here[:400]!r}\n    theirs {there[:400]!r}"
            )
    if differences:
        pytest.fail(f"{len(differences)} replies differ\n" + "\n".join(differences[:_SHOWN]), pytrace=False)


def test_there_are_transcripts_to_play() -> None:
    assert "scripting" in [path.stem for path in TRANSCRIPTS]
