"""What is told of a line before it is sent."""

from __future__ import annotations

import pytest

from redis_tui.spec.catalog import Catalog
from redis_tui.spec.faults import find_faults, line_of_faults
from tests.spec.test_complete import CATALOG, spec


def told(text: str, cursor: int | None = None) -> list[tuple[str, str]]:
    return [(text[fault.start : fault.end], fault.message) for fault in find_faults(CATALOG, text, cursor)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("get k", []),
        ("3 GET k", []),
        ("GTE k", [("GTE", "GTE is no command of this server")]),
        ("gett k", [("gett", "gett is no command of this server; did you mean GET?")]),
        ("client", []),
        ("client setnam me", [("setnam", "setnam is no subcommand of CLIENT; did you mean SETNAME?")]),
        ("get k extra", [("extra", "GET takes key; this is one too many")]),
        ("get", []),
        ("SET k v nx EX 10", []),
        ("SET k v KEEPTL", [("KEEPTL", "KEEPTL is no option of SET here; did you mean KEEPTTL?")]),
        ("SET k v EX soon", [("soon", "seconds must be an integer")]),
        ("SET k 'NX", []),
        ("eval 'return 1' one", [("one", "numkeys must be an integer")]),
        ("eval 'return 1' 1 k a b c", []),
        ("linsert k middle a b", [("middle", "middle is no option of LINSERT here; there are BEFORE AFTER")]),
        ("BITCOUNT k 0 1 BITS", [("BITS", "BITS is no option of BITCOUNT here; did you mean BIT?")]),
    ],
)
def test_what_is_plainly_wrong_is_marked_with_its_reason(text: str, expected: list[tuple[str, str]]) -> None:
    assert told(text) == expected


OPERATION = "GET encoding offset | [OVERFLOW <WRAP | SAT>] <SET encoding offset value | INCRBY encoding offset by>"
RICH = Catalog.from_specs(
    map(
        spec,
        [
            f"BITFIELD key [{OPERATION} [{OPERATION} ...]]",
            "EXPIRE key seconds [NX | XX | GT | LT]",
            "KILL <ip:port | filter [filter ...]>",
            "VADD key [REDUCE dim] <FP32 | VALUES num> vector element [CAS] [M numlinks]",
            "XPENDING key group [[IDLE min-idle-time] start end count [consumer]]",
        ],
    )
)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("EXPIRE k 10 XX GT", []),
        ("EXPIRE k 10 LT XX", []),
        ("EXPIRE k 10 NX XX", ["XX"]),
        ("EXPIRE k 10 FOO", ["FOO"]),
        ("BITFIELD k SET u8 0 255 GET u8 0 INCRBY u8 #1 1", []),
        ("BITFIELD k OVERFLOW SAT SET u8 0 255 OVERFLOW WRAP INCRBY u8 0 1", []),
        ("BITFIELD k GET u8 0 PUT u8 0", ["PUT"]),
        ("KILL TYPE normal SKIPME yes", []),
        ("VADD v VALUES 3 0.1 0.2 0.3 e CAS M 4", []),
        ("VADD v REDUCE 2 FP32 blob e WHAT", ["WHAT"]),
        ("XPENDING s g - + 10 c", []),
        ("XPENDING s g IDLE 5 - + 10", []),
        ("XPENDING s g - + 10 c d", ["d"]),
    ],
)
def test_commands_that_take_more_than_their_documentation_draws(text: str, wrong: list[str]) -> None:
    assert [text[fault.start : fault.end] for fault in find_faults(RICH, text)] == wrong


def test_the_word_at_the_cursor_may_still_become_a_right_one() -> None:
    assert told("ge", 2) == []
    assert told("gx", 2) != []
    assert told("client set", 10) == []
    assert told("SET k v E", 9) == []
    assert told("SET k v Z", 9) != []


def test_names_of_the_prompt_itself_are_right() -> None:
    assert find_faults(CATALOG, "help get", also=("help",)) == ()


def test_faults_are_told_in_one_line() -> None:
    assert line_of_faults(()) == ""
    both = find_faults(CATALOG, "get k a b")
    assert line_of_faults(both) == "GET takes key; this is one too many · and 1 more"
