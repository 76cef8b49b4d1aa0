"""One reply, to be looked at in several ways, looked through, copied and saved.

Knows replies, no session, and not what pane or screen it stands in: whoever holds it draws its names of views into a
border (`names_markup`) and its status beside them. The decision a reader would question: the view that was chosen stays
when another reply is shown, and where that has no such view (a number is no table) the redis-cli look stands
in for it, without being chosen.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.containers import Vertical
from textual.message import Message

from redis_tui.record import dataclass
from redis_tui.render.export import raw_chunks
from redis_tui.render.reply_node import Path, count_of, node_at
from redis_tui.render.reply_text import HexRows, json_lines, raw_lines, unpacked_lines, within
from redis_tui.render.spans import text_line
from redis_tui.resp.types import ErrorReply, Reply, Status, Verbatim
from redis_tui.tui.actions import bindings
from redis_tui.tui.keymap import keymap_of
from redis_tui.tui.widgets.findable import Findable, pattern_of
from redis_tui.tui.widgets.flow_view import FlowView
from redis_tui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

    from redis_tui.render.reply_table import ReplyTable
    from redis_tui.render.spans import Line
    from redis_tui.tui.widgets.reply_find import ReplyFind
    from redis_tui.tui.widgets.reply_grid import GridRows, ReplyGrid
    from redis_tui.tui.widgets.reply_tree import ReplyTree

VIEWS = ("cli", "tree", "table", "json", "raw", "hex", "unpacked")
"""All views, in the order a key goes through them."""
_HINTS = (("next_view", "view"), ("find_reply", "find"), ("copy_menu", "copy"), ("save_reply", "save"))
SHOWN_CHARACTERS = 64 * 1024 * 1024
"""Of a text: nobody reads more of it, and what is kept of it takes as much memory as the reply itself."""
_HUNT_S, _PAUSE_S, _WAIT_S, _TELL_EVERY_S = 0.012, 0.004, 0.03, 0.1


@dataclass(frozen=True, slots=True)
class Document:
    """What is looked at."""

    reply: Reply
    lines: Callable[[], Iterable[Line]]
    """The redis-cli look, with what stands above and below it."""
    name: str = "reply"
    """For a file, without its ending."""


class ReplyViewer(Vertical):
    """The views of a reply, one at a time.

    Args:
        is_early: what no sentence needs is made by `complete`; until then there is no reply.
    """

    DEFAULT_CSS = """
    ReplyViewer { height: 1fr; }
    ReplyViewer #reply-tree { display: none; }
    ReplyViewer #reply-table { padding: 0 1; display: none; }
    ReplyViewer LineView { scrollbar-size-horizontal: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("result")

    class Changed(Message):
        """Another view is shown, or there is something else to tell beside it."""

    class Opened(Message):
        """A part of the reply is wanted for itself."""

        def __init__(self, title: str, reply: Reply) -> None:
            super().__init__()
            self.title = title
            self.reply = reply

    def __init__(self, *, is_early: bool = False) -> None:
        super().__init__(id="reply")
        self._is_early = is_early
        self.document: Document | None = None
        self.views: tuple[str, ...] = ()
        """Those that the reply has."""
        self.view = "cli"
        self.wanted = "cli"
        """The view that was chosen last."""
        self._table: ReplyTable | None = None
        self._needle = ""
        self._at = -1
        """Which match one is at."""
        self._is_hunting = False
        self._note = ""
        self._told_at = 0.0

    def compose(self) -> ComposeResult:
        """The views and the field below them."""
        yield FlowView(id="reply-view")
        if not self._is_early:
            yield from self._behind()

    async def complete(self) -> None:
        """Makes what was left out at first."""
        await self.mount(*self._behind())

    @staticmethod
    def _behind() -> tuple[Widget, ...]:
        # Loaded here: a start shows none of them. What they say is heard by the names of handlers, which need no class.
        from redis_tui.tui.widgets.reply_find import ReplyFind
        from redis_tui.tui.widgets.reply_grid import ReplyGrid
        from redis_tui.tui.widgets.reply_tree import ReplyTree

        return ReplyTree(), ReplyGrid(), ReplyFind()

    # ── setters ────────────────────────────────────────────────────────────

    def set_lines(self, lines: Iterable[Line]) -> None:
        """Shows something else than a reply."""
        self.document, self.views, self.view, self._table = None, (), "cli", None
        self._end_hunt()
        self._front("cli")
        self.text.set_lines(lines)
        self.post_message(self.Changed())

    def show(self, document: Document) -> None:
        """Shows a reply, in the view that was chosen last if it has that."""
        from redis_tui.render.reply_table import table_of

        self.document = document
        reply = document.reply
        self._table = table_of(reply)
        has_text = isinstance(reply, bytes | Verbatim) and not isinstance(reply, Status)
        has = {"tree": bool(count_of(reply)), "table": self._table is not None}
        has["unpacked"] = has_text or has["tree"]
        self.views = tuple(view for view in VIEWS if has.get(view, True))
        self._show("cli" if isinstance(reply, ErrorReply) or self.wanted not in self.views else self.wanted)

    def focus_content(self) -> None:
        """Gives the keyboard to the view."""
        self.face.focus()

    # ── what is told elsewhere ─────────────────────────────────────────────

    @property
    def names_markup(self) -> str:
        """The names of the views, for a border: the one that is shown in brackets; each can be clicked."""
        return " ".join(
            f"[bold]\\[{view}][/]" if view == self.view else f"[not bold $rt-dim @click=show_view('{view}')]{view}[/]"
            for view in self.views
        )

    @property
    def keys(self) -> str:
        """The keys that one wants first, for a border with room."""
        keymap = keymap_of(self)
        return "  ".join(f"{keymap.label(name, otherwise='–')} {word}" for name, word in _HINTS)

    @property
    def status(self) -> str:
        """Where one is in it; empty where there is nothing to say."""
        if self._note:
            return self._note
        if self._needle:
            return self._found
        if self.document is None:
            return ""
        if self.view == "tree":
            return "".join(span.text for span in self.nodes.place)
        return self.grid.rows.place if self.view == "table" else ""

    @property
    def text(self) -> FlowView:
        """The view of everything that is text."""
        return self.query_one("#reply-view", FlowView)

    @property
    def nodes(self) -> ReplyTree:
        """The tree."""
        return cast("ReplyTree", self.query_one("ReplyTree"))

    @property
    def grid(self) -> ReplyGrid:
        """The table."""
        return cast("ReplyGrid", self.query_one("ReplyGrid"))

    @property
    def _field(self) -> ReplyFind:
        return cast("ReplyFind", self.query_one("ReplyFind"))

    @property
    def face(self) -> FlowView | ReplyTree | GridRows:
        """The view in front."""
        return self.nodes if self.view == "tree" else self.grid.rows if self.view == "table" else self.text

    @property
    def chosen(self) -> tuple[str, Reply] | None:
        """The node under the cursor and its path, where a view has one."""
        if self.document is None or self.view not in ("tree", "table"):
            return None
        if self.view == "tree":
            place = self.nodes.place[0].text
            return place, self.nodes.here.value
        if not self.grid.rows.row_count:
            return None
        at = self.grid.rows.here
        return f"row {at + 1:,}", list(self.grid.rows.table.of_row(at))

    # ── views ──────────────────────────────────────────────────────────────

    def action_next_view(self, by: int = 1) -> None:
        """The view behind, or before."""
        if self.views:
            self.action_show_view(self.views[(self.views.index(self.view) + by) % len(self.views)])

    def action_show_view(self, view: str) -> None:
        """One view, by its name; it stays for the replies to come."""
        if self.document is None:
            self.notify("There is no reply yet.", severity="warning", timeout=2)
            return
        if view not in self.views:
            self.notify(f"This reply has no view {view}: {_LACKS.get(view, '')}", severity="warning", timeout=4)
            return
        self.wanted = view
        self._show(view)

    def _show(self, view: str) -> None:
        self._end_hunt()
        self.view, self._note = view, ""
        document = self.document
        assert document is not None
        if view == "tree":
            self.nodes.show(document.reply)
        elif view == "table" and self._table is not None:
            self.grid.rows.show(self._table)
            self.grid.head.refresh()
        elif view == "hex":
            self._show_hex(document.reply)
        else:
            makes = _TEXTS.get(view)
            lines = makes(document.reply) if makes is not None else document.lines()
            self.text.draw_lines(within(lines, SHOWN_CHARACTERS, self._cut_line))
        self._front(view)
        self.post_message(self.Changed())

    @property
    def _cut_line(self) -> Line:
        save = keymap_of(self).label("save_reply", otherwise="^P, Save reply")
        told = f"… cut after {SHOWN_CHARACTERS:,} characters · the view hex has every byte, {save} saves all of it"
        return text_line(told, "warning")

    def _front(self, view: str) -> None:
        """Shows one and hides the others; the keyboard stays in the reply."""
        had_focus = any(face.has_focus for face in self.query(LineView))
        self.text.display = view not in ("tree", "table")
        self.query_children("ReplyTree").set(display=view == "tree")
        self.query_children("ReplyGrid").set(display=view == "table")
        if had_focus:
            self.focus_content()

    def _show_hex(self, reply: Reply) -> None:
        if isinstance(reply, ErrorReply):
            reply = reply.line
        if isinstance(reply, bytes):
            self.text.show_rows(HexRows(reply))
            return
        data = bytearray()
        self.text.show_rows(HexRows(data), _filling(data, raw_chunks(reply)))

    def action_toggle_wrap(self) -> None:
        """Breaks long lines, or not."""
        wraps = self.text.toggle_wrap()
        self.notify("Long lines are broken." if wraps else "Long lines go on to the right: ← →", timeout=2)

    def action_expand(self, everywhere: bool = False) -> None:
        """Opens all below the row of the tree, or all there is."""
        if self.view == "tree":
            self.nodes.expand_from(0 if everywhere else self.nodes.row)

    def action_collapse_all(self) -> None:
        """Closes all but the first level."""
        if self.view == "tree":
            self.nodes.collapse_all()

    def action_sort_column(self) -> None:
        """Sorts the table by the next column."""
        rows = self.grid.rows
        if self.view == "table" and rows.table.names:
            rows.sort_by(0 if rows.by is None else (rows.by + 1) % len(rows.table.names))

    def action_turn_order(self) -> None:
        """Sorts the other way round."""
        rows = self.grid.rows
        if self.view == "table":
            rows.sort_by(rows.by or 0)

    @on(LineView.Drawn, "#reply-view")
    def _drawn(self, event: LineView.Drawn) -> None:
        event.stop()
        self.post_message(self.Changed())

    @on(LineView.Moved, "#reply-tree, #reply-rows")
    def _moved(self, event: LineView.Moved) -> None:
        event.stop()
        self.grid.head.refresh()
        self.post_message(self.Changed())

    def on_reply_tree_leaf_chosen(self, event: ReplyTree.LeafChosen) -> None:
        """A value of the tree is opened."""
        event.stop()
        self._open(event.path)

    def _open(self, path: Path) -> None:
        if self.document is not None and path:
            self.post_message(self.Opened(self.nodes.place[0].text, node_at(self.document.reply, path)))

    @on(LineView.Chosen, "#reply-rows")
    def _row_chosen(self, event: LineView.Chosen) -> None:
        event.stop()
        if (chosen := self.chosen) is not None:
            self.post_message(self.Opened(*chosen))

    # ── looking for something ──────────────────────────────────────────────

    def action_find_reply(self) -> None:
        """Opens the field."""
        self._field.open()

    def action_find_step(self, by: int) -> None:
        """The next match, or the one before; without anything looked for, asks."""
        if not self._needle:
            self.action_find_reply()
            return
        count = self.face.hit_count
        if count:
            self._at = (self._at + by) % count
            self.face.show_hit(self._at)
        self._tell_hits()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002  # Textual's
        """Escape is for others while nothing is looked for."""
        return bool(self._needle) if action == "end_find" else True

    def action_end_find(self) -> None:
        """Nothing is looked for any more."""
        self._end_hunt()
        self.post_message(self.Changed())

    def on_reply_find_typed(self, event: ReplyFind.Typed) -> None:
        """Looks while it is typed."""
        event.stop()
        self._hunt(event.needle)

    def on_reply_find_stepped(self, event: ReplyFind.Stepped) -> None:
        """The next match, or the one before."""
        event.stop()
        if self._needle:
            self.action_find_step(event.by)

    def on_reply_find_left(self, event: ReplyFind.Left) -> None:
        """The field is left, by Enter or by Esc."""
        event.stop()
        self._field.close()
        if not event.keeps:
            self.action_end_find()
        self.focus_content()
        self.post_message(self.Changed())

    def _end_hunt(self) -> None:
        self.workers.cancel_group(self, "hunt")
        self._needle, self._at, self._is_hunting = "", -1, False
        self.face.end_hunt()
        if self.query_children("ReplyFind"):
            self._field.close()

    @work(group="hunt", exclusive=True)
    async def _hunt(self, needle: str) -> None:
        face: Findable = self.face
        self._needle, self._at, self._is_hunting = needle, -1, bool(needle)
        if not needle:
            face.end_hunt()
            self._tell_hits()
            return
        steps = face.hunt(pattern_of(needle))
        while (goes_on := _hunt_a_while(steps)) is not None:
            self._arrive(face)
            await asyncio.sleep(_PAUSE_S if goes_on else _WAIT_S)
        self._is_hunting = False
        self._arrive(face, is_whole=True)

    def _arrive(self, face: Findable, *, is_whole: bool = False) -> None:
        """Goes to the first match from where one looks, as soon as it is known."""
        is_new = False
        if self._at < 0 and face.hit_count:
            first = face.hit_from_here()
            if first >= 0 or is_whole:
                self._at, is_new = max(0, first), True
                face.show_hit(self._at)
        if is_new or is_whole or time.monotonic() - self._told_at > _TELL_EVERY_S:
            self._told_at = time.monotonic()
            self._tell_hits()

    def _tell_hits(self) -> None:
        self._field.tell(self._found if self._needle else "")
        self.post_message(self.Changed())

    @property
    def _found(self) -> str:
        """``3 of 17``."""
        count = self.face.hit_count
        if self._is_hunting:
            return f"{max(0, self._at + 1):,} of {count:,}… searching, Esc ends it"
        found = f"{self._at + 1:,} of {count:,}" if count else "not found"
        return f"{self._needle}: {found}" if not self._field.display else found

    # ── copying and saving ─────────────────────────────────────────────────

    def on_flow_view_copy_wanted(self, event: Message) -> None:
        """A view's own key."""
        event.stop()
        self.action_copy_menu()

    on_reply_tree_copy_wanted = on_flow_view_copy_wanted
    on_grid_rows_copy_wanted = on_flow_view_copy_wanted

    @work(group="copy")
    async def action_copy_menu(self) -> None:
        """Asks what to copy."""
        from redis_tui.tui.desks.reply import offer_copy

        if self.document is None:
            self.app.copy_to_clipboard(self.text.plain)
            self.notify("Copied.", timeout=2)
            return
        await offer_copy(self.app, self.document.reply, self.document.name, self.chosen)

    @work(group="copy")
    async def action_copy_as(self, form: str) -> None:
        """The whole reply in one form."""
        from redis_tui.tui.desks.reply import copy_reply

        if self.document is None:
            self.notify("There is no reply to copy yet.", severity="warning", timeout=2)
            return
        await copy_reply(self.app, self.document.reply, form, self.document.name)

    @work(group="copy")
    async def action_save_reply(self) -> None:
        """Asks for a file."""
        from redis_tui.tui.desks.reply import save_reply

        if self.document is None:
            self.notify("There is no reply to save yet.", severity="warning", timeout=2)
            return
        await save_reply(self.app, self.document.reply, self.document.name)


_TEXTS: dict[str, Callable[[Reply], Iterator[Line]]] = {
    "json": json_lines,
    "raw": raw_lines,
    "unpacked": unpacked_lines,
}
_LACKS = {
    "tree": "it holds nothing else.",
    "table": "it has no rows of equal shape.",
    "unpacked": "it holds no string.",
}
"""Why a view is missing."""


def _filling(data: bytearray, chunks: Iterator[bytes]) -> Iterator[None]:
    """Puts bytes together, a chunk a step."""
    for chunk in chunks:
        data += chunk
        yield


def _hunt_a_while(steps: Iterator[bool]) -> bool | None:
    """Looks as long as it is not felt; False where it has to wait, None at the end."""
    until = time.thread_time() + _HUNT_S
    for goes_on in steps:
        if not goes_on:
            return False
        if time.thread_time() > until:
            return True
    return None
