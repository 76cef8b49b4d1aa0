"""The themes while the workbench runs: which is on, and what the user's files make of it.

The decision a reader would question: files are looked at twice a second by time and size, not
watched. A handful of stat calls costs microseconds, works on every file system and needs no
dependency; and a change is taken only once it has been the same for two looks, because editors
write a file in several steps and half a file would be called broken.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from redis_tui.errors import SettingsError
from redis_tui.theme import DEFAULT_THEME, ThemeShelf, read_shelf, starting_theme
from redis_tui.tui.theme import Palette, has_sixteen_colors, textual_theme

if TYPE_CHECKING:
    from redis_tui.tui.app import WorkbenchApp

_LOOK_EVERY_S = 0.5
_PROBLEM_S = 12


class ThemeDesk:
    """Puts themes on the app, and reads them again when their files change.

    Args:
        app: whose colours they are.
        shelf: the themes; the packaged ones and the user's when None.
        wanted: the name asked for; None is the one chosen last.

    Raises:
        SettingsError: no theme at all can be read.
    """

    def __init__(self, app: WorkbenchApp, shelf: ThemeShelf | None, wanted: str | None) -> None:
        self._app = app
        self.shelf = shelf or read_shelf()
        if not self.shelf.themes:
            problem = self.shelf.problems[0].message if self.shelf.problems else "No theme file was found."
            raise SettingsError(problem, hint="Install redis-tui again, or put a theme into the configuration folder.")
        name = starting_theme(wanted, sixteen_colors=has_sixteen_colors())
        self._problem = self.shelf.why_missing(name)
        self._seen = self.shelf.stamps
        self.palette = Palette(self.shelf.themes[self._known(name)])

    @property
    def name(self) -> str:
        """The theme that is on."""
        return self.palette.theme.name

    def start(self) -> None:
        """Gives the app every theme, and the first one to show."""
        for theme in self.shelf.themes.values():
            self._app.register_theme(textual_theme(theme))
        self._app.theme = self.name

    def watch(self) -> None:
        """Tells what was wrong at the start, and looks at the files from now on."""
        if self._problem:
            self._app.notify(self._problem, severity="error", timeout=_PROBLEM_S)
        self._app.set_interval(_LOOK_EVERY_S, self.look)

    def show(self, name: str) -> None:
        """Changes the colours of everything on the screen; a name that is gone changes nothing."""
        theme = self.shelf.themes.get(name)
        if theme is None:
            return
        app = self._app
        app.palette = self.palette = Palette(theme)
        if app.theme == name:
            app.mutate_reactive(type(app).theme)  # the same name, other colours
        else:
            app.theme = name
        app.refresh(layout=True)

    def next_name(self) -> str:
        """The theme behind the one that is on, round the end."""
        names = list(self.shelf.themes)
        return names[(names.index(self.name) + 1) % len(names)]

    def look(self) -> None:
        """Reads the themes again where their files have changed and come to rest."""
        found = self.shelf.look()
        settled = found == self._seen
        self._seen = found
        if settled and found != self.shelf.stamps:
            self._read_again()

    def _read_again(self) -> None:
        before, found = self.shelf, read_shelf(self.shelf.folders)
        # The one that is on stays to be chosen, as it was, while its file is broken or gone.
        self.shelf = replace(found, themes={self.name: self.palette.theme, **found.themes})
        for theme in self.shelf.themes.values():
            self._app.register_theme(textual_theme(theme))
        known = {problem.message for problem in before.problems}
        for problem in self.shelf.problems:
            if problem.message not in known:
                self._app.notify(str(problem), title="Theme", severity="error", timeout=_PROBLEM_S)
        current = self.shelf.themes[self.name]
        if current == self.palette.theme:
            return
        self.show(self.name)
        self._app.notify(f"Theme {current.title}: read again.", timeout=2)

    def _known(self, name: str) -> str:
        names = self.shelf.themes
        return next((one for one in (name, DEFAULT_THEME) if one in names), next(iter(names)))
