"""One key's value, by type and in pages, over the workbench: to read, decode and edit.

Knows the session. The decision a reader would question: every change is asked for in a form, shown as a
difference, and written only where the value is still what was shown; nothing is edited in place,
where a slip of the finger would already be on the server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.markup import escape

from redis_tui.errors import RedisTuiError
from redis_tui.render.decode import VIEWS, decode, decode_slowly
from redis_tui.render.spans import Line, Span
from redis_tui.resp.inline import UnbalancedQuotes, join_inline, split_inline
from redis_tui.resp.types import ErrorReply
from redis_tui.tui import value_edits
from redis_tui.tui.key_commands import parse_ttl
from redis_tui.tui.panes.key_tree import show_key
from redis_tui.tui.queries import KeyFacts, duration_label
from redis_tui.tui.screens.dialogs import Ask, AskText, Choice
from redis_tui.tui.screens.modal import Modal
from redis_tui.tui.screens.value_form import Difference, ValueForm
from redis_tui.tui.value_edits import FIELDS, Edit
from redis_tui.tui.value_pages import PAGE, ValuePage, value_page
from redis_tui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.app import ComposeResult

    from redis_tui.session.base import Session

_KEYS = {
    "string": "e edit",
    "list": "e edit · a A push · i insert · d delete",
    "hash": "e edit · a add · t field TTL · d delete",
    "set": "e edit · a add · d delete",
    "zset": "e edit · a add · d delete",
    "stream": "a add · d delete",
}


class ValueScreen(Modal[bool]):
    """Reads a page at a time; says how much it shows. Answers whether anything was changed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "close", show=False),
        Binding("n", "turn(1)", show=False),
        Binding("p", "turn(-1)", show=False),
        Binding("v", "view(1)", show=False),
        Binding("V", "view(-1)", show=False),
        Binding("r,f9", "reload", show=False),
        Binding("e", "edit", show=False),
        Binding("a", "add", show=False),
        Binding("A", "add(True)", show=False),
        Binding("i", "insert", show=False),
        Binding("d,delete", "remove", show=False),
        Binding("t", "expire_field", show=False),
        Binding("colon", "go_to", show=False),
    ]

    def __init__(self, session: Session, key: bytes, db: int | None = None) -> None:
        super().__init__()
        self._session = session
        self._db = None if db == session.db else db
        """Where that is not the session's own."""
        self._key = key
        self._page: ValuePage | None = None
        self._places: list[tuple[int, bytes]] = [(0, b"0")]
        self._view = "auto"
        self._changed = False

    def compose(self) -> ComposeResult:
        """One view."""
        with Vertical(classes="dialog -full") as box:
            box.border_title = escape(show_key(self._key))
            yield LineView(cursor=True)

    def on_mount(self) -> None:
        """Reads the first page."""
        view = self.query_one(LineView)
        view.set_lines([[Span("Reading…", "dim")]])
        view.focus()
        self._read()

    # ── reading ────────────────────────────────────────────────────────────

    @work(exclusive=True, group="page")
    async def _read(self) -> None:
        start, cursor = self._places[-1]
        try:
            page = await value_page(self._session, self._key, start, cursor, db=self._db)
        except RedisTuiError as error:
            self._say(str(error), "danger")
            return
        if page is None:
            self._say("This key no longer exists.", "dim")
        elif isinstance(page, ErrorReply):
            self._say(page.line.decode("utf-8", "replace"), "danger")
        else:
            self._page = page
            self._show_page(page)

    def _say(self, text: str, style: str) -> None:
        self._page = None
        self.query_one(LineView).set_lines([[Span(text, style)]])
        self.query_one(".dialog").border_subtitle = "r reads again · Esc closes"

    def _show_page(self, page: ValuePage) -> None:
        box = self.query_one(".dialog")
        place = "" if self._db is None else f"in db{self._db}"
        parts = [place, page.type, page.encoding, f"TTL {KeyFacts(page.type, page.ttl_ms).ttl_label}"]
        lines: Iterable[Line] = ()
        if page.type == "string":
            raw = page.rows[0][0]
            decoded = decode_slowly(raw, self._view, whole=len(raw) >= page.total)
            lines = decoded.lines
            parts += [decoded.name, decoded.note]
        else:
            lines = page_lines(page, self._view)
            parts += [self._view] if self._view != "auto" else []
        detail = " · ".join(part for part in parts if part)
        box.border_title = f"{escape(show_key(page.key))}  [not bold $rt-dim]{escape(detail)}[/]"
        turns = f"{' · n next' if page.has_next else ''}{' · p back' if len(self._places) > 1 else ''}"
        does = "" if self._session.info.read_only else f" · {_KEYS[page.type]}"
        box.border_subtitle = f"{extent(page)}{turns}{does} · v view · y copy · Esc"
        self.query_one(LineView).draw_lines(lines)  # sixty kilobytes of JSON may be twenty thousand

    def action_turn(self, by: int) -> None:
        """Next page, or the one before."""
        page = self._page
        if page is None:
            return
        if by > 0 and page.has_next:
            self._places.append((page.start + len(page.rows), page.cursor))
            self._go()
        elif by < 0 and len(self._places) > 1:
            self._places.pop()
            self._go()

    def _go(self) -> None:
        self.query_one(LineView).row = 0
        self._read()

    @work(group="edit", exclusive=True)
    async def action_go_to(self) -> None:
        """The page that begins with an element of a list or sorted set, by its number."""
        page = self._page
        if page is None or page.type not in ("list", "zset"):
            self.notify("Only lists and sorted sets have numbered elements.")
            return
        title = f"Go to element, 0 to {page.total - 1:,}"
        wanted = (await self.app.push_screen_wait(AskText(title, "", wanted="number"))).replace(",", "")
        if wanted.isdecimal():
            self._places.append((min(int(wanted), page.total - 1), b"0"))
            self._go()

    def action_view(self, by: int) -> None:
        """The next way to look at it."""
        self._view = VIEWS[(VIEWS.index(self._view) + by) % len(VIEWS)]
        if self._page is not None:
            self._show_page(self._page)

    def action_reload(self) -> None:
        """Reads the page again."""
        self._read()

    def action_close(self) -> None:
        """Back to the workbench."""
        self.dismiss(self._changed)

    @on(LineView.Chosen)
    def _chosen(self, event: LineView.Chosen) -> None:
        """One element whole, decoded."""
        event.stop()
        row = self._row()
        if self._page is not None and self._page.type != "string" and row:
            self.app.push_screen(ElementScreen(self._page.type, row, self._view))

    def _row(self) -> tuple[bytes, ...]:
        """The row under the cursor; a string has one."""
        page, at = self._page, self.query_one(LineView).row
        if page is None or not page.rows:
            return ()
        return page.rows[0] if page.type == "string" else page.rows[min(at, len(page.rows) - 1)]

    # ── editing ────────────────────────────────────────────────────────────

    @work(group="edit", exclusive=True)
    async def action_edit(self) -> None:
        """Another content for the string, or for the row under the cursor."""
        page, row = self._page, self._row()
        if page is None or not row or self._refuses():
            return
        if page.type == "stream":
            self.notify("Entries of a stream cannot be changed; add another, delete this one.")
            return
        if page.type == "string" and len(row[0]) < page.total:
            self.notify(
                f"Only {len(row[0]):,} of {page.total:,} bytes were read; SETRANGE in the console edits a part."
            )
            return
        before = row[1:] if page.type == "list" else row
        values, meant = list(before), False
        while not meant:
            answer = await self._form("Edit", page.type, values)
            if answer is None:
                return
            values = answer
            if tuple(values) == before:
                self.notify("Nothing was changed.")
                return
            question = Difference(f"Save {show_key(page.key)}?", _as_text(before), _as_text(values))
            meant = await self.app.push_screen_wait(question)
        if page.type == "string":
            await self._apply(value_edits.set_string(page.key, row[0], values[0]))
        else:
            await self._apply(value_edits.change(page.type, page.key, row, values))

    @work(group="edit", exclusive=True)
    async def action_add(self, left: bool = False) -> None:
        """A new row."""
        page = self._page
        if page is None or page.type == "string" or self._refuses():
            return
        first = (b"* ",) if page.type == "stream" else (b"",) * len(FIELDS[page.type])
        values = await self._form("Push left" if left else "Add", page.type, first)
        if values is None:
            return
        if page.type == "stream":
            try:
                values = split_inline(values[0].replace(b"\n", b" "))
            except UnbalancedQuotes:
                self.notify("A quote is left open.", severity="error")
                return
        await self._apply(value_edits.add(page.type, page.key, values, left=left), taken="has that name already")

    @work(group="edit", exclusive=True)
    async def action_insert(self) -> None:
        """A new element of a list, before the one under the cursor."""
        page, row = self._page, self._row()
        if page is None or page.type != "list" or not row or self._refuses():
            return
        values = await self._form(f"Insert before {row[0].decode()}", "list", (b"",))
        if values is not None:
            await self._apply(value_edits.insert(page.key, row, values[0]))

    @work(group="edit", exclusive=True)
    async def action_remove(self) -> None:
        """Takes the row under the cursor out, after a question."""
        page, row = self._page, self._row()
        if page is None or page.type == "string" or not row or self._refuses():
            return
        shown = "\n".join(show_key(part)[:200] for part in row)
        text = f"{shown}\n\nThis takes it out of {show_key(page.key)}."
        if page.total == 1 and page.type != "stream":
            text += " It is the last one: the key goes with it."
        choices = (Choice("cancel", "Keep"), Choice("delete", "Delete", danger=True))
        if await self.app.push_screen_wait(Ask("Delete?", text, choices)) == "delete":
            await self._apply(value_edits.remove(page.type, page.key, row))

    @work(group="edit", exclusive=True)
    async def action_expire_field(self) -> None:
        """A time to live for the field under the cursor."""
        page, row = self._page, self._row()
        if page is None or page.type != "hash" or not row or self._refuses():
            return
        if not page.times:
            self.notify("This server has no times for fields; Redis 7.4 and Valkey 9 have.", severity="warning")
            return
        title = f"Time to live of field {show_key(row[0])}"
        wanted = await self.app.push_screen_wait(AskText(title, "", wanted="90, 5m, 2h, 7d, 500ms, none"))
        if not wanted:
            return
        try:
            write = value_edits.field_time(page.key, row[0], parse_ttl(wanted))
        except RedisTuiError as error:
            self.notify(str(error), severity="error")
            return
        await self._apply(Edit(page.key, (write,), (b"HGET", page.key, row[0]), row[1]))

    async def _form(self, verb: str, kind: str, values: Sequence[bytes]) -> list[bytes] | None:
        fields = list(zip(FIELDS[kind], values, strict=True))
        title = f"{verb} · {kind} {show_key(self._key)}"
        return await self.app.push_screen_wait(ValueForm(title, fields, is_tall=kind == "string"))

    async def _apply(self, edit: Edit, *, taken: str = "") -> None:
        """Carries it out; where the value is another by now, asks whether to write all the same."""
        try:
            done = await value_edits.apply(self._session, edit, db=self._db)
            if done is False:
                text = "Something there " + taken if taken else "Somebody changed it since it was read"
                choices = (Choice("cancel", "Leave it"), Choice("force", "Write all the same", danger=True))
                question = Ask("The value is another now", f"{text}. Nothing was written.", choices)
                if await self.app.push_screen_wait(question) == "force":
                    done = await value_edits.apply(self._session, edit, force=True, db=self._db)
        except RedisTuiError as error:
            self.notify(str(error), severity="error")
            return
        if isinstance(done, ErrorReply):
            self.notify(done.line.decode("utf-8", "replace"), severity="error", timeout=8)
        self._changed = self._changed or done is True
        self._read()

    def _refuses(self) -> bool:
        if self._session.info.read_only:
            self.notify("This connection is read-only.", severity="warning")
        return self._session.info.read_only


