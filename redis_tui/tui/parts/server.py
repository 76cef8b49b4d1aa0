"""What is on the server: keys, slow log, scripts."""

from __future__ import annotations

from textual import on, work

from redis_tui.session.production import answered
from redis_tui.tui import messages
from redis_tui.tui.panes.slowlog import slow_lines
from redis_tui.tui.parts.places import PlacesPart


class ServerPart(PlacesPart):
    """Reading and changing what the side panes show."""

    def action_refresh(self) -> None:
        """F9."""
        self._link.try_now()
        self._feed.read_all()
        self._activity.forget()

    def action_filter_keys(self) -> None:
        """Shows the filter of the key browser."""
        self.action_focus_pane("keys")
        self.call_after_refresh(self._panes.keys.action_edit_filter)

    def action_scan_more(self) -> None:
        """Scans on, or stops."""
        self._feed.scan_on()

    @on(messages.ScanWanted)
    def _scan_wanted(self) -> None:
        self._feed.scan_on()

    @on(messages.PatternChosen)
    def _pattern_chosen(self, event: messages.PatternChosen) -> None:
        self._feed.filter_keys(event.pattern)

    @on(messages.FactsWanted)
    def _facts_wanted(self, event: messages.FactsWanted) -> None:
        self._feed.read_facts(event.keys, details=event.details)

    @on(messages.KeyWish)
    def _key_wish(self, event: messages.KeyWish) -> None:
        self._feed.serve_keys(event.name, event.keys)

    @on(messages.KeyOpened)
    def _key_opened(self, event: messages.KeyOpened) -> None:
        from redis_tui.tui.screens.value import ValueScreen

        self.app.push_screen(
            ValueScreen(self.session, event.key, event.db),
            lambda changed: self._feed.key_changed(event.key) if changed else None,
        )

    @on(messages.KeyShown)
    def _key_shown(self, event: messages.KeyShown) -> None:
        if event.db == self.session.db:
            self._panes.keys.show_key(event.key)
            self.action_focus_pane("keys")
        else:
            self._show_elsewhere(event.key, event.db)

    @work(group="dialog", exclusive=True)
    async def _show_elsewhere(self, key: bytes, db: int) -> None:
        """The browser shows the database that scripts and the prompt work on: they go along, if that is wanted."""
        from redis_tui.tui.screens.dialogs import Choice

        text = (
            f"The run changed this key in db{db}; browser, prompt and scripts are in db{self.session.db}. "
            "Enter in Changes opens the key without leaving it."
        )
        choices = (Choice("stay", f"Stay in db{self.session.db}"), Choice("select", f"All go to db{db}"))
        if await self._bench.ask(f"Go to db{db}?", text, *choices) != "select":
            return
        await self._bench.guard(lambda: self.session.execute([b"SELECT", b"%d" % db]))
        if self.session.db == db:
            self._panes.keys.await_key(key)
            self._feed.command_ended()
            self._feed.read_keys()
            self.action_focus_pane("keys")

    @on(messages.SlowCommandOpened)
    async def _slow_opened(self, event: messages.SlowCommandOpened) -> None:
        from redis_tui.tui.screens.dialogs import Reading

        info = self._feed.script_of(event.entry)
        if info is not None:
            await self._files.open_script(info)
            return
        self.app.push_screen(Reading("Slow command", slow_lines(event.entry)))

    def action_load_everywhere(self) -> None:
        """The script under the cursor of Scripts, on every node of a cluster."""
        self._panes.scripts.action_wish("scripts.everywhere")

    @work(group="wish")
    async def action_flush_scripts(self) -> None:
        """SCRIPT FLUSH, after a question."""
        from redis_tui.tui.screens.dialogs import Choice

        text = "SCRIPT FLUSH empties the server's script cache. Clients that use EVALSHA must load their scripts again."
        flush = Choice("flush", "Flush", danger=True)
        if await self._bench.confirm("SCRIPT FLUSH", "Flush the script cache?", text, flush):
            with answered():
                await self._bench.guard(lambda: self.session.execute([b"SCRIPT", b"FLUSH"]))
            self._feed.read_scripts()

    @work(group="wish")
    async def action_reset_slowlog(self) -> None:
        """SLOWLOG RESET."""
        await self._bench.guard(lambda: self.session.execute([b"SLOWLOG", b"RESET"]))
        self._feed.read_slowlog()
