"""The screen Connect: a profile or an address, tried in place, saved by name, and what the workbench goes over to.

Knows the form and its desk, no session: it answers what was opened. The decision a reader would question: an address
that is pasted whole is taken apart at once. Its password goes into the field that hides it before anybody has read it,
and what stands on the screen is what would be saved.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Label, Static

from redis_tui.errors import AuthError, RedisTuiError, SessionError
from redis_tui.profile import COLORS
from redis_tui.render.spans import Line, Span
from redis_tui.session.probe import Instead
from redis_tui.tui.connect_form import NAMED_SOURCES, SOURCES, ConnectForm, absorbed, form_of, is_whole
from redis_tui.tui.screens.dialogs import Ask, Choice
from redis_tui.tui.screens.modal import Modal
from redis_tui.tui.widgets.choices import Cycle, Toggle
from redis_tui.tui.widgets.field import Field
from redis_tui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.app import ComposeResult
    from textual.events import Key
    from textual.widget import Widget

    from redis_tui.profile import Profile
    from redis_tui.session.base import Session
    from redis_tui.tui.desks.connect import ConnectDesk

T = TypeVar("T")
Opened = tuple["Session", "Profile"]
_EMBEDDED: Final = "memory://"
_NEW, _OURS = "", "memory"
"""Entries of the list that are no profiles."""
_FIELDS: Final = ("address", "user", "detail", "ssh", "cacert", "cert", "key", "sni", "name", "separator")
_TOGGLES: Final = ("insecure", "read_only", "production")
_DETAIL: Final = {"password_command": "pass show redis", "password_env": "NAME_OF_A_VARIABLE"}
_TONES: Final = {"focus": "title"}
"""Colours of the theme whose style has another name."""
_OFFERS: Final = 3
"""Other addresses that are offered at once."""


class ConnectScreen(Modal["Opened | None"]):
    """Answers an open session with its profile, or None."""

    DEFAULT_CSS = """
    ConnectScreen #connect-columns { height: 13; }
    ConnectScreen #connect-list { width: 24; height: 1fr; margin: 0 2 0 0; scrollbar-size-horizontal: 0; }
    ConnectScreen #connect-form { height: 1fr; }
    ConnectScreen .row { height: 1; }
    ConnectScreen .row Label { width: 10; color: $rt-dim; }
    ConnectScreen .row Label.-next { width: auto; padding: 0 1 0 2; }
    ConnectScreen .row Input { width: 1fr; }
    ConnectScreen .row #connect-separator { width: 6; }
    ConnectScreen .row Toggle, ConnectScreen .row Cycle { margin: 0 2 0 0; }
    ConnectScreen #connect-told { height: 4; margin: 1 0 0 0; }
    ConnectScreen .buttons Button { margin: 0 1 0 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("ctrl+t", "test", show=False, priority=True),
        Binding("ctrl+s", "save", show=False, priority=True),
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
    ]

    def __init__(self, desk: ConnectDesk, *, note: str = "", profile: str = "") -> None:
        """Takes its desk, a sentence to begin with, and the name of the profile that is in use."""
        super().__init__()
        self._desk, self._note, self._used = desk, note, profile
        self._entries: list[str] = []
        self._forms: dict[str, ConnectForm] = {}
        self._passwords: dict[str, str] = {}
        self._entry = _NEW
        self._is_filling = False
        self._tested: ConnectForm | None = None
        self._instead: tuple[Instead, ...] = ()
        self._since: float | None = None
        self._doing = ""

    # ── what stands there ──────────────────────────────────────────────────

    def compose(self) -> ComposeResult:
        """Profiles, fields, what came of it, buttons."""
        with Vertical(classes="dialog -whole") as box:
            box.border_title = "Connect"
            box.border_subtitle = "Enter connects · ^T tests · ^S saves · Esc leaves"
            with Horizontal(id="connect-columns"):
                yield LineView(cursor=True, id="connect-list")
                with VerticalScroll(id="connect-form", can_focus=False):
                    yield from self._rows()
            yield Static(id="connect-told")
            with Horizontal(classes="buttons"):
                yield Button("Connect  Enter", id="connect-open", compact=True)
                yield Button("Test  ^T", id="connect-test", compact=True)
                yield Button("Save  ^S", id="connect-save", compact=True)
                for at in range(_OFFERS):
                    yield Button("", id=f"connect-instead-{at}", compact=True)
                yield Button("Close  Esc", id="connect-close", compact=True)

    def _rows(self) -> ComposeResult:
        password = Field(id="connect-password", password=True, placeholder="typed here, never shown", compact=True)
        yield _row("Address", _field("address", "redis://host:port/db, or host:port"))
        yield _row("User", _field("user", "default"), "Password", password)
        yield _row("Kept", Cycle(SOURCES, id="connect-source"), _field("detail", ""))
        yield _row("SSH", _field("ssh", "user@host, where the way goes through another one"))
        yield _row("TLS", Toggle("TLS", id="connect-tls"), Toggle("any certificate", id="connect-insecure"))
        yield _row("CA", _field("cacert", "file of the authority; the system's unless named"), classes="-of-tls")
        yield _row("Your cert.", _field("cert", "file"), "Key", _field("key", "file"), classes="-of-tls")
        yield _row("SNI", _field("sni", "whom the certificate is for, if not the host"), classes="-of-tls")
        yield _row("Guards", Toggle("read-only", id="connect-read_only"), Toggle("production", id="connect-production"))
        colors = {"": "none"} | {name: name for name in COLORS}
        yield _row("Colour", Cycle(colors, id="connect-color"), "Tree by", _field("separator", "flat"))
        yield _row("Name", _field("name", "to save it: redis-tui NAME opens it"))

    def on_mount(self) -> None:
        """The list as the settings have it; the address has the keyboard."""
        self._read_list()
        self._fill(ConnectForm())
        if self._used in self._entries:
            self.query_one("#connect-list", LineView).row = self._entries.index(self._used)
        self._offer(())
        self._tell(self._note or "Pick a server at the left, or write an address.", "dim", "")
        self.set_interval(0.5, self._tick)
        self.query_one("#connect-address").focus()

    def _read_list(self) -> None:
        found = self._desk.settings()
        self._entries = [_NEW, _OURS, *found.profiles]
        self._forms.setdefault(_NEW, ConnectForm())
        self._forms.setdefault(_OURS, ConnectForm(address=_EMBEDDED))
        for name, profile in found.profiles.items():
            if name not in self._forms:
                self._forms[name], self._passwords[name] = form_of(profile)
        lines: list[Line] = [[Span("+ new server", "accent")], [Span("□ ", "dim"), Span("embedded engine", "text")]]
        lines += [_entry_line(profile, is_used=name == self._used) for name, profile in found.profiles.items()]
        lines += [[Span(f"✗ {name}: {problem}", "danger")] for name, problem in found.faulty_profiles.items()]
        self.query_one("#connect-list", LineView).set_lines(lines, keep_place=True)

    # ── the fields as one value ────────────────────────────────────────────

    @property
    def form(self) -> ConnectForm:
        """What the fields hold."""
        texts = {name: self._input(name).value.strip() for name in _FIELDS}
        flags = {name: self.query_one(f"#connect-{name}", Toggle).is_on for name in _TOGGLES}
        turned = {name: self.query_one(f"#connect-{name}", Cycle).value for name in ("source", "color")}
        return replace(self._forms[self._entry], **texts, **flags, **turned)  # type: ignore[arg-type]  # by their names

    @property
    def password(self) -> str:
        """What was typed."""
        return self._input("password").value

    def _input(self, name: str) -> Input:
        return self.query_one(f"#connect-{name}", Input)

    def _fill(self, form: ConnectForm, password: str | None = None) -> None:
        self._is_filling = True
        with self.prevent(Input.Changed):
            for name in _FIELDS:
                if (field := self._input(name)).value.strip() != getattr(form, name):
                    field.value = getattr(form, name)
            if password is not None:
                self._input("password").value = password
        for name in _TOGGLES:
            self.query_one(f"#connect-{name}", Toggle).is_on = getattr(form, name)
        for name in ("source", "color"):
            self.query_one(f"#connect-{name}", Cycle).value = getattr(form, name)
        self._is_filling = False
        self._fit(form)

    def _fit(self, form: ConnectForm) -> None:
        """Shows the fields that mean something now."""
        self.query_one("#connect-tls", Toggle).is_on = form.speaks_tls
        self.query_one("#connect-insecure").display = form.speaks_tls
        for row in self.query(".-of-tls"):
            row.display = form.speaks_tls
        detail = self._input("detail")
        detail.display = form.source in NAMED_SOURCES
        detail.placeholder = _DETAIL.get(form.source, "")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        form = self.form
        if event.input.id == "connect-address" and is_whole(form.address):
            form, password = absorbed(form, form.address)
            self._fill(form, password or None)
        self._fit(form)

    @on(Toggle.Changed)
    def _turned(self, event: Toggle.Changed) -> None:
        event.stop()
        form = self.form
        if event.answer.id == "connect-tls" and isinstance(event.answer, Toggle):
            form = form.with_tls(on=event.answer.is_on)
            self._fill(form)
        self._fit(form)

    # ── the list ───────────────────────────────────────────────────────────

    @on(LineView.Moved)
    def _moved(self, event: LineView.Moved) -> None:
        event.stop()
        self._take(event.view.row)

    def _take(self, row: int) -> None:
        if not 0 <= row < len(self._entries) or self._entries[row] == self._entry:
            return
        self._forms[self._entry], self._passwords[self._entry] = self.form, self.password
        self._entry = self._entries[row]
        self._fill(self._forms[self._entry], self._passwords.get(self._entry, ""))
        self._offer(())
        self._tell("", "dim", "")

    @on(LineView.Chosen)
    def _chosen(self, event: LineView.Chosen) -> None:
        event.stop()
        self._take(event.row)
        if self._entry == _NEW:
            self._input("address").focus()
        else:
            self.action_open()

    def on_key(self, event: Key) -> None:
        """Delete on a profile of the list takes it out of the settings."""
        if event.key == "delete" and self.query_one("#connect-list").has_focus and self._entry not in (_NEW, _OURS):
            event.stop()
            self._remove(self._entry)

    # ── what is done ───────────────────────────────────────────────────────

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_open()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        name = (event.button.id or "").removeprefix("connect-")
        if name.startswith("instead-"):
            self._take_instead(int(name.rpartition("-")[2]))
        else:
            {"open": self.action_open, "test": self.action_test, "save": self.action_save, "close": self.action_leave}[
                name
            ]()

    def action_open(self) -> None:
        """Enter: the workbench goes over to it."""
        if self._since is None:
            self._open()

    def action_test(self) -> None:
        """^T: tries it and says what was found."""
        if self._since is None:
            self._test()

    def action_save(self) -> None:
        """^S: writes the profile."""
        if self._since is None:
            self._save()

    def action_leave(self) -> None:
        """Esc: ends what is under way, or the screen."""
        if self._since is None:
            self.dismiss(None)
        else:
            self.workers.cancel_node(self)
            self._since = None
            self._tell(f"{self._doing} was given up.", "warning", "○")

    def _take_instead(self, at: int) -> None:
        form, password = absorbed(self.form, self._instead[at].url)
        self._fill(form, password or None)
        self.action_test()

    @work(group="connect", exclusive=True)
    async def _open(self) -> None:
        form = self.form
        self._offer(())
        opened = await self._doing_it(f"Connecting to {form.url}", lambda: self._desk.open(form, self.password))
        if opened is not None:
            self.dismiss(opened)

    @work(group="connect", exclusive=True)
    async def _test(self) -> None:
        form = self.form
        self._offer(())
        finding = await self._doing_it(f"Trying {form.url}", lambda: self._desk.test(form, self.password))
        if finding is None:
            return
        self._tested = form if finding.is_usable else None
        self._offer(finding.instead)
        self._tell(finding.text, "success" if finding.is_usable else "warning", "✓" if finding.is_usable else "!")

    @work(group="connect", exclusive=True)
    async def _save(self) -> None:
        form = self.form
        known = set(self._entries) - {self._entry}
        if form.name in known and form.name and not await self._agrees("Replace", f"There is a profile {form.name}."):
            return
        if (
            form.name
            and form != self._tested
            and not await self._agrees("Save", "It was not tested, or changed since.")
        ):
            return
        told = await self._doing_it("Saving", lambda: self._desk.save(form, self.password))
        if told is None:
            return
        self._forms[form.name], self._passwords[form.name] = form, self.password
        if self._entry == _NEW:
            self._forms[_NEW] = ConnectForm()
        self._entry = form.name
        self._read_list()
        self.query_one("#connect-list", LineView).row = self._entries.index(form.name)
        self._tell(told, "success", "✓")

    @work(group="connect", exclusive=True)
    async def _remove(self, name: str) -> None:
        if not await self._agrees("Take out", f"The profile {name} goes from the settings."):
            return
        await self._doing_it("Removing", lambda: self._desk.remove(name))
        self._forms.pop(name, None)
        self._entry = _NEW
        self._read_list()
        self.query_one("#connect-list", LineView).row = 0
        self._fill(self._forms[_NEW], "")
        self._tell(f"The profile {name} is gone.", "success", "✓")

    async def _agrees(self, word: str, text: str) -> bool:
        choices = (Choice("cancel", "Not now"), Choice("do", word, danger=True))
        return await self.app.push_screen_wait(Ask(f"{word}?", text, choices)) == "do"

    async def _doing_it(self, what: str, do: Callable[[], Awaitable[T]]) -> T | None:
        """Does it while the screen says how long; tells what went wrong."""
        self._doing, self._since = what, time.monotonic()
        self._tick()
        try:
            return await do()
        except RedisTuiError as error:
            self._since = None
            self._offer(_cure(error, self.form))
            self._tell(error.message, "danger", "✗", _advice(error))
            return None
        finally:
            self._since = None

    # ── telling ────────────────────────────────────────────────────────────

    def _tick(self) -> None:
        if self._since is not None and self.is_attached:
            waited = time.monotonic() - self._since
            self._tell(f"{self._doing} … {waited:.0f} s · Esc gives up", "warning", "…")

    def _tell(self, text: str, tone: str, mark: str, hint: str = "") -> None:
        self.query_one("#connect-told", Static).update(
            Content.from_markup(
                f"[bold $rt-{tone}]$mark[/] [$rt-text]$text[/] [$rt-dim]$hint[/]", mark=mark, text=text, hint=hint
            )
        )

    def _offer(self, instead: tuple[Instead, ...]) -> None:
        self._instead = instead[:_OFFERS]
        for at in range(_OFFERS):
            button = self.query_one(f"#connect-instead-{at}", Button)
            button.display = at < len(self._instead)
            if button.display:
                button.label = self._instead[at].label


