"""The key browser as a person uses it: over the real embedded engine, since keys are what it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import Button, Input

from redis_tui.errors import UsageError
from redis_tui.paths import packaged_themes_dir
from redis_tui.render.cells import cells
from redis_tui.resp.inline import split_inline
from redis_tui.session.open import open_session
from redis_tui.theme import read_shelf
from redis_tui.tui.app import WorkbenchApp
from redis_tui.tui.key_commands import parse_ttl
from redis_tui.tui.key_model import KeyModel
from redis_tui.tui.panes.key_tree import KeyHead
from redis_tui.tui.panes.keys import KeysPane, KeyTree
from redis_tui.tui.screens.dialogs import Ask, AskText
from redis_tui.tui.screens.workbench import WorkbenchScreen
from tests.tui.conftest import Until, ready

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.pilot import Pilot

    from redis_tui.session.base import Session


class Bench:
    """A workbench over an engine that holds what some lines put there; the cursor is in the key browser."""

    def __init__(self, app: WorkbenchApp, pilot: Pilot[int], until: Until, session: Session) -> None:
        self.app, self.pilot, self.session = app, pilot, session
        self._until = until

    async def until(self, true: Any) -> None:
        await self._until(self.pilot, true)

    async def ask(self, line: str) -> Any:
        return await self.session.execute(split_inline(line.encode()))

    @property
    def pane(self) -> KeysPane:
        return self.app.screen_stack[1].query_one(KeysPane)

    @property
    def tree(self) -> KeyTree:
        return self.pane.query_one(KeyTree)

    @property
    def lines(self) -> list[str]:
        return ["".join(span.text for span in self.tree.line_at(row)).rstrip() for row in range(self.tree.row_count)]

    @property
    def first(self) -> str:
        """The uppermost line; empty while the tree is between a message and its rows."""
        return next(iter(self.lines), "")

    async def answer(self, name: str) -> None:
        await self.until(lambda: isinstance(self.app.screen, Ask))
        self.app.screen.query_one(f"#answer-{name}", Button).press()
        await self.until(lambda: isinstance(self.app.screen, WorkbenchScreen))

    async def type(self, text: str) -> None:
        await self.until(lambda: isinstance(self.app.screen, AskText))
        self.app.screen.query_one(Input).value = text
        await self.pilot.press("enter")
        await self.until(lambda: not isinstance(self.app.screen, AskText))

    def notices(self) -> str:
        return "\n".join(notice.message for notice in self.app._notifications)


async def open_with(lines: Iterable[str]) -> tuple[WorkbenchApp, Session]:
    session = await open_session("memory://")
    for line in lines:
        await session.execute(split_inline(line.encode()))

    async def same() -> Session:
        return session

    return WorkbenchApp(same, shelf=read_shelf([packaged_themes_dir()]), sample_keys=False), session


async def at_keys(app: WorkbenchApp, pilot: Pilot[int], until: Until, session: Session) -> Bench:
    await ready(app, pilot, until)
    bench = Bench(app, pilot, until, session)
    await bench.until(lambda: str(bench.pane.border_subtitle).startswith("scanned"))
    await bench.until(lambda: not len(bench.tree.rows) or bench.tree.facts or not bench.tree.rows[0].is_open)
    await pilot.press("alt+1")
    await bench.until(lambda: app.focused is bench.tree)
    return bench


USERS = ("HSET user:1 name Ada", "HSET user:2 name Grace", "SET user:3 x EX 900", "RPUSH queue a b c")


async def test_selected_keys_are_counted_and_deleted_after_a_question(until: Until) -> None:
    app, session = await open_with(USERS)
    async with app.run_test(size=(120, 40)) as pilot:
        bench = await at_keys(app, pilot, until, session)
        await pilot.press("down", "space", "space")
        assert bench.pane.border_subtitle == "2 selected · d t c x · Esc"
        assert bench.lines[1].startswith("✓├ 1")
        await pilot.press("d")
        await bench.answer("cancel")
        assert await bench.ask("DBSIZE") == 4
        await pilot.press("d")
        await bench.answer("delete")
        await bench.until(lambda: bench.first.split()[:1] == ["queue"])
        assert await bench.ask("EXISTS user:1 user:2 user:3 queue") == 2
        await bench.until(lambda: "Deleted 2 keys." in bench.notices())


async def test_a_group_under_the_cursor_stands_for_its_keys(until: Until) -> None:
    app, session = await open_with(USERS)
    async with app.run_test(size=(120, 40)) as pilot:
        bench = await at_keys(app, pilot, until, session)
        await pilot.press("t")
        await bench.type("2h")
        await bench.until(lambda: "TTL set: 3 keys." in bench.notices())
        assert 7_100_000 < await bench.ask("PTTL user:1") <= 7_200_000
        assert await bench.ask("PTTL queue") == -1
        app.clear_notifications()  # on a slow machine the first would be gone by itself before the second comes
        await pilot.press("t")
        await bench.type("none")
        await bench.until(lambda: "TTL set: 3 keys." in bench.notices())
        assert await bench.ask("PTTL user:3") == -1


async def test_a_key_is_renamed_but_never_over_another(until: Until) -> None:
    app, session = await open_with(["SET a 1", "SET b 2"])
    async with app.run_test(size=(120, 40)) as pilot:
        bench = await at_keys(app, pilot, until, session)
        await pilot.press("r")
        await bench.type("b")
        await bench.until(lambda: "b exists already" in bench.notices())
        assert await bench.ask("GET b") == b"2"
        await pilot.press("r")
        await bench.type(r'"\xff\x00"')
        await bench.until(lambda: any(r'"\xff\x00"' in line for line in bench.lines))
        assert await bench.ask(r'GET "\xff\x00"') == b"1"


async def test_keys_are_copied_as_the_commands_that_make_them(until: Until) -> None:
    app, session = await open_with([r'HSET h f "\xff \n"', "EXPIRE h 100", "ZADD z 1.5 m"])
    async with app.run_test(size=(120, 40)) as pilot:
        bench = await at_keys(app, pilot, until, session)
        await pilot.press("a", "c")
        await bench.until(lambda: "Copied 3 commands for 2 keys." in bench.notices())
        made, timed, scored = app.clipboard.split("\n")
        assert made == r'HSET h f "\xff \n"'
        assert timed.startswith("PEXPIRE h ")
        assert scored == "ZADD z 1.5 m"


async def test_keys_are_sorted_by_what_only_the_server_knows(until: Until) -> None:
    app, session = await open_with(["SET long 123456789", "SET short 1 EX 900", "SET middle 12345"])
    async with app.run_test(size=(120, 40)) as pilot:
        bench = await at_keys(app, pilot, until, session)
        await pilot.press("s", "s")
        await bench.until(lambda: [line.split()[0] for line in bench.lines] == ["short", "long", "middle"])
        await pilot.press("s")
        await bench.until(lambda: [line.split()[0] for line in bench.lines] == ["long", "middle", "short"])
        await pilot.press("s")
        await bench.until(lambda: [line.split()[0] for line in bench.lines] == ["long", "middle", "short"])


async def test_a_wide_browser_tells_size_and_encoding(until: Until) -> None:
    app, session = await open_with(["SET long " + "x" * 2_000, "RPUSH queue a b c"])
    async with app.run_test(size=(120, 40)) as pilot:
        bench = await at_keys(app, pilot, until, session)
        await pilot.press("f11")
        await bench.until(lambda: "2.0 KB raw" in bench.first and "listpack" in bench.lines[1])
        assert bench.lines[1].split() == ["queue", "list", "∞", "3", "listpack"]


async def test_a_type_filter_lets_only_that_type_through(until: Until) -> None:
    app, session = await open_with(USERS)
    async with app.run_test(size=(120, 40)) as pilot:
        bench = await at_keys(app, pilot, until, session)
        await pilot.press("T")
        await bench.until(lambda: [line.split()[0] for line in bench.lines] == ["user:3"])
        assert str(bench.pane.border_title) == "1 Keys  type string"
        await pilot.press("T", "T", "T")
        await bench.until(lambda: bench.lines == [" No set here.", " T shows other types."])


async def test_a_new_key_is_made_by_its_command(until: Until) -> None:
    app, session = await open_with([])
    async with app.run_test(size=(120, 40)) as pilot:
        bench = await at_keys(app, pilot, until, session)
        assert bench.lines[0] == " This database is empty."
        await pilot.press("n")
        await bench.type("XADD events * kind start")
        await bench.until(lambda: bench.first.split()[:2] == ["●events", "stream"])
        assert await bench.ask("XLEN events") == 1


@pytest.mark.parametrize(
    ("text", "milliseconds"), [("90", 90_000), ("1.5s", 1_500), ("5m", 300_000), ("500ms", 500), ("none", None)]
)
def test_times_to_live_are_read_as_people_write_them(text: str, milliseconds: int | None) -> None:
    assert parse_ttl(text) == milliseconds


@pytest.mark.parametrize("text", ["soon", "0", "-5", "5 y"])
def test_what_is_no_time_to_live_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_ttl(text)


def test_a_cut_group_shows_more_when_asked_and_counts_what_it_hides() -> None:
    model = KeyModel()
    model.add([b"g:%d" % at for at in range(5_000)])
    model.toggle(b"g:")
    assert (len(model.rows()), model.rows()[2_001].note) == (2_002, "… 3,000 more; Enter shows on")
    model.show_more(b"g:")
    assert model.rows()[4_001].note == "… 1,000 more; Enter shows on"


def test_groups_behind_many_keys_are_found() -> None:
    model = KeyModel()
    model.add([*(b"a%d" % at for at in range(1_000)), b"z:1", b"z:2", b"z:2:x", b"z:2:y", b"lone:1"])
    rows = model.rows()
    assert [(row.label, row.count) for row in rows if row.group] == [(b"z:", 4)]
    model.toggle(b"z:")
    assert [(row.depth, row.label, row.count) for row in model.rows()][:4] == [
        (0, b"z:", 4),
        (1, b"2:", 2),
        (1, b"1", 0),
        (1, b"2", 0),
    ]


def test_the_flat_list_makes_a_row_when_it_is_looked_at() -> None:
    model = KeyModel()
    model.add([b"b:2", b"a", b"b:1"])
    model.is_flat = True
    rows = model.rows()
    assert [row.label for row in rows] == [b"a", b"b:1", b"b:2"]
    assert rows.find(rows[2]) == 2


async def test_a_write_of_somebody_does_not_throw_a_long_scan_away(until: Until) -> None:
    app, session = await open_with(
        [f"MSET {' '.join(f'k:{at} x' for at in range(start, start + 500))}" for start in range(0, 11_000, 500)]
    )
    async with app.run_test(size=(120, 40)) as pilot:
        bench = await at_keys(app, pilot, until, session)
        await bench.until(lambda: bench.pane.border_subtitle == "scanned 10,000 of 11,000 · m more")
        await pilot.press("M")
        await bench.until(lambda: bench.pane.border_subtitle == "scanned 11,000 of 11,000")
        await bench.ask("SET another x")
        await bench.until(lambda: "of 11,001" in str(bench.pane.border_subtitle))
        assert len(bench.tree.model) >= 11_000


async def test_columns_stand_below_each_other_behind_wide_names(until: Until) -> None:
    app, session = await open_with(
        ["SET ascii:long-name 1", "SET 日本語 1", "SET 🙂🙂 1", "SET 日本語テキスト日本語テキスト 1"]
    )
    async with app.run_test(size=(120, 40)) as pilot:
        bench = await at_keys(app, pilot, until, session)
        await pilot.press("f")
        await bench.until(lambda: len(bench.lines) == 4 and all("∞" in line for line in bench.lines))
        assert len({cells(line[: line.index("∞")]) for line in bench.lines}) == 1
        assert any("…" in line for line in bench.lines)


async def test_a_scrollbar_lies_over_no_time_to_live(until: Until) -> None:
    app, session = await open_with(f"SET key:{number} 1" for number in range(60))
    async with app.run_test(size=(120, 40)) as pilot:
        bench = await at_keys(app, pilot, until, session)
        tree, head = bench.tree, bench.pane.query_one(KeyHead)
        await bench.until(lambda: tree.show_vertical_scrollbar and bench.lines[1].endswith("∞"))
        assert cells(bench.lines[1]) == tree.size.width - 1
        await bench.until(lambda: head.render_line(0).text.rstrip().endswith("TTL"))
        assert cells(head.render_line(0).text.rstrip()) == tree.size.width - 1


async def test_a_group_says_what_is_selected_in_it_where_there_is_room(until: Until) -> None:
    app, session = await open_with(f"SET {group}:{number} x" for group in ("longer-name", "one") for number in (1, 2))
    async with app.run_test(size=(120, 40)) as pilot:
        bench = await at_keys(app, pilot, until, session)
        await pilot.press("a")
        await bench.until(lambda: "✓▼ longer-name:  2  ✓2" in bench.lines)
        assert "✓▼ one:  2  2 selected" in bench.lines
