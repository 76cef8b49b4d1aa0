"""Values in pages, and changes to them that spare what somebody else wrote meanwhile."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import TextArea

from redis_tui.render.spans import plain
from redis_tui.resp.inline import split_inline
from redis_tui.session.open import open_session
from redis_tui.tui import value_edits
from redis_tui.tui.screens.dialogs import Ask
from redis_tui.tui.screens.value import ValueScreen, extent, page_lines
from redis_tui.tui.screens.value_form import Difference, ValueForm, difference_lines
from redis_tui.tui.value_pages import ValuePage, value_page
from redis_tui.tui.widgets.line_view import LineView
from tests.tui.test_keys import at_keys, open_with

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from redis_tui.render.spans import Line
    from redis_tui.session.base import Session
    from redis_tui.tui.value_edits import Edit
    from tests.tui.conftest import Until


@pytest.fixture
async def engine() -> AsyncIterator[Session]:
    opened = await open_session("memory://")
    yield opened
    await opened.close()


async def ask(session: Session, line: str) -> Any:
    return await session.execute(split_inline(line.encode()))


async def page_of(session: Session, key: bytes, start: int = 0, cursor: bytes = b"0") -> ValuePage:
    page = await value_page(session, key, start, cursor)
    assert isinstance(page, ValuePage)
    return page


@pytest.mark.parametrize(
    ("make", "lines", "said"),
    [
        ("HSET k name Ada role admin", "name  Ada\nrole  admin", "2 fields"),
        ("RPUSH k a b", "0  a\n1  b", "2 elements"),
        ("SADD k only", "only", "1 member"),
        ("ZADD k 0.1 a 120 b", "0.1  a\n120  b", "2 members"),
        ("XADD k 5-1 kind start", "5-1               kind start", "1 entry"),
        (r'RPUSH k "\xff"', '0  "\\xff"', "1 element"),
    ],
)
async def test_each_type_is_shown(engine: Session, make: str, lines: str, said: str) -> None:
    await ask(engine, make)
    page = await page_of(engine, b"k")
    assert (plain(page_lines(page)), extent(page)) == (lines, said)


async def test_a_stream_is_paged_from_its_newest_entry(engine: Session) -> None:
    for at in range(1, 451):
        await ask(engine, f"XADD k {at}-0 n {at}")
    first = await page_of(engine, b"k")
    assert (first.rows[0], len(first.rows), extent(first)) == (
        (b"450-0", b"n", b"450"),
        200,
        "newest 200 of 450 entries",
    )
    last = await page_of(engine, b"k", 400, b"(51-0")
    assert (last.rows[0][0], len(last.rows), last.has_next) == (b"50-0", 50, False)


async def test_fields_tell_their_time_to_live(engine: Session) -> None:
    await ask(engine, "HSET k a 1 b 2")
    await ask(engine, "HEXPIRE k 900 FIELDS 1 b")
    lines = plain(page_lines(await page_of(engine, b"k"))).split("\n")
    assert sorted(lines) == ["a        ∞  1", "b   15 min  2"]


@pytest.mark.parametrize(
    ("make", "edit", "shown", "after"),
    [
        ("SET k old", value_edits.set_string(b"k", b"old", b"\x00new"), "GET k", b"\x00new"),
        ("HSET k f 1", value_edits.change("hash", b"k", (b"f", b"1"), (b"f", b"2")), "HVALS k", [b"2"]),
        ("HSET k f 1", value_edits.change("hash", b"k", (b"f", b"1"), (b"g", b"2")), "HKEYS k", [b"g"]),
        ("HSET k f 1", value_edits.add("hash", b"k", (b"g", b"2")), "HKEYS k", [b"f", b"g"]),
        ("HSET k f 1 g 2", value_edits.remove("hash", b"k", (b"f", b"1")), "HKEYS k", [b"g"]),
        ("RPUSH k a b", value_edits.change("list", b"k", (b"1", b"b"), (b"B",)), "LRANGE k 0 -1", [b"a", b"B"]),
        ("RPUSH k a", value_edits.add("list", b"k", (b"0",), left=True), "LRANGE k 0 -1", [b"0", b"a"]),
        ("SADD k a", value_edits.change("set", b"k", (b"a",), (b"b",)), "SRANDMEMBER k 2", [b"b"]),
        ("SADD k a b", value_edits.remove("set", b"k", (b"a",)), "SRANDMEMBER k 2", [b"b"]),
        ("ZADD k 1 a", value_edits.change("zset", b"k", (b"1", b"a"), (b"2", b"b")), "ZRANGE k 0 -1", [b"b"]),
        ("ZADD k 1 a 2 b", value_edits.remove("zset", b"k", (b"1.0", b"a")), "ZRANGE k 0 -1", [b"b"]),
        ("XADD k 5-1 a b", value_edits.add("stream", b"k", (b"6-1", b"c", b"d")), "XLEN k", 2),
        ("XADD k 5-1 a b", value_edits.remove("stream", b"k", (b"5-1", b"a", b"b")), "XLEN k", 0),
    ],
)
async def test_an_edit_is_written_where_the_value_is_what_was_shown(
    engine: Session, make: str, edit: Edit, shown: str, after: object
) -> None:
    if edit.read:
        assert await value_edits.apply(engine, edit) is (edit.expected is None)
        await ask(engine, "DEL k")
    await ask(engine, make)
    assert await value_edits.apply(engine, edit) is True
    assert await ask(engine, shown) == after


async def test_elements_of_a_list_go_by_their_place_not_their_value(engine: Session) -> None:
    await ask(engine, "RPUSH k a b a")
    assert await value_edits.apply(engine, value_edits.remove("list", b"k", (b"2", b"a"))) is True
    assert await ask(engine, "LRANGE k 0 -1") == [b"a", b"b"]
    assert await value_edits.apply(engine, value_edits.insert(b"k", (b"1", b"b"), b"x")) is True
    assert await ask(engine, "LRANGE k 0 -1") == [b"a", b"x", b"b"]


async def test_what_changed_meanwhile_is_not_overwritten_unless_it_is_meant(engine: Session) -> None:
    await ask(engine, "SET k theirs EX 900")
    edit = value_edits.set_string(b"k", b"mine before", b"mine")
    assert await value_edits.apply(engine, edit) is False
    assert await ask(engine, "GET k") == b"theirs"
    assert await value_edits.apply(engine, edit, force=True) is True
    assert await ask(engine, "GET k") == b"mine"
    assert await ask(engine, "TTL k") > 800


def test_a_difference_shows_the_lines_that_differ() -> None:
    assert plain(difference_lines(b"a\nb\nc", b"a\nB\nc")) == "@@ -1,3 +1,3 @@\n  a\n- b\n+ B\n  c"
    assert plain(difference_lines(b"\xff", b"\xfe")) == '@@ -1 +1 @@\n- "\\xff"\n+ "\\xfe"'


async def test_a_string_is_edited_shown_as_a_difference_and_saved(until: Until) -> None:
    app, session = await open_with(["SET greeting hello EX 900"])
    async with app.run_test(size=(120, 40)) as pilot:
        bench = await at_keys(app, pilot, until, session)
        await pilot.press("enter")
        await bench.until(
            lambda: isinstance(app.screen, ValueScreen) and "hello" in app.screen.query_one(LineView).plain
        )
        await pilot.press("e")
        await bench.until(lambda: isinstance(app.screen, ValueForm))
        app.screen.query_one(TextArea).text = "hello world"
        await bench.ask("SET greeting theirs KEEPTTL")
        await pilot.press("ctrl+s")
        await bench.until(lambda: isinstance(app.screen, Difference))
        assert app.screen.query_one(LineView).plain.endswith("- hello\n+ hello world")
        await pilot.press("y")
        await bench.until(lambda: isinstance(app.screen, Ask))
        assert await bench.ask("GET greeting") == b"theirs"
        app.screen.query_one("#answer-force").press()  # type: ignore[attr-defined]  # a button
        await bench.until(
            lambda: isinstance(app.screen, ValueScreen) and "hello world" in app.screen.query_one(LineView).plain
        )
        assert await bench.ask("TTL greeting") > 800


async def test_bytes_that_are_no_text_are_edited_escaped(until: Until) -> None:
    app, session = await open_with([r'SET raw "\xff\r\n"'])
    async with app.run_test(size=(120, 40)) as pilot:
        bench = await at_keys(app, pilot, until, session)
        await pilot.press("enter")
        await bench.until(
            lambda: isinstance(app.screen, ValueScreen) and "ff 0d 0a" in app.screen.query_one(LineView).plain
        )
        await pilot.press("e")
        await bench.until(lambda: isinstance(app.screen, ValueForm))
        field = app.screen.query_one(TextArea)
        assert field.text == r"\xff\r\n"
        field.text = r"\xfe\r\n\x00"
        await pilot.press("ctrl+s")
        await bench.until(lambda: isinstance(app.screen, Difference))
        await pilot.press("y")
        await bench.until(lambda: isinstance(app.screen, ValueScreen))
        await bench.until(lambda: "fe 0d 0a 00" in app.screen.query_one(LineView).plain)
        assert await bench.ask("GET raw") == b"\xfe\r\n\x00"


async def test_a_packed_value_is_unpacked_and_v_goes_through_the_views(until: Until) -> None:
    app, session = await open_with([])
    await session.execute([b"SET", b"packed", gzip.compress(b'{"a":1}')])
    async with app.run_test(size=(120, 40)) as pilot:
        bench = await at_keys(app, pilot, until, session)
        await pilot.press("enter")
        await bench.until(lambda: isinstance(app.screen, ValueScreen) and app.screen.query_one(LineView).plain)
        await bench.until(lambda: app.screen.query_one(LineView).plain == '{\n  "a": 1\n}')
        assert "gzip → json" in str(app.screen.query_one(".dialog").border_title)
        await pilot.press("V")
        assert app.screen.query_one(LineView).plain.startswith("00000000  1f 8b")


async def test_a_text_of_thousands_of_lines_is_drawn_while_it_is_made(
    until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    draw_on = LineView._draw_on

    def counted(view: LineView, source: Iterator[Line]) -> None:
        sizes.append(view.row_count)
        draw_on(view, source)

    monkeypatch.setattr(LineView, "_draw_on", counted)
    app, session = await open_with([])
    await session.execute([b"SET", b"long", json.dumps(list(range(3_000))).encode()])
    async with app.run_test(size=(120, 40)) as pilot:
        bench = await at_keys(app, pilot, until, session)
        await pilot.press("enter")
        await bench.until(lambda: isinstance(app.screen, ValueScreen) and app.screen.query_one(LineView).plain)
        view = app.screen.query_one(LineView)
        await bench.until(lambda: view.row_count == 3_002)
        assert sizes[:3] == [1_000, 2_000, 3_000]