def _advice(error: RedisTuiError) -> str:
    """What to do here, where there are fields for what an address or an option says elsewhere."""
    if isinstance(error, AuthError) and "--askpass" in error.hint:
        return "Fill in User and Password, or turn Kept to where the password is."
    return error.hint or ("Is the server running, and is the address right?" * isinstance(error, SessionError))


def _cure(error: RedisTuiError, form: ConnectForm) -> tuple[Instead, ...]:
    """The same address with TLS or without, where that may be what is wrong."""
    if not form.speaks_tls and "rediss://" in error.hint:
        return (Instead("Try with TLS", form.with_tls(on=True).url),)
    if form.speaks_tls and " redis://" in error.hint:
        return (Instead("Try without TLS", form.with_tls(on=False).url),)
    return ()


def _field(name: str, wanted: str) -> Field:
    return Field(id=f"connect-{name}", placeholder=wanted, compact=True)


def _row(label: str, *parts: Widget | str, classes: str = "") -> Horizontal:
    made = [Label(part, classes="-next", markup=False) if isinstance(part, str) else part for part in parts]
    return Horizontal(Label(label, markup=False), *made, classes=f"row {classes}".strip())


def _entry_line(profile: Profile, *, is_used: bool) -> Line:
    said = dict(profile.said)
    guard = "production" if said.get("production") else "read-only" if said.get("read_only") else ""
    sign = Span("■ ", _TONES.get(COLORS.get(profile.color, ""), COLORS.get(profile.color, "faint")))
    return [sign, Span(profile.name, "strong" if is_used else "text"), Span(f"  {guard}", "dim")]
