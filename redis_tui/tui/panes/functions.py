"""Function libraries and their functions: flags, description, code; what is done with them is wished for upward."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on

from redis_tui.tui.widgets.table_pane import TablePane
from redis_tui.tui.widgets.table_view import Column, Row, TableView
from redis_tui.tui.widgets.view import ViewKey, Wish, bindings_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.binding import BindingType

    from redis_tui.session.base import NodeFacts
    from redis_tui.tui.server_queries import Library

_EMPTY = "No function library.\nWrite one that begins with\n#!lua name=mylib\nand press L here to load it."
_KEYS = (
    ViewKey("e", "call", "wish('functions.call')"),
    ViewKey("L", "load", "wish('functions.load')"),
    ViewKey("A", "load everywhere", "wish('functions.everywhere')", of_cluster=True),
    ViewKey("d", "delete", "wish('functions.delete')"),
    ViewKey("D", "dump", "wish('functions.dump')"),
    ViewKey("R", "restore", "wish('functions.restore')"),
    ViewKey("slash", "filter", "filter", "/"),
)


_COLUMNS = (
    Column("library, functions", 0, style="text"),
    Column("flags", 12, style="dim"),
    Column("description", 44, style="dim", floor=90),
)


class FunctionsView(TablePane):
    """A row for each library, below it one for each of its functions."""

    TITLE = "Functions"
    SHORT = "Functions"
    KEYS = _KEYS
    WANTED = "part of a name"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(_KEYS)

    def __init__(self) -> None:
        super().__init__(TableView(_COLUMNS, id="functions-view"))

    def show(self, libraries: Sequence[Library], nodes: Sequence[NodeFacts] = ()) -> None:
        """Shows the libraries.

        Args:
            libraries: by name.
            nodes: of a cluster: which of them has a library is told.
        """
        if nodes or self.has_nodes:
            self._use_columns(nodes)
        rows = []
        nothing = _of_nodes(None, nodes)
        for library in libraries:
            count = len(library.functions)
            about = f"{count} function{'' if count == 1 else 's'}"
            cells = (f"▾ {library.name}", *_of_nodes(library, nodes), about, library.engine)
            rows.append(Row(f"{library.name}/", cells, (), style="strong"))
            rows += [
                Row(
                    f"{library.name}/{function.name}",
                    (f"    {function.name}", *nothing, " ".join(function.flags), function.description),
                    (),
                )
                for function in library.functions
            ]
        self._table.set_rows(
            rows,
            empty=_EMPTY,
        )
        self.subtitle = f"{len(libraries):,} librar{'y' if len(libraries) == 1 else 'ies'}" if libraries else ""

    def _use_columns(self, nodes: Sequence[NodeFacts]) -> None:
        from redis_tui.tui.node_columns import node_columns

        self.of_nodes(has_nodes=bool(nodes))
        first, *more = _COLUMNS
        self._table.set_columns((first, *node_columns(nodes), *more))

    def show_message(self, text: str) -> None:
        """The server refused."""
        self._table.say(*text.split("\n"))
        self.subtitle = ""

    @on(TableView.Chosen)
    def _chosen(self, event: TableView.Chosen) -> None:
        event.stop()
        self.post_message(Wish("functions.code", self.argument()))


def _of_nodes(library: Library | None, nodes: Sequence[NodeFacts]) -> tuple[str, ...]:
    if not nodes:
        return ()
    from redis_tui.tui.node_columns import node_cells

    cells, _ = node_cells(nodes, library.on_nodes if library else (), library.other_on if library else ())
    return cells if library else ("",) * len(cells)
