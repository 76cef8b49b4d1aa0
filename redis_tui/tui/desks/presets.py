"""Chooses among the presets of the script in front, and runs it with each of them.

Knows the workspace's presets, the session and the editor. The decision a reader would question: all presets
are tried as dry runs. Each then begins with the same data, so that the replies can be compared,
and nobody finds twenty sets of arguments written to a server after one key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.errors import RedisTuiError
from redis_tui.quantity import milliseconds
from redis_tui.render.spans import Line, Span, plain
from redis_tui.render.summary import time_text
from redis_tui.render.trace import brief
from redis_tui.session.base import Capability, ScriptOutcome, ScriptRun
from redis_tui.tui.screens.dialogs import AskText, Reading
from redis_tui.workspace import Preset, format_arguments, with_preset

if TYPE_CHECKING:
    from redis_tui.tui.desks.bench import Bench
    from redis_tui.tui.desks.files import FileDesk
    from redis_tui.tui.desks.run import RunDesk

_NAME = 24
_REPLY = 40
_NONE = "This script has no presets. The palette keeps these arguments as one."


class PresetDesk:
    """The presets of the script in front."""

    def __init__(self, bench: Bench, files: FileDesk, runs: RunDesk) -> None:
        self._bench, self._files, self._runs = bench, files, runs

    async def pick(self) -> None:
        """Fills the fields from a preset that is chosen from a list."""
        editor = self._bench.panes.editor
        buffer = self._files.with_arguments()
        if buffer is None or not buffer.presets:
            self._bench.app.notify(_NONE, timeout=4)
            return
        offers = [(preset.name, preset.name, _told(preset)) for preset in buffer.presets]
        answer = await self._bench.app.push_screen_wait(AskText("Presets", "", offers, wanted="name of a preset"))
        chosen = next((preset for preset in buffer.presets if preset.name == answer), None)
        if chosen is not None:
            editor.set_buffer(with_preset(buffer, chosen))
            self._files.shown()
        elif answer:
            self._bench.app.notify(f"There is no preset named {answer}.", severity="warning")

    async def run_all(self) -> None:
        """Tries the script with each preset, and shows what each answers, in one table."""
        buffer, session = self._files.with_arguments(), self._bench.session
        if buffer is None or not buffer.presets:
            self._bench.app.notify(_NONE, timeout=4)
            return
        if Capability.DRY_RUN not in session.info.capabilities or session.in_transaction:
            text = "Presets are tried as dry runs, which cannot be made here now."
            self._bench.app.notify(text, severity="warning")
            return
        rows: list[tuple[Preset, ScriptOutcome]] = []
        for preset in buffer.presets:
            try:
                run = ScriptRun(
                    source=buffer.source,
                    keys=preset.keys,
                    args=preset.args,
                    name=f"{buffer.name}: {preset.name}",
                    dry_run=True,
                    timeout_ms=milliseconds(preset.limit) if preset.limit.strip() else None,
                )
                rows.append((preset, await session.run(run)))
                self._runs.log.add("preset", run, outcome=rows[-1][1])
            except RedisTuiError as error:
                self._bench.app.notify(f"{preset.name}: {error}", severity="error", timeout=8)
                break
            if rows[-1][1].killed and not rows[-1][1].timed_out:
                break
        self._runs.show_log()
        title = f"{buffer.title} with {len(rows)} of {len(buffer.presets)} presets, dry"
        self._bench.app.push_screen(Reading(title, compared_runs(rows)))


def compared_runs(rows: list[tuple[Preset, ScriptOutcome]]) -> list[Line]:
    """One line a preset: its name, the reply, the time, how many keys would change."""
    lines: list[Line] = [[Span(f" {'preset':<{_NAME}} {'reply':<{_REPLY}} {'time':>10}  changes", "title")]]
    for preset, outcome in rows:
        reply = brief(outcome.reply, limit=_REPLY)
        space = " " * max(0, _REPLY - len(plain([reply])))
        changes = max(outcome.changes_total, len(outcome.changes))
        lines.append(
            [
                Span(f" {preset.name[:_NAME]:<{_NAME}} ", "strong"),
                *reply,
                Span(f"{space} {time_text(outcome.duration_ms):>10}  ", "dim"),
                Span(f"{changes} {'key' if changes == 1 else 'keys'}", "text" if changes else "dim"),
            ]
        )
    return lines


def _told(preset: Preset) -> str:
    parts = (("KEYS", format_arguments(preset.keys)), ("ARGV", format_arguments(preset.args)), ("limit", preset.limit))
    return "  ".join(f"{name} {text}" for name, text in parts if text)
