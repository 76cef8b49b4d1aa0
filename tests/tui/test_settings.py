"""What config.toml says holds in the workbench, and a mistake in it is told without stopping anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.paths import packaged_themes_dir, settings_file
from redis_tui.theme import read_shelf
from redis_tui.tui.app import WorkbenchApp
from tests.tui.conftest import Until, ready

if TYPE_CHECKING:
    from tests.tui.fake_session import FakeSession


def configured(session: FakeSession, text: str, theme: str | None = None) -> WorkbenchApp:
    """The workbench of somebody whose config.toml says this."""
    settings_file().parent.mkdir(parents=True, exist_ok=True)
    settings_file().write_text(text, encoding="utf-8")

    async def open_session() -> FakeSession:
        return session

    return WorkbenchApp(open_session, shelf=read_shelf([packaged_themes_dir()]), theme=theme)


def toasts(app: WorkbenchApp) -> str:
    return "\n".join(note.message for note in app._notifications)


async def test_a_mistake_is_told_with_its_line_and_the_rest_holds(session: FakeSession, until: Until) -> None:
    app = configured(session, 'theme = "nord"\nmouse = "no"\nsample_keys = false\n')
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        assert f"{settings_file()}:2: mouse is" in toasts(app)
        assert app.palette.theme.name == "nord"
        assert app.settings.mouse
        assert not any(argv[:1] == (b"HSET",) for argv in session.sent)


async def test_another_theme_holds_until_the_next_start_and_says_so(session: FakeSession, until: Until) -> None:
    app = configured(session, 'theme = "nord"\n', theme="light")
    assert app.palette.theme.name == "light"
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        app.use_theme("ember")
        await until(pilot, lambda: "The next start has nord again" in toasts(app))
