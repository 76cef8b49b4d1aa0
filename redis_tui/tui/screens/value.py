"""One key's value, by type and in pages, over the workbench."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.markup import escape
from textual.screen import ModalScreen

from redis_tui.errors import RedisTuiError
from redis_tui.render.export import hex_lines
from redis_tui.render.spans import Line, Span
from redis_tui.resp.inline import quote
from redis_tui.resp.types import ErrorReply
from redis_tui.tui import queries
from redis_tui.tui.queries import PAGE, KeyFacts, ValuePage
from redis_tui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from redis_tui.session.base import Session


class ValueScreen(ModalScreen[None]):
    """Reads a page at a time; says how much it shows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "close", show=False),
        Binding("n", "turn(1)", show=False),
        Binding("p", "turn(-1)", show=False),
        Binding("v", "view", show=False),
        Binding("r,f9", "reload", show=False),
    ]

    def __init__(self, session: Session, key: bytes) -> None:
        super().__init__()
        self._session = session
        self._key = key
        self._page: ValuePage | None = None
        self._places: list[tuple[int, bytes]] = [(0, b"0")]
        self._hex = False

    def compose(self) -> ComposeResult:
        """One view."""
        with Vertical(classes="dialog -full") as box:
            box.border_title = escape(_show(self._key))
            yield LineView()

    def on_mount(self) -> None:
        """Reads the first page."""
        view = self.query_one(LineView)
        view.set_lines([[Span("Reading…", "dim")]])
        view.focus()
        self._read()

    @work(exclusive=True)
    async def _read(self) -> None:
        start, cursor = self._places[-1]
        try:
            page = await queries.value_page(self._session, self._key, start, cursor)
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
        self.query_one(LineView).set_lines([[Span(text, style)]])
        self.query_one(".dialog").border_subtitle = "Esc closes"

    def _show_page(self, page: ValuePage) -> None:
        box = self.query_one(".dialog")
        facts = KeyFacts(page.type, page.ttl_ms)
        parts = [page.type, page.encoding, f"TTL {facts.ttl_label}"]
        detail = " · ".join(part for part in parts if part)
        box.border_title = f"{escape(_show(page.key))}  [not bold $rt-dim]{escape(detail)}[/]"
        box.border_subtitle = f"{extent(page)}{' · n next' if self._has_next(page) else ''} · v hex · y copy · Esc"
        self.query_one(LineView).set_lines(page_lines(page, as_hex=self._hex))

    def _has_next(self, page: ValuePage) -> bool:
        if page.type in ("hash", "set"):
            return page.cursor != b"0"
        return page.type != "string" and page.start + len(page.rows) < page.total

    def action_turn(self, by: int) -> None:
        """Next page, or the one before."""
        page = self._page
        if page is None:
            return
        if by > 0 and self._has_next(page):
            self._places.append((page.start + len(page.rows), page.cursor))
            self._read()
        elif by < 0 and len(self._places) > 1:
            self._places.pop()
            self._read()

    def action_view(self) -> None:
        """Text or hex."""
        self._hex = not self._hex
        if self._page is not None:
            self._show_page(self._page)

    def action_reload(self) -> None:
        """Reads the page again."""
        self._read()

    def action_close(self) -> None:
        """Back to the workbench."""
        self.dismiss(None)


def extent(page: ValuePage) -> str:
    """``first 200 of 10,482 members``, or how many there are when all are shown."""
    if page.type == "string":
        shown = len(page.rows[0][0])
        whole = f"{page.total:,} byte{'' if page.total == 1 else 's'}"
        return whole if shown >= page.total else f"first {shown:,} of {page.total:,} bytes"
    word = {"list": "elements", "hash": "fields"}.get(page.type, "members")
    if len(page.rows) >= page.total:
        return f"{page.total:,} {word.removesuffix('s') if page.total == 1 else word}"
    if page.start == 0:
        return f"first {len(page.rows):,} of {page.total:,} {word}"
    return f"{page.start + 1:,}–{page.start + len(page.rows):,} of {page.total:,} {word}, pages of {PAGE}"


def page_lines(page: ValuePage, *, as_hex: bool = False) -> list[Line]:
    """The lines of a page."""
    if as_hex:
        lines: list[Line] = []
        for row in page.rows:
            if page.type != "string":
                lines.append([Span(_show(row[0]), "key")])
            lines += hex_lines(row[-1])
        return lines
    if page.type == "string":
        raw = page.rows[0][0]
        text = raw.decode("utf-8", "backslashreplace")
        return [[Span(line, "reply.string")] for line in text.split("\n")] or [[Span('""', "dim")]]
    if page.type == "set":
        return [[Span(_show(row[0]), "reply.string")] for row in page.rows]
    width = min(32, max((len(_show(row[0])) for row in page.rows), default=0))
    style = "key" if page.type == "hash" else "reply.index" if page.type == "list" else "reply.double"
    right = page.type != "hash"
    return [
        [
            Span(_show(row[0]).rjust(width) if right else _show(row[0]).ljust(width), style),
            Span("  ", "text"),
            Span(_show(row[1]), "reply.string"),
        ]
        for row in page.rows
    ]


def _show(raw: bytes) -> str:
    text = raw.decode("utf-8", "replace")
    return text if text.isprintable() and text.encode() == raw else quote(raw)
