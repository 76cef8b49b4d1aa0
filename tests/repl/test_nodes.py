"""The nodes of a cluster at the prompt, on a session that knows three."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from redis_tui.errors import UsageError
from redis_tui.prompt.one_node import PUBLISHED, one_node_note
from redis_tui.render.spans import plain
from redis_tui.repl import line
from redis_tui.repl.dots import run_dot
from redis_tui.repl.shell import Shell
from redis_tui.resp.types import ErrorReply, Map
from redis_tui.session.base import NodeFacts, Trouble
from redis_tui.session.nodes import named_node
from tests.repl.conftest import CATALOG, FakeSession

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.resp.types import Reply

NODES = (
    NodeFacts("h:7001", ((0, 5460),), ("h:7004",)),
    NodeFacts("h:7002", ((5461, 10922),), ("h:7005",)),
    NodeFacts("h:7003", ((10923, 16383),)),
)
INFO = (
    b"# Memory\r\nused_memory_human:3.40M\r\n# Stats\r\ninstantaneous_ops_per_sec:7\r\n"
    b"# Clients\r\nconnected_clients:2\r\n# Keyspace\r\ndb0:keys=1200,expires=0\r\n"
)


class Nodes(FakeSession):
    """Says of each command which node it was for."""

    def __init__(self, replies: dict[bytes, Reply] | None = None) -> None:
        super().__init__(replies)
        self.info = replace(self.info, url="redis+cluster://h:7001")
        self.primaries = NODES
        self.told: dict[str, Reply] = {}
        self.at: list[str] = []

    async def execute(self, argv: Sequence[bytes], *, db: int | None = None) -> Reply:
        self.at.append(named_node())
        return self.told.get(named_node()) or await super().execute(argv, db=db)


@pytest.fixture
def session() -> Nodes:
    return Nodes({b"INFO": INFO, b"PING": 1})


@pytest.fixture
def shell(session: Nodes, paper: Any) -> Shell:
    return Shell(session, paper, catalog=CATALOG)


async def test_nodes_are_listed_with_slots_figures_and_replicas(shell: Shell, session: Nodes, paper: Any) -> None:
    session.told["h:7003"] = ErrorReply(b"NODEDOWN h:7003 does not answer.")
    session.primaries = (*NODES[:2], replace(NODES[2], trouble=Trouble.DOWN))
    await run_dot(shell, [b".nodes"])
    assert [line.split() for line in paper.text[0].split("\n")] == [
        ["node", "slots", "keys", "memory", "clients", "ops/s", "replicas"],
        ["h:7001", "0-5460", "1,200", "3.40M", "2", "7", "h:7004"],
        ["h:7002", "5461-10922", "1,200", "3.40M", "2", "7", "h:7005"],
        ["h:7003", "10923-16383", "✗", "down", "none"],
    ]


async def test_a_command_goes_to_the_node_that_is_named_by_its_port(shell: Shell, session: Nodes, paper: Any) -> None:
    await run_dot(shell, [b".at", b"7002", b"PING"])
    assert session.at == ["h:7002"]
    assert paper.text == ["h:7002", "(integer) 1"]


async def test_a_command_goes_to_all_of_them_one_by_one(shell: Shell, session: Nodes, paper: Any) -> None:
    await run_dot(shell, [b".at", b"all", b"PING"])
    assert session.at == ["h:7001", "h:7002", "h:7003"]
    assert paper.text == ["h:7001", "(integer) 1", "h:7002", "(integer) 1", "h:7003", "(integer) 1"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b".at 7009 PING", "There is no node 7009 in this cluster. Its nodes are h:7001, h:7004"),
        (b".at 7001 .stat", ".at sends commands of the server"),
        (b".at 7001", ".at needs more"),
    ],
)
async def test_what_is_no_node_or_no_command_is_told(shell: Shell, line: bytes, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        await run_dot(shell, line.split())


@pytest.mark.parametrize("line", [b".nodes", b".at 7001 PING"])
async def test_one_server_has_none(paper: Any, line: bytes) -> None:
    with pytest.raises(UsageError, match="is one server and has no nodes"):
        await run_dot(Shell(FakeSession(), paper, catalog=CATALOG), line.split())


async def test_a_library_that_a_node_lacks_is_told(shell: Shell, session: Nodes, paper: Any) -> None:
    library: Reply = [
        Map([(b"library_name", b"lib"), (b"engine", b"LUA"), (b"functions", []), (b"library_code", b"#!lua name=lib")])
    ]
    session.told |= {"h:7001": library, "h:7003": library}
    session.told["h:7002"] = []
    await run_dot(shell, [b".functions"])
    assert paper.text == ["lib  14 bytes of LUA  on 2 of 3 nodes"]


def test_an_answer_of_one_node_says_that_it_is_no_more() -> None:
    session = Nodes()

    def noted(line: bytes, reply: Reply = 1) -> str:
        return "".join(span.text for part in one_node_note(session, line.split(), reply) for span in part)

    assert noted(b"publish c x") == PUBLISHED
    assert "ran at any one node" in noted(b"EVAL return 0 x")
    assert "libraries of one node" in noted(b"function dump")
    assert noted(b"EVAL s 1 k") == noted(b"GET a") == ""
    assert noted(b"PUBLISH c x", ErrorReply(b"ERR no")) == ""
    assert one_node_note(FakeSession(), [b"PUBLISH", b"c", b"x"], 1) == []


def test_nodes_are_completed_and_one_that_is_down_is_told_below_the_prompt(shell: Shell, session: Nodes) -> None:
    def completed(text: str) -> list[str]:
        return [found.text for found in line.CommandCompleter(shell).get_completions(Document(text), CompleteEvent())]

    assert completed(".at h:700") == ["h:7001", "h:7004", "h:7002", "h:7005", "h:7003"]
    assert completed(".at a") == ["all"]
    assert completed(".at h:7001 ge") == ["get"]
    session.primaries = (*NODES[:2], replace(NODES[2], trouble=Trouble.DOWN))
    assert "✗ :7003 down" in plain([line.hint(shell, "", 0)])
