"""The views of a reply: chosen, looked through, copied, saved."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input, TabbedContent

from redis_tui.render.cells import cells
from redis_tui.resp.types import ErrorReply, Map, Pairs, Reply, SetReply, Verbatim
from redis_tui.session.base import ScriptError, ScriptOutcome
from redis_tui.tui.panes.result import ResultPane
from redis_tui.tui.screens.dialogs import Ask, AskText
from redis_tui.tui.screens.menu import Menu
from redis_tui.tui.screens.reply import ReplyScreen
from redis_tui.tui.widgets.flow_view import FlowView
from redis_tui.tui.widgets.reply_grid import GridRows
from redis_tui.tui.widgets.reply_tree import ReplyTree
from redis_tui.tui.widgets.reply_viewer import ReplyViewer
from tests.tui.conftest import Until, ready
from tests.tui.test_settings import toasts

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from redis_tui.tui.app import WorkbenchApp
    from redis_tui.tui.widgets.line_view import LineView
    from tests.tui.fake_session import FakeSession

PERSON = Map([(b"name", b"Ann"), (b"scores", [1.5, 2]), (b"tags", SetReply([b"x"]))])


def answers(reply: Reply) -> ScriptOutcome:
    return ScriptOutcome(reply=reply, sha="0" * 40, duration_ms=1.0)


def has_copied(app: WorkbenchApp, text: str) -> bool:
    return app.clipboard == text


def has_answer(app: WorkbenchApp, answer: str) -> bool:
    return bool(app.screen.query(f"#answer-{answer}"))


def holds(path: Path, content: bytes) -> bool:
    return path.read_bytes() == content


def rows(view: LineView) -> list[str]:
    return ["".join(span.text for span in view.line_at(row)).rstrip() for row in range(view.row_count)]


async def run(app: WorkbenchApp, pilot: Pilot[int], until: Until) -> ReplyViewer:
    """Presses F5 in the editor, then goes to the reply."""
    viewer = app.screen.query_one(ReplyViewer)
    before = viewer.document
    await pilot.press("f5")
    await until(pilot, lambda: viewer.document is not None and viewer.document is not before)
    await pilot.press("alt+4")
    await until(pilot, lambda: app.focused is viewer.face)
    return viewer


async def begin(app: WorkbenchApp, session: FakeSession, pilot: Pilot[int], until: Until, reply: Reply) -> ReplyViewer:
    session.outcomes = [answers(reply)]
    await ready(app, pilot, until)
    return await run(app, pilot, until)


@pytest.mark.parametrize("view", ["cli", "json", "raw"])
async def test_a_text_without_end_is_cut_and_says_where_the_rest_is(
    app: WorkbenchApp, session: FakeSession, until: Until, monkeypatch: pytest.MonkeyPatch, view: str
) -> None:
    monkeypatch.setattr("redis_tui.tui.widgets.reply_viewer.SHOWN_CHARACTERS", 50_000)
    async with app.run_test(size=(120, 40)) as pilot:
        viewer = await begin(app, session, pilot, until, b"x" * 200_000)
        viewer.action_show_view(view)
        told = "… cut after 50,000 characters · the view hex has every byte, w saves all of it"
        await until(pilot, lambda: told in viewer.text.plain)
        assert len(viewer.text.plain) < 60_000


async def test_a_tree_opens_and_closes_and_tells_the_path(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        viewer = await begin(app, session, pilot, until, PERSON)
        pane = app.screen.query_one(ResultPane)
        assert "[cli]" in str(pane.border_title)
        await pilot.press("v")
        tree = app.screen.query_one(ReplyTree)
        await until(pilot, lambda: app.focused is tree)
        assert "[tree]" in str(pane.border_title)
        assert rows(tree) == [
            "▼ (map) 3 pairs",
            '    name  "Ann"',
            "  ▶ scores  (array) 2 elements  1.5, 2",
            '  ▶ tags  (set) 1 member  "x"',
        ]
        await pilot.press("down", "down", "space", "down", "down")
        assert rows(tree)[2:5] == [
            "  ▼ scores  (array) 2 elements",
            "      [0]  (double) 1.5",
            "      [1]  (integer) 2",
        ]
        await until(pilot, lambda: str(pane.border_subtitle).startswith(".scores[1]  integer"))
        await pilot.press("left", "left")
        assert rows(tree)[3] == '  ▶ tags  (set) 1 member  "x"'
        await pilot.press("E")
        await until(pilot, lambda: tree.row_count == 7)
        await pilot.press("minus")
        assert tree.row_count == 4
        assert viewer.view == "tree"


async def test_the_view_that_was_chosen_stays_where_a_reply_has_it(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        viewer = await begin(app, session, pilot, until, PERSON)
        await pilot.press("V", "V", "V", "V")
        assert viewer.view == "json"
        session.outcomes = [answers(7), answers([]), answers(ErrorReply(b"ERR no")), answers(PERSON)]
        session.outcomes[2] = ScriptOutcome(
            reply=ErrorReply(b"ERR no"), sha="0" * 40, duration_ms=1.0, error=ScriptError("ERR", "no", 1, "x")
        )
        shown = []
        for _ in range(4):
            viewer = await run(app, pilot, until)
            shown.append((viewer.view, viewer.views))
        assert shown == [
            ("json", ("cli", "json", "raw", "hex")),
            ("json", ("cli", "json", "raw", "hex")),
            ("cli", ("cli", "json", "raw", "hex")),
            ("json", ("cli", "tree", "table", "json", "raw", "hex", "unpacked")),
        ]


async def test_a_name_in_the_border_is_clicked(app: WorkbenchApp, session: FakeSession, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        viewer = await begin(app, session, pilot, until, PERSON)
        pane = app.screen.query_one(ResultPane)
        at = str(pane.border_title).index("cli")
        row = "".join(segment.text for segment in app.screen._compositor.render_strips()[pane.region.y])
        await pilot.click(offset=(row.index(" raw ") + 2, pane.region.y))
        await until(pilot, lambda: viewer.view == "raw")
        assert at
        assert app.screen.query_one(TabbedContent).active == "tab-reply"


async def test_scores_are_a_table_that_sorts(app: WorkbenchApp, session: FakeSession, until: Until) -> None:
    board = Pairs([(b"ann", 9.0), (b"bob", 10.5), (b"cy", 1.0)])
    async with app.run_test(size=(120, 40)) as pilot:
        await begin(app, session, pilot, until, board)
        await pilot.press("v", "v")
        table = app.screen.query_one(GridRows)
        await until(pilot, lambda: app.focused is table)
        assert [row.split() for row in rows(table)] == [["ann", "9"], ["bob", "10.5"], ["cy", "1"]]
        await pilot.press("s", "s")
        await until(pilot, lambda: [row.split()[0] for row in rows(table)] == ["bob", "ann", "cy"])
        assert "by score ▼" in str(app.screen.query_one(ResultPane).border_subtitle)
        await pilot.press("S")
        await until(pilot, lambda: [row.split()[0] for row in rows(table)] == ["cy", "ann", "bob"])


@pytest.mark.parametrize("view", ["cli", "json", "raw", "tree", "table"])
async def test_a_text_is_found_in_each_view(app: WorkbenchApp, session: FakeSession, until: Until, view: str) -> None:
    reply = [[b"id", b"%d" % number, b"name", b"Ann" if number % 100 == 7 else b"bob"] for number in range(300)]
    async with app.run_test(size=(120, 40)) as pilot:
        viewer = await begin(app, session, pilot, until, reply)
        viewer.action_show_view(view)
        await pilot.press("slash", "a", "n", "n")
        await until(pilot, lambda: viewer.status == "1 of 3")
        await pilot.press("enter")
        await until(pilot, lambda: app.focused is viewer.face)
        assert viewer.status == "ann: 1 of 3"
        await pilot.press("N")
        assert viewer.status == "ann: 3 of 3"
        assert any("Ann" in rows(viewer.face)[row] for row in viewer.face.visible_rows)
        await pilot.press("n", "n")
        assert viewer.status == "ann: 2 of 3"
        await pilot.press("escape")
        assert "ann" not in viewer.status


async def test_a_capital_letter_tells_capitals_apart_and_nothing_found_is_said(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        viewer = await begin(app, session, pilot, until, [b"ann", b"Ann", b"ANN"])
        await pilot.press("slash", "A", "n", "n")
        await until(pilot, lambda: viewer.status == "1 of 1")
        await pilot.press("x")
        await until(pilot, lambda: viewer.status == "not found")
        await pilot.press("escape")
        await until(pilot, lambda: app.focused is viewer.face)


async def test_the_copy_menu_copies_the_reply_or_the_node_under_the_cursor(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await begin(app, session, pilot, until, PERSON)
        for keys, copied in (
            ("l", '{["name"] = "Ann", ["scores"] = {1.5, 2}, ["tags"] = {"x"}}'),
            ("r", "name Ann\nscores 1.5\n2\ntags x"),
        ):
            await pilot.press("y")
            await until(pilot, lambda: isinstance(app.screen, Menu))
            await pilot.press(keys)
            await until(pilot, partial(has_copied, app, copied))
        await pilot.press("v", "down", "down", "y")
        await until(pilot, lambda: isinstance(app.screen, Menu))
        await pilot.press("n")
        await until(pilot, lambda: app.clipboard == "[\n  1.5,\n  2\n]")
        await until(pilot, lambda: "Copied .scores as JSON: 14 bytes." in toasts(app))


async def test_a_copy_that_terminals_may_cut_is_asked_about(
    app: WorkbenchApp, session: FakeSession, until: Until, home: Path
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await begin(app, session, pilot, until, b"x" * 2_000_000)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await until(pilot, lambda: app.screen.query("#answer-save"))
        await pilot.click("#answer-save")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        app.screen.query_one(Input).value = "big.json"
        await pilot.press("enter")
        await until(pilot, (home / "big.json").exists)
        assert len(json.loads((home / "big.json").read_text())) == 2_000_000
        assert app.clipboard == ""


async def test_a_reply_is_saved_in_the_form_of_the_ending_and_nothing_is_overwritten_unasked(
    app: WorkbenchApp, session: FakeSession, until: Until, home: Path
) -> None:
    (home / "out.raw").write_bytes(b"old")
    async with app.run_test(size=(120, 40)) as pilot:
        await begin(app, session, pilot, until, [b"a", b"\xff"])
        for answer, content in (("cancel", b"old"), ("write", b"a\n\xff")):
            await pilot.press("w")
            await until(pilot, lambda: isinstance(app.screen, AskText))
            app.screen.query_one(Input).value = "out.raw"
            await pilot.press("enter")
            await until(pilot, partial(has_answer, app, answer))
            await pilot.click(f"#answer-{answer}")
            await until(pilot, partial(holds, home / "out.raw", content))
        await pilot.press("w")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        app.screen.query_one(Input).value = "no/folder/out.json"
        await pilot.press("enter")
        await until(pilot, lambda: "cannot be written" in toasts(app))


async def test_enter_on_a_leaf_shows_it_whole_and_escape_goes_back(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await begin(app, session, pilot, until, [b"x" * 5_000])
        await pilot.press("v", "down", "enter")
        await until(pilot, lambda: isinstance(app.screen, ReplyScreen))
        assert app.screen.query_one("#reply-view", FlowView).plain.replace("\n", "") == '"' + "x" * 5_000 + '"'
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.focused, ReplyTree))


async def test_a_million_elements_are_a_tree_and_a_table_at_once(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        viewer = await begin(app, session, pilot, until, [b"x"])
        viewer.wanted = "tree"
        session.outcomes = [answers([b"%d" % number for number in range(1_000_000)])]
        await run(app, pilot, until)
        tree = app.screen.query_one(ReplyTree)
        assert tree.row_count == 1_000_001
        await pilot.press("end")
        assert rows_of_screen(tree)[-1] == '    [999999]  "999999"'
        await pilot.press("v")
        table = app.screen.query_one(GridRows)
        assert table.row_count == 500_000
        await pilot.press("end")
        assert rows_of_screen(table)[-1].split() == ["999998", "999999"]


def rows_of_screen(view: LineView) -> list[str]:
    return ["".join(span.text for span in view.line_at(row)) for row in view.visible_rows]


async def test_long_lines_are_broken_or_go_on_to_the_right(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        viewer = await begin(app, session, pilot, until, b"word " * 100)
        view = viewer.text
        assert view.row_count > 5
        await pilot.press("W")
        assert view.row_count == 1
        await pilot.press("W")
        assert view.row_count > 5


async def test_wide_characters_are_broken_where_the_screen_ends(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        viewer = await begin(app, session, pilot, until, b"x")
        text = "日本語テキスト" * 40
        session.outcomes = [answers(Verbatim(text.encode())), answers([["日本".encode(), b"1"], [b"ann", b"2"]])]
        await run(app, pilot, until)
        view = viewer.text
        shown = rows(view)
        assert "".join(shown) == text
        assert (
            view.size.width - 3 <= min(map(cells, shown[:-1])) <= max(map(cells, shown)) <= view.size.width
        )  # a scrollbar
        viewer.wanted = "table"
        await run(app, pilot, until)
        assert {cells(row[: row.index(number)]) for row, number in zip(rows(viewer.face), "12", strict=True)} == {
            cells(rows(viewer.face)[1][: rows(viewer.face)[1].index("2")])
        }


async def test_the_bytes_of_a_list_are_dumped_while_they_are_put_together(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        viewer = await begin(app, session, pilot, until, b"x")
        viewer.wanted = "hex"
        session.outcomes = [answers([b"a" * 3_000_000, b"b"])]
        await run(app, pilot, until)
        await until(pilot, lambda: viewer.text.is_whole)
        assert viewer.text.row_count == 187_501
        assert rows(viewer.text)[-1].endswith("|.b|")
        assert viewer.text.virtual_size.height == 187_501


async def test_a_dump_that_is_drawn_anew_while_it_grows_is_whole_in_the_end(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        viewer = await begin(app, session, pilot, until, [b"a" * 7] * 1_000_000)
        viewer.action_show_view("hex")
        await until(pilot, lambda: viewer.text.row_count > 0)
        assert not viewer.text.is_whole
        viewer.text._go_on()
        await until(pilot, lambda: viewer.text.is_whole)
        assert viewer.text.row_count == 500_000


async def test_a_long_string_is_json_a_part_at_a_time(app: WorkbenchApp, session: FakeSession, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        viewer = await begin(app, session, pilot, until, b"x")
        viewer.wanted = "json"
        session.outcomes = [answers([b'say "ho"\n' * 200_000])]
        await run(app, pilot, until)
        await until(pilot, lambda: viewer.text.is_whole)
        assert json.loads(viewer.text.plain.replace("\n", "")) == ['say "ho"\n' * 200_000]
        viewer.action_show_view("unpacked")
        await until(pilot, lambda: "too large to be unpacked here" in viewer.text.plain)
