"""The dot commands about the nodes of a cluster: ``.nodes`` lists them, ``.at`` sends a command to one, or to each.

Knows the shell and the session waist; must not know prompt_toolkit. The decision a reader would question: a node is
named by its port where that is enough. Addresses of a cluster differ in little else, and are typed at a prompt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redis_tui.errors import UsageError
from redis_tui.render.spans import Line, Span, show, text_line
from redis_tui.repl.send import send
from redis_tui.resp.types import ErrorReply
from redis_tui.session.facts import info_sections
from redis_tui.session.nodes import TROUBLE_WORDS, at_node, each_node, node_named

if TYPE_CHECKING:
    from redis_tui.repl.shell import Shell
    from redis_tui.resp.types import Reply
    from redis_tui.session.base import NodeFacts

_TITLES: Final = ("node", "slots", "keys", "memory", "clients", "ops/s", "replicas")
_FIGURES: Final = ("used_memory_human", "connected_clients", "instantaneous_ops_per_sec")
_ALL: Final = "all"


async def nodes(shell: Shell, _args: list[str]) -> None:
    """The primaries of a cluster with their slots and figures, those that do not answer marked.

    Raises:
        UsageError: there is one server.
        NotSupportedError: MULTI is open.
    """
    shell.refuse_in_transaction()
    _refuse_one_server(shell)
    told = await each_node(shell.session, [b"INFO"])
    now = {node.name: node for node in shell.session.nodes()}  # as it is after they were asked
    rows = [_TITLES, *(_row(now.get(node.name, node), reply) for node, reply in told)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [text_line("  ".join(map(str.ljust, row, widths)).rstrip()) for row in rows]
    lines[0] = [Span(span.text, "dim") for span in lines[0]]
    for at, (_, reply) in enumerate(told, 1):
        if isinstance(reply, ErrorReply):
            lines[at] = [Span(span.text, "warning") for span in lines[at]]
    shell.printer.lines(lines)


def _refuse_one_server(shell: Shell) -> None:
    """Refuses where there are no nodes.

    Raises:
        UsageError: there is one server.
    """
    if not shell.session.info.is_cluster:
        raise UsageError(
            f"{shell.session.info.label} is one server and has no nodes.",
            hint="A cluster is opened as redis+cluster://HOST:PORT.",
        )


def _row(node: NodeFacts, reply: Reply) -> tuple[str, ...]:
    replicas = ", ".join(node.replicas) or "none"
    if isinstance(reply, ErrorReply):
        word = f"✗ {TROUBLE_WORDS[node.trouble]}" if node.trouble else f"✗ {reply.code}"
        return (node.name, node.slots, word, "", "", "", replicas)
    fields = {name: value for section in info_sections(reply).values() for name, value in section.items()}
    keys = fields.get("db0", "keys=0").partition(",")[0].removeprefix("keys=")
    return (node.name, node.slots, f"{int(keys):,}", *(fields.get(name, "-") for name in _FIGURES), replicas)


async def at(shell: Shell, args: list[str]) -> None:
    """Sends a command to one node of a cluster, whatever keys it names; to ``all``, to one primary after the other.

    Raises:
        UsageError: there is one server, or no such node.
        NotSupportedError: MULTI is open, or the command is about a connection.
    """
    shell.refuse_in_transaction()
    _refuse_one_server(shell)
    argv = [arg.encode("utf-8", "surrogateescape") for arg in args[1:]]
    if args[1].startswith("."):
        raise UsageError(".at sends commands of the server.", hint="For instance: .at 7001 INFO memory")
    wanted = [one.name for one in shell.session.nodes()] if args[0].lower() == _ALL else [args[0]]
    for one in wanted:
        name = node_named(shell.session, one)
        shell.printer.lines([_head(name)])
        with at_node(name):
            await send(shell, argv)


def _head(name: str) -> Line:
    return [Span(show(name.encode()), "key")]
