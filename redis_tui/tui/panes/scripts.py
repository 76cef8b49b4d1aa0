"""The script cache: sha, name, runs, mean and worst time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on

from redis_tui.tui.messages import ScriptOpened
from redis_tui.tui.queries import duration_label
from redis_tui.tui.widgets.table_pane import TablePane
from redis_tui.tui.widgets.table_view import Column, Row, TableView
from redis_tui.tui.widgets.view import ViewKey, bindings_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.binding import BindingType

    from redis_tui.session.base import NodeFacts, ScriptInfo

_SLOW_MEAN_MS = 10.0
_SHA_WIDTH = 6
_KEYS = (
    ViewKey("e", "call", "wish('scripts.call')"),
    ViewKey("c", "copy sha", "copy_sha"),
    ViewKey("L", "load", "wish('scripts.load')"),
    ViewKey("A", "load everywhere", "wish('scripts.everywhere')", of_cluster=True),
    ViewKey("x", "flush", "wish('scripts.flush')"),
    ViewKey("slash", "filter", "filter", "/"),
    ViewKey("o", "order", "order"),
)


_COLUMNS = (
    Column("sha", _SHA_WIDTH, style="dim"),
    Column("name", 0, style="strong"),
    Column("runs", 4, right=True),
    Column("mean", 9, right=True),
    Column("worst", 9, right=True, floor=48),
    Column("bytes", 7, right=True, style="dim", floor=70),
    Column("whole sha", 40, style="dim", floor=110),
)
_NAME_AT = 1
_MEAN_FLOOR = 40
"""In a cluster the nodes go before the mean time."""
_EMPTY = "No script in the cache yet.\nF5 runs one."
_NONE_FROM_HERE = "No script was run from here yet.\nF5 runs one. A server does not\ntell which others it holds."


class ScriptsView(TablePane):
    """Scripts that the server has, or that ran from here."""

    TITLE = "Scripts"
    SHORT = "Scripts"
    KEYS = _KEYS
    WANTED = "part of a name or sha"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(_KEYS)

    def __init__(self) -> None:
        super().__init__(
            TableView(_COLUMNS, id="scripts-view"),
        )
        self._scripts: dict[str, ScriptInfo] = {}

    def begin(self) -> None:
        """Says what will be here, unless it has been told already."""
        if not self._scripts:
            self.show([], whole=True)

    def show(self, scripts: list[ScriptInfo], *, whole: bool, nodes: Sequence[NodeFacts] = ()) -> None:
        """Shows the cache.

        Args:
            scripts: most recently run first.
            whole: the server told its whole cache; else only what this session has run.
            nodes: of a cluster: which of them has a script is told.
        """
        self._scripts = {info.sha: info for info in scripts}
        if nodes or self.has_nodes:
            self._use_columns(nodes)
        self._table.set_rows([_row(info, nodes) for info in scripts], empty=_EMPTY if whole else _NONE_FROM_HERE)
        count = f"{len(scripts):,} cached" if whole else f"{len(scripts):,} run from here"
        self.subtitle = count if scripts else ""

    def _use_columns(self, nodes: Sequence[NodeFacts]) -> None:
        from redis_tui.tui.node_columns import node_columns

        self.of_nodes(has_nodes=bool(nodes))
        more = _COLUMNS[_NAME_AT + 1 :]
        if nodes:
            more = tuple(replace(one, floor=_MEAN_FLOOR) if one.title == "mean" else one for one in more)
        self._table.set_columns((*_COLUMNS[: _NAME_AT + 1], *node_columns(nodes), *more))

    def info(self, sha: str) -> ScriptInfo | None:
        """What is known of a script."""
        return self._scripts.get(sha)

    def action_copy_sha(self) -> None:
        """The whole sha to the clipboard."""
        if sha := self.argument():
            self.app.copy_to_clipboard(sha)
            self.notify(f"Copied {sha}.", timeout=3)

    @on(TableView.Chosen)
    def _chosen(self, event: TableView.Chosen) -> None:
        event.stop()
        info = self._scripts.get(self.argument())
        if info is not None:
            self.post_message(ScriptOpened(info))


def _row(info: ScriptInfo, nodes: Sequence[NodeFacts]) -> Row:
    cells, order = _of_nodes(info, nodes)
    where = "" if info.on_server or nodes else " ○ gone"
    name = (info.name or "(unnamed)") + where
    size = len(info.source) if info.source is not None else 0
    return Row(
        info.sha,
        (
            info.sha[:_SHA_WIDTH],
            name,
            *cells,
            f"{info.runs}" if info.runs < 10_000 else f"{info.runs // 1000:,}k",
            _took(info.mean_ms) if info.runs else "–",
            _took(info.worst_ms) if info.runs else "–",
            f"{size:,}" if info.source is not None else "–",
            info.sha,
        ),
        (info.sha, name, *order, info.runs, info.mean_ms, info.worst_ms, size, info.sha),
        style="warning" if info.mean_ms >= _SLOW_MEAN_MS else "" if info.name else "dim",
    )


def _of_nodes(info: ScriptInfo, nodes: Sequence[NodeFacts]) -> tuple[tuple[str, ...], tuple[str | int, ...]]:
    if not nodes:
        return ((), ())
    from redis_tui.tui.node_columns import node_cells

    return node_cells(nodes, info.on_nodes)


def _took(milliseconds: float) -> str:
    return f"{milliseconds:.2f} ms" if milliseconds < 100 else duration_label(milliseconds)
