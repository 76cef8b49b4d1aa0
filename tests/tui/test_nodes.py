"""A cluster in the workbench: keys by node, slots beside keys, a node that is down while the others go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input, Static

from redis_tui.render.spans import plain
from redis_tui.session.base import NodeFacts, Running, Trouble
from redis_tui.tui.node_columns import node_cells, node_columns
from redis_tui.tui.panes.arguments import ArgumentsPane
from redis_tui.tui.panes.functions import FunctionsView
from redis_tui.tui.panes.keys import KeysPane, KeyTree
from redis_tui.tui.panes.node_strip import NodeStrip
from redis_tui.tui.panes.running import RunningPane
from redis_tui.tui.panes.scripts import ScriptsView
from redis_tui.tui.panes.server import ServerView
from redis_tui.tui.panes.slowlog import SlowlogView
from redis_tui.tui.slot_lines import slot_line
from redis_tui.tui.widgets.line_view import LineView
from redis_tui.tui.widgets.table_view import TableView
from tests.tui.conftest import Until, ready
from tests.tui.fake_cluster import NODES, A, B, C, FakeCluster

if TYPE_CHECKING:
    from redis_tui.resp.types import Reply
    from redis_tui.tui.app import WorkbenchApp


@pytest.fixture
def session() -> FakeCluster:
    made = FakeCluster(data={b"a": b"1", b"b": b"2", b"counter": b"3"})
    made.told = {(A, b"DBSIZE"): 1, (B, b"DBSIZE"): 1, (C, b"DBSIZE"): 1_200}
    return made


def text(app: WorkbenchApp, selector: str) -> str:
    found = app.screen.query_one(selector, Static)
    return str(found.visual)


async def test_the_keys_of_each_node_and_slots_are_told(app: WorkbenchApp, session: FakeCluster, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await until(pilot, lambda: app.screen.query(NodeStrip) and ":7003 1,200" in text(app, "#node-strip"))
        assert ":7001 1  :7002 1" in text(app, "#node-strip")
        await until(pilot, lambda: app.screen.query_one(KeyTree).row_count == 3)
        assert "slot 15495 · :7003" in text(app, "#node-strip")
        app.screen.query_one(KeyTree).row = 1
        app.screen.query_one(KeyTree).post_message(LineView.Moved(app.screen.query_one(KeyTree)))
        await until(pilot, lambda: "slot 3300 · :7001" in text(app, "#node-strip"))
        assert "1,202 keys" in text(app, "#title-bar")
        assert "3 nodes" in text(app, "#title-bar")
        pane = app.screen.query_one(ArgumentsPane)
        await until(pilot, lambda: pane.border_subtitle == "slot 6680 · :7002")
        app.screen.query_one("#keys-field", Input).value = "a b"
        await until(pilot, lambda: "CROSSSLOT a → 15495, b → 3300" in str(pane.border_subtitle))


async def test_a_node_that_is_down_is_told_and_its_keys_are_not_counted(
    app: WorkbenchApp, session: FakeCluster, until: Until
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await until(pilot, lambda: app.screen.query(NodeStrip) and ":7003 1,200" in text(app, "#node-strip"))
        session.trouble(C, Trouble.DOWN, f"{C} does not answer: keys of slots 10923-16383 are not seen.")
        await until(pilot, lambda: "✗ :7003 down" in text(app, "#title-bar"))
        await until(pilot, lambda: "✗ :7003 down" in text(app, "#node-strip"))
        await until(pilot, lambda: app.screen.query_one(KeysPane).border_subtitle == "2 without :7003")
        session.trouble(C, None, f"{C} answers again.")
        await until(pilot, lambda: ":7003 1,200" in text(app, "#node-strip"))
        await until(pilot, lambda: "down" not in text(app, "#title-bar"))


async def test_a_cluster_is_not_called_empty_while_a_node_is_down(
    app: WorkbenchApp, session: FakeCluster, until: Until
) -> None:
    session.data.clear()
    session.told = {(A, b"DBSIZE"): 0, (B, b"DBSIZE"): 0, (C, b"DBSIZE"): 0}
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        session.trouble(C, Trouble.DOWN, f"{C} does not answer: keys of slots 10923-16383 are not seen.")
        tree = app.screen.query_one(KeyTree)
        wanted = ["No key on the nodes that answer.", "These are all without :7003."]
        await until(pilot, lambda: [plain([line]).strip() for line in tree.message] == wanted)


async def test_a_busy_node_and_that_of_a_run_are_named(app: WorkbenchApp, session: FakeCluster, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        session.trouble(B, Trouble.BUSY, f"{B} is busy with a script.")
        await until(pilot, lambda: app.screen.query_one("#kill-button").display)
        assert f"BUSY  {B}" in text(app, "#running-text")
        app.screen.query_one(RunningPane).show(Running("counter", 10.0, None, node=C), frozenset())
        assert f"at {C}" in text(app, "#running-text")


@pytest.mark.parametrize(
    ("keys", "line", "is_well"),
    [
        ([], "no key: any node runs it", True),
        ([b"a", b"{a}:2"], "slot 15495 · :7003", True),
        ([b"a", b"b"], "CROSSSLOT a → 15495, b → 3300", False),
    ],
)
def test_what_a_cluster_makes_of_keys(keys: list[bytes], line: str, is_well: bool) -> None:
    assert slot_line(keys, NODES, room=60) == (line, is_well)


def test_a_slot_whose_node_is_down_or_that_nobody_serves_is_told() -> None:
    assert slot_line([b"b"], [NodeFacts("h:1", ((0, 5460),), trouble=Trouble.DOWN)], room=60) == (
        "slot 3300 · :1 is down",
        False,
    )
    assert slot_line([b"a"], NODES[:1], room=60) == ("slot 15495, served by no node", False)


def test_nodes_that_have_something_are_one_column_of_signs_or_one_each() -> None:
    down = NodeFacts("h:7003", (), trouble=Trouble.DOWN)
    nodes = (*NODES[:2], down)
    assert [(column.title, column.floor, column.ceiling) for column in node_columns(nodes)] == [
        ("nodes", 0, 100),
        (":7001", 100, 0),
        (":7002", 100, 0),
        (":7003", 100, 0),
    ]
    assert node_cells(nodes, [A])[0] == ("●○✗", "● here", "○ missing", "✗ no answer")
    assert node_cells(nodes, [A], [B])[0] == ("●≠✗", "● here", "≠ other", "✗ no answer")
    assert node_columns(()) == ()
    assert node_cells((), [A]) == ((), ())


def test_of_many_nodes_it_is_counted_which_have_it() -> None:
    nodes = [NodeFacts(f"h:{port}", ()) for port in range(12)]
    assert [column.title for column in node_columns(nodes)] == ["nodes"]
    assert node_cells(nodes, ["h:1", "h:2"])[0] == ("2/12",)


async def test_a_script_and_a_library_that_a_node_lacks_are_loaded_everywhere(
    app: WorkbenchApp, session: FakeCluster, until: Until
) -> None:
    library: Reply = [b"library_name", b"lib", b"engine", b"LUA", b"functions", [], b"library_code", b"#!lua name=lib"]
    session.told |= {(A, b"FUNCTION"): [library], (B, b"FUNCTION"): [], (C, b"FUNCTION"): [library]}
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        scripts = app.screen.query_one(ScriptsView)
        await until(pilot, lambda: "rate_limit\t●○●" in scripts.query_one(TableView).plain)
        rows = scripts.query_one(TableView)
        rows.focus()
        await until(pilot, lambda: app.focused is rows and rows.chosen is not None)
        await pilot.press("A")
        await until(pilot, lambda: (b"SCRIPT", b"LOAD", b"return 1") in session.sent)
        await pilot.press("alt+l")
        functions = app.screen.query_one(FunctionsView)
        await until(pilot, lambda: "▾ lib\t●○●" in functions.query_one(TableView).plain)
        await until(pilot, lambda: app.focused is functions.query_one(TableView))
        await pilot.press("A")
        await until(pilot, lambda: (B, (b"FUNCTION", b"LOAD", b"REPLACE", b"#!lua name=lib")) in session.asked)
        loads = [node for node, argv in session.asked if argv[:2] == (b"FUNCTION", b"LOAD")]
        assert loads == [B]


async def test_the_slow_log_names_nodes_and_the_figures_are_of_all_or_of_one(
    app: WorkbenchApp, session: FakeCluster, until: Until
) -> None:
    session.told |= {
        (A, b"INFO"): b"# Server\r\ntcp_port:7001\r\n",
        (A, b"SLOWLOG"): [[1, 100, 5_000, [b"GET", b"a"], b"127.0.0.1:5", b""]],
        (B, b"SLOWLOG"): [[1, 200, 9_000, [b"GET", b"b"], b"127.0.0.1:5", b""]],
        (C, b"SLOWLOG"): [],
    }
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        log = app.screen.query_one(SlowlogView).query_one(LineView)
        await until(pilot, lambda: log.row_count == 4)
        rows = ["".join(span.text for span in log.line_at(at)) for at in range(4)]
        assert [row.split()[-1] for row in rows[::2]] == ["b", "a"]
        assert [row.split()[0] for row in rows[1::2]] == [":7002", ":7001"]
        await pilot.press("alt+s")
        await until(pilot, lambda: app.focused is app.screen.query_one(ServerView).query_one(TableView))
        view = app.screen.query_one(ServerView)
        await until(pilot, lambda: view.subtitle.startswith("3 nodes together"))
        await pilot.press("n")
        await until(pilot, lambda: view.subtitle.startswith(A))
        await until(pilot, lambda: "tcp_port\t7001" in view.query_one(TableView).plain)


async def test_the_console_sends_a_command_to_the_node_that_is_named(
    app: WorkbenchApp, session: FakeCluster, until: Until
) -> None:
    def transcript() -> str:
        return app.screen.query_one("#transcript", LineView).plain

    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("ctrl+t")
        app.screen.query_one("#command", Input).value = ".at 7003 DBSIZE"
        await pilot.press("enter")
        await until(pilot, lambda: f"{C}\n(integer) 1200" in transcript())
        app.screen.query_one("#command", Input).value = ".at 9 PING"
        await pilot.press("enter")
        await until(pilot, lambda: "There is no node 9" in transcript())
