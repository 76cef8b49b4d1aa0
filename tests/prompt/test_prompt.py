"""What both prompts have in common: help while typing, what they remember, what they keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from redis_tui.prompt.assist import Assist, underlined, wants_more
from redis_tui.prompt.history import History
from redis_tui.prompt.memory import Memory
from redis_tui.render.spans import Span, plain
from redis_tui.resp.types import OK, ErrorReply, Reply
from redis_tui.session.base import ScriptInfo
from redis_tui.spec.catalog import Catalog
from redis_tui.spec.faults import Fault
from tests.spec.test_complete import CATALOG, spec

if TYPE_CHECKING:
    from pathlib import Path

WIDE = Catalog.from_specs(
    [
        *CATALOG,
        *map(
            spec,
            [
                "HGETALL key",
                "HGET key field",
                "EVALSHA sha1 numkeys [key [key ...]] [arg [arg ...]]",
                "FCALL function numkeys [key [key ...]] [arg [arg ...]]",
                "XREADGROUP GROUP group consumer STREAMS key id",
                "PUBLISH channel message",
                "SCAN cursor [TYPE type]",
                "COMMAND [command-name]",
            ],
        ),
        spec("FUNCTION", (spec("FUNCTION LIST"), spec("FUNCTION DELETE library-name"))),
        spec("CONFIG", (spec("CONFIG GET parameter [parameter ...]"),)),
    ]
)


@pytest.fixture
def assist() -> Assist:
    return Assist(WIDE)


def after(assist: Assist, command: str, reply: Reply) -> None:
    assist.memory.observe([word.encode() for word in command.split()], reply, assist.catalog)


def offers(assist: Assist, text: str) -> list[str]:
    return [one.text for one in assist.complete(text, len(text)).candidates]


def test_fields_seen_in_a_reply_are_offered_for_that_key_only(assist: Assist) -> None:
    assist.memory.note_keys([b"user:1"])
    after(assist, "HGETALL user:1", [b"name", b"ada", b"age", b"36"])
    assert offers(assist, "HGET user:1 ") == ["age", "name"]
    assert offers(assist, "HGET user:2 ") == []
    assert offers(assist, "HGET u") == ["user:1"]


def test_scripts_are_offered_by_sha_with_the_beginning_of_their_source(assist: Assist) -> None:
    assist.memory.observe([b"EVAL", b"return 1", b"0"], 1, assist.catalog)
    [candidate] = assist.complete("EVALSHA ", 8).candidates
    assert (candidate.text, candidate.meta) == ("e0e1f9fabfc9d4800c877a703b823ac0578ff8db", "return 1")
    assist.memory.note_scripts([ScriptInfo(candidate.text, "one", None, 1, 0.1, 0.1, on_server=True)])
    assert assist.complete("EVALSHA e", 9).candidates[0].meta == "one"


def test_functions_and_libraries_are_offered_once_they_were_listed(assist: Assist) -> None:
    library: list[Reply] = [b"library_name", b"mylib", b"engine", b"LUA", b"functions", [[b"name", b"hit"]]]
    after(assist, "FUNCTION LIST", [library])
    assert offers(assist, "FCALL ") == ["hit"]
    assert offers(assist, "FUNCTION DELETE ") == ["mylib"]


def test_settings_channels_types_and_commands_are_offered(assist: Assist) -> None:
    after(assist, "CONFIG GET max*", [b"maxmemory", b"0", b"maxclients", b"10000"])
    after(assist, "PUBLISH news hello", 0)
    assert offers(assist, "CONFIG GET maxm") == ["maxmemory"]
    assert offers(assist, "PUBLISH ") == ["news"]
    assert offers(assist, "SCAN 0 TYPE z") == ["zset"]
    assert offers(assist, "COMMAND fc") == ["fcall"]


def test_nothing_is_learnt_from_what_was_refused_or_is_no_text() -> None:
    memory = Memory()
    memory.observe([b"GET", b"a"], ErrorReply(b"WRONGTYPE x"), WIDE)
    memory.observe([b"GET", b"\xff"], OK, WIDE)
    assert memory.keys == []


def test_what_was_met_longest_ago_is_forgotten_first() -> None:
    memory = Memory()
    memory.note_keys(b"k%d" % number for number in range(400))
    memory.note_keys(b"n%d" % number for number in range(400))
    assert len(memory.keys) == 500
    assert (memory.keys[0], memory.keys[-1]) == ("n399", "k300")


@pytest.mark.parametrize(
    ("text", "line", "current"),
    [
        ("SET ", "SET key value [NX | XX] [GET] [EX seconds | PX milliseconds | KEEPTTL]", "key"),
        ("SET k", "SET key value [NX | XX] [GET] [EX seconds | PX milliseconds | KEEPTTL]", "key"),
        ("SET k v EX ", "SET key value EX seconds [NX | XX] [GET]", "seconds"),
        ("SET k v EX 1", "SET key value EX seconds [NX | XX] [GET]", "seconds"),
        ("GET k", "GET key", "key"),
        ("GET k ", "GET key", None),
    ],
)
def test_the_usage_marks_the_argument_at_the_cursor(assist: Assist, text: str, line: str, current: str | None) -> None:
    spans = assist.usage_line(text, len(text))
    assert plain([spans]).partition(" · ")[0] == line
    assert [span.text for span in spans if span.style == "hint.current"] == ([current] if current else [])


def test_what_is_wrong_stands_in_the_place_of_the_usage(assist: Assist) -> None:
    assert plain([assist.usage_line("gett k", 6)]) == "⚠ gett is no command of this server; did you mean GET?"
    assert assist.usage_line(".run x", 6) == []
    assert Assist().usage_line("gett k", 6) == []


def test_a_fault_is_marked_within_the_colours_of_the_line() -> None:
    line = [Span("SET", "command.name"), Span(" k v BAD", "text")]
    assert underlined(line, [Fault(8, 11, "no")]) == [*line[:1], Span(" k v ", "text"), Span("BAD", "fault")]


@pytest.mark.parametrize(
    ("text", "more"),
    [('EVAL "return', True), ("SET a 'b", True), ('GET "a"', False), ('GET "a"b', False), ("ZRANGE k (1 [a", False)],
)
def test_an_open_quote_wants_more_lines(text: str, more: bool) -> None:
    assert wants_more(text) is more


def test_the_history_is_private_keeps_no_secret_and_keeps_line_breaks(tmp_path: Path) -> None:
    path = tmp_path / "state" / "history"
    history = History(path)
    history.load()
    for line in ("GET a", "GET a", "AUTH hunter2", 'EVAL "return\n1" 0', "  "):
        history.append(line)
    assert "hunter2" not in path.read_text()
    assert path.stat().st_mode & 0o077 == 0
    again = History(path)
    again.load()
    assert again.lines == ["GET a", "AUTH ***", 'EVAL "return\n1" 0']


def test_the_history_is_searched_backwards() -> None:
    history = History(None)
    for line in ("GET a", "SET b 1", "get c"):
        history.append(line)
    assert history.find("get", 3) == 2
    assert history.find("get", 2) == 0
    assert history.find("get", 0) is None


def test_a_history_that_cannot_be_written_is_told_and_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    history = History(tmp_path / "file" / "history")
    history.append("GET a")
    assert history.lines == ["GET a"]
    assert history.problem.endswith("cannot be written: file exists.")


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("GET a", ()),
        ("HGETALL h\nGET a", ("HGETALL h", "GET a")),
        ("# read\nGET a\n\nGET b\n", ("GET a", "GET b")),
        ('GET "a\nb"\n.scripts', ('GET "a\nb"', ".scripts")),
        ("MSET a\n1", ()),
        ("MSET a\n  get b 1", ()),
        ("EVAL 'return\n1' 0", ()),
    ],
)
def test_lines_that_each_begin_with_a_command_are_several(assist: Assist, text: str, commands: tuple[str, ...]) -> None:
    assert assist.several(text) == commands


def test_several_commands_are_announced_instead_of_explained(assist: Assist) -> None:
    assert plain([assist.usage_line("GET a\nGET b", 11)]) == (
        "2 commands, one a line; Enter sends them one after the other"
    )
    assert assist.faults("GET a\nGET b") == ()
