"""Who is connected: CLIENT LIST as a table that is sorted, narrowed and killed from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on

from redis_tui.session.nodes import short_names
from redis_tui.tui.queries import duration_label
from redis_tui.tui.widgets.table_pane import TablePane
from redis_tui.tui.widgets.table_view import Column, Row, TableView
from redis_tui.tui.widgets.view import ViewKey, Wish, bindings_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.binding import BindingType

    from redis_tui.tui.server_queries import ClientFacts

_LIMIT = 5_000
_KEYS = (
    ViewKey("x,delete", "kill", "wish('clients.kill')"),
    ViewKey("slash", "filter", "filter", "/"),
    ViewKey("o", "order", "order"),
    ViewKey("r", "read", "wish('clients.read')"),
)


_COLUMNS = (
    Column("id", 6, right=True, style="dim"),
    Column("address", 0, style="strong"),
    Column("name", 14, floor=76),
    Column("user", 10, style="dim", floor=110),
    Column("age", 7, right=True, floor=60),
    Column("idle", 6, right=True),
    Column("db", 2, right=True, style="dim", floor=44),
    Column("last command", 18, style="accent", floor=60),
    Column("memory", 9, right=True, floor=90),
    Column("flags", 5, style="dim", floor=84),
    Column("library", 16, style="dim", floor=130),
)


class ClientsView(TablePane):
    """A row a connection."""

    TITLE = "Clients"
    SHORT = "Cli"
    KEYS = _KEYS
    WANTED = "part of an address, a name, a command"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(_KEYS)

    def __init__(self) -> None:
        super().__init__(
            TableView(_COLUMNS, sort=0, id="clients-view"),
        )
        self._clients: dict[str, ClientFacts] = {}

    def show(self, clients: Sequence[ClientFacts]) -> None:
        """Shows who is connected."""
        self._clients = {client.id: client for client in clients}
        nodes = short_names({client.node for client in clients if client.node})
        self._table.set_columns(_columns(nodes))
        self._table.set_rows([_row(client, nodes) for client in clients[:_LIMIT]], empty="Nobody is connected.")
        self._count(len(clients))

    def show_message(self, text: str) -> None:
        """The server refused."""
        self._table.say(text)
        self.subtitle = ""

    def client(self, id_: str) -> ClientFacts | None:
        """What is known of a connection."""
        return self._clients.get(id_)

    def _count(self, total: int) -> None:
        shown, held = self._table.counts
        cut = f"first {held:,} of {total:,}" if held < total else f"{total:,} connected"
        self.subtitle = cut if shown == held else f"{shown:,} of {cut}"

    def narrow(self, text: str) -> None:
        """Also counts what is left."""
        super().narrow(text)
        self._count(len(self._clients))

    @on(TableView.Chosen)
    def _chosen(self, event: TableView.Chosen) -> None:
        event.stop()
        self.post_message(Wish("clients.details", self.argument()))


def _columns(nodes: Mapping[str, str]) -> Sequence[Column]:
    if not nodes:
        return _COLUMNS
    first, *others = _COLUMNS
    node = Column("node", max(map(len, nodes.values())), style="accent")
    return (first, node, *(replace(one, floor=one.floor + node.width if one.floor else 0) for one in others))


def _row(client: ClientFacts, nodes: Mapping[str, str]) -> Row:
    node = (nodes.get(client.node, client.node),) if nodes else ()
    age, idle, memory = client.number("age"), client.number("idle"), client.number("tot-mem")
    number = client.id.partition("@")[0]
    return Row(
        client.id,
        (
            number,
            *node,
            client.text("addr") + (" (you)" if client.is_own else ""),
            client.text("name"),
            client.text("user"),
            duration_label(age * 1000),
            duration_label(idle * 1000),
            client.text("db"),
            client.text("cmd"),
            f"{memory / 1024:,.0f} KB",
            client.text("flags"),
            " ".join(part for part in (client.text("lib-name"), client.text("lib-ver")) if part),
        ),
        (
            int(number) if number.isdigit() else 0,
            *node,
            client.text("addr"),
            client.text("name"),
            client.text("user"),
            age,
            idle,
            client.number("db"),
            client.text("cmd"),
            memory,
            client.text("flags"),
            client.text("lib-name"),
        ),
    )
