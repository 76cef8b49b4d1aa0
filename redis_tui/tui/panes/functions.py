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

    from redis_tui.tui.server_queries import Library

_EMPTY = "No function library.\nWrite one that begins with\n#!lua name=mylib\nand press L here to load it."
_KEYS = (
    ViewKey("e", "call", "wish('functions.call')"),
    ViewKey("L", "load", "wish('functions.load')"),
    ViewKey("d", "delete", "wish('functions.delete')"),
    ViewKey("D", "dump", "wish('functions.dump')"),
    ViewKey("R", "restore", "wish('functions.restore')"),
    ViewKey("slash", "filter", "filter", "/"),
)


class FunctionsView(TablePane):
    """A row for each library, below it one for each of its functions."""

    TITLE = "Functions"
    SHORT = "Functions"
    KEYS = _KEYS
    WANTED = "part of a name"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(_KEYS)

    def __init__(self) -> None:
        super().__init__(
            TableView(
                (
                    Column("library, functions", 0, style="text"),
                    Column("flags", 12, style="dim"),
                    Column("description", 44, style="dim", floor=90),
                ),
                id="functions-view",
            )
        )

    def show(self, libraries: Sequence[Library]) -> None:
        """Shows the libraries, by name."""
        rows = []
        for library in libraries:
            count = len(library.functions)
            about = f"{count} function{'' if count == 1 else 's'}"
            rows.append(Row(f"{library.name}/", (f"▾ {library.name}", about, library.engine), (), style="strong"))
            rows += [
                Row(
                    f"{library.name}/{function.name}",
                    (f"    {function.name}", " ".join(function.flags), function.description),
                    (),
                )
                for function in library.functions
            ]
        self._table.set_rows(
            rows,
            empty=_EMPTY,
        )
        self.subtitle = f"{len(libraries):,} librar{'y' if len(libraries) == 1 else 'ies'}" if libraries else ""

    def show_message(self, text: str) -> None:
        """The server refused."""
        self._table.say(*text.split("\n"))
        self.subtitle = ""

    @on(TableView.Chosen)
    def _chosen(self, event: TableView.Chosen) -> None:
        event.stop()
        self.post_message(Wish("functions.code", self.argument()))