class ElementScreen(Modal[None]):
    """One element of a collection, whole and decoded."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "close", show=False, priority=True),
        Binding("v", "view(1)", show=False),
        Binding("V", "view(-1)", show=False),
    ]

    def __init__(self, kind: str, row: tuple[bytes, ...], view: str) -> None:
        super().__init__()
        self._label = "" if kind == "set" else show_key(row[0])
        self._parts = row[1:] if kind == "stream" else row[-1:]
        self._view = view

    def compose(self) -> ComposeResult:
        """One view."""
        with Vertical(classes="dialog -full"):
            yield LineView()

    def on_mount(self) -> None:
        """Shows it."""
        self.query_one(LineView).focus()
        self._show()

    def _show(self) -> None:
        found = [decode(part, self._view) for part in self._parts]
        box = self.query_one(".dialog")
        names = " · ".join(dict.fromkeys(name for each in found for name in (each.name, each.note) if name))
        box.border_title = f"{escape(self._label)}  [not bold $rt-dim]{escape(names)}[/]"
        size = sum(map(len, self._parts))
        box.border_subtitle = f"{size:,} byte{'' if size == 1 else 's'} · v view · y copy · Esc"
        self.query_one(LineView).set_lines([line for each in found for line in each.lines])

    def action_view(self, by: int) -> None:
        """The next way to look at it."""
        self._view = VIEWS[(VIEWS.index(self._view) + by) % len(VIEWS)]
        self._show()

    def action_close(self) -> None:
        """Back to the page."""
        self.dismiss(None)


def extent(page: ValuePage) -> str:
    """``first 200 of 10,482 members``, or how many there are when all are shown."""
    if page.type == "string":
        shown = len(page.rows[0][0])
        whole = f"{page.total:,} byte{'' if page.total == 1 else 's'}"
        return whole if shown >= page.total else f"first {shown:,} of {page.total:,} bytes"
    word = {"list": "elements", "hash": "fields", "stream": "entries"}.get(page.type, "members")
    one = {"entries": "entry"}.get(word, word.removesuffix("s"))
    if len(page.rows) >= page.total:
        return f"{page.total:,} {one if page.total == 1 else word}"
    if page.start == 0:
        side = "newest" if page.type == "stream" else "first"
        return f"{side} {len(page.rows):,} of {page.total:,} {word}"
    return f"{page.start + 1:,}–{page.start + len(page.rows):,} of {page.total:,} {word}, pages of {PAGE}"


def page_lines(page: ValuePage, view: str = "auto") -> list[Line]:
    """The lines of a collection's page, one a row."""
    if page.type == "set":
        return [[Span(_one_line(row[0], view), "reply.string")] for row in page.rows]
    if page.type == "stream":
        return [_entry_line(row, view) for row in page.rows]
    width = min(32, max((len(show_key(row[0])) for row in page.rows), default=0))
    style = {"hash": "key", "list": "reply.index"}.get(page.type, "reply.double")
    side = "<" if page.type == "hash" else ">"
    times = page.times or (-1,) * len(page.rows)
    has_times = any(left >= 0 for left in times)
    lines = []
    for row, left in zip(page.rows, times, strict=False):
        clock = [Span(f"{duration_label(left) if left >= 0 else '∞':>7}  ", "warning" if 0 <= left < 10_000 else "dim")]
        lines.append(
            [
                Span(f"{show_key(row[0]):{side}{width}}  ", style),
                *(clock if has_times else []),
                Span(_one_line(row[1], view), "reply.string"),
            ]
        )
    return lines


def _entry_line(row: tuple[bytes, ...], view: str) -> Line:
    line = [Span(f"{row[0].decode():<16}", "reply.index")]
    for name, value in zip(row[1::2], row[2::2], strict=False):
        line += [Span(f"  {show_key(name)} ", "key"), Span(_one_line(value, view), "reply.string")]
    return line


def _one_line(data: bytes, view: str) -> str:
    """A part of a row; the ways to look at it that need lines of their own are for Enter."""
    if view == "hex":
        return data[:256].hex(" ") + (" …" if len(data) > 256 else "")
    return show_key(data)


def _as_text(values: Sequence[bytes]) -> bytes:
    return values[0] if len(values) == 1 else b"\n".join(join_inline([value]).encode() for value in values)
