"""Keys that the user binds hold everywhere: in panes, footer, palette and help; and no mistake among them is silent."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from redis_tui.settings import ReadSettings, Settings
from redis_tui.tui.actions import ACTIONS
from redis_tui.tui.keymap import PRESETS, Keymap, is_sent, key_name
from redis_tui.tui.screens.help import HelpScreen
from redis_tui.tui.widgets.bars import KeyBar
from tests.tui.conftest import Until, ready
from tests.tui.test_settings import configured, toasts

if TYPE_CHECKING:
    from tests.tui.fake_session import FakeSession


def keymap(keymap: str = "default", **keys: str) -> Keymap:
    text = "[keys]\n" + "".join(f"{name} = \n" for name in keys)
    given = {name: tuple(key.split()) for name, key in keys.items()}
    return Keymap(ReadSettings(Settings(keymap=keymap, keys=given), Path("config.toml"), text), term="xterm")


def told(found: Keymap) -> list[str]:
    return [str(problem).removeprefix("Settings config.toml:") for problem in found.problems]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("f5", "f5"),
        ("F12", "f12"),
        ("^O", "ctrl+o"),
        ("Ctrl-O", "ctrl+o"),
        ("ctrl+shift+left", "ctrl+shift+left"),
        ("shift+alt+up", "alt+shift+up"),
        ("Alt-R", "alt+r"),
        ("alt-1", "alt+1"),
        ("G", "G"),
        ("/", "slash"),
        ("^/", "ctrl+slash"),
        ("PgDn", "pagedown"),
        ("ctrl+-", "ctrl+minus"),
        ("f99", None),
        ("hyper+x", None),
        ("nonsense", None),
    ],
)
def test_keys_are_written_as_people_write_them(text: str, name: str | None) -> None:
    assert key_name(text) == name


def test_every_key_of_ours_is_one_that_any_terminal_sends() -> None:
    keys = [key for action in ACTIONS for key in action.keys.split(",") if key]
    keys += [key for preset in PRESETS.values() for key in preset.values()]
    assert [key for key in keys if not is_sent(key)] == []


def test_an_action_gets_other_keys_and_an_empty_text_takes_them_away() -> None:
    found = keymap(run="f13 ctrl+r", zoom="")
    assert found.problems == []
    assert found.label("run") == "F13"
    assert found.action("zoom").keys == ""
    assert found.changed == {"run": "f13,ctrl+r", "zoom": "no_key_for_zoom"}


def test_two_actions_can_change_their_keys() -> None:
    found = keymap(run="f6", dry_run="f5")
    assert found.problems == []
    assert (found.label("run"), found.label("dry_run")) == ("F6", "F5")


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({"runn": "f5"}, "2: keys.runn is no action. Did you mean run"),
        ({"xyzzy": "f5"}, "2: keys.xyzzy is no action. redis-tui config actions lists them."),
        ({"run": "qqq"}, "2: keys.run is 'qqq', which is no key."),
        ({"run": "ctrl+i"}, "2: keys.run is ^I. Terminals send that as Tab; choose another key."),
        ({"run": "x"}, "2: keys.run is 'x'. That is typed as text; choose \"alt+x\" or a function key."),
        ({"run": "enter"}, "2: keys.run is Enter. Panes need that key themselves; choose another."),
        ({"run": "ctrl+shift+r"}, "2: keys.run is ^Shift-R. Most terminals cannot send that key; where yours can"),
        (
            {"run": "f6"},
            '2: keys.run is F6, which was the key of dry_run. Give dry_run another, or write dry_run = "".',
        ),
        (
            {"run": "f13", "save": "f13"},
            "3: keys.save is F13, and so is keys.run. Give one of them another; run has it now.",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line(keys: dict[str, str], sentence: str) -> None:
    assert [line[: len(sentence)] for line in told(keymap(**keys))] == [sentence]


def test_a_key_that_is_a_mistake_leaves_the_action_its_own() -> None:
    assert keymap(run="ctrl+m").label("run") == "F5"


def test_a_terminal_that_tells_all_keys_apart_is_not_warned_of() -> None:
    read = ReadSettings(Settings(keys={"run": ("ctrl+shift+r",)}), Path("config.toml"))
    assert Keymap(read, term="xterm-kitty").problems == []


def test_the_preset_of_vi_gives_hjkl_to_panes_and_leaves_nothing_without_a_key() -> None:
    found = keymap("vi")
    assert found.problems == []
    assert found.label("pane_left") == "Alt-H"
    assert [action.name for action in ACTIONS if action.keys and not found.action(action.name).keys] == []


def test_what_the_user_binds_goes_before_the_preset() -> None:
    found = keymap("vi", pane_left="f13", replace="alt+h")
    assert (found.problems, found.label("pane_left"), found.label("replace")) == ([], "F13", "Alt-H")


def test_a_digit_that_is_bound_goes_to_no_pane() -> None:
    assert keymap(run="alt+3").changed == {"run": "alt+3", "pane_3": "no_key_for_pane_3"}


async def test_bound_keys_work_and_footer_and_help_show_them(session: FakeSession, until: Until) -> None:
    app = configured(session, '[keys]\nrun = "f6"\ndry_run = ""\nsave_as = "alt+3"\n')
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        footer = str(app.screen.query_one(KeyBar).content)
        assert "F6 run" in footer
        assert "dry run" not in footer
        await pilot.press("f5")
        await pilot.press("f6")
        await until(pilot, lambda: session.runs)
        assert [run.dry_run for run in session.runs] == [False]
        bench = app.screen
        await pilot.press("alt+3")
        await until(pilot, lambda: app.screen is not bench)
        await pilot.press("escape", "f1")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        assert isinstance(app.screen, HelpScreen)
        marks = {entry.name: entry.mark for entry in app.screen._manual.entries}
        assert (marks["Run"], marks["Save as"]) == ("F6", "Alt-3")
        assert toasts(app) == ""


async def test_vi_like_keys_go_from_pane_to_pane(session: FakeSession, until: Until) -> None:
    app = configured(session, 'keymap = "vi"\n')
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)

        def pane() -> str | None:
            node = app.focused
            return next((one.id for one in node.ancestors_with_self if one.has_class("pane")), None) if node else None

        def at(name: str) -> bool:
            return pane() == name

        for key, goes_to in (
            ("alt+h", "keys"),
            ("alt+h", "keys"),
            ("alt+l", "editor"),
            ("alt+j", "arguments"),
            ("alt+j", "result"),
            ("alt+k", "arguments"),
            ("alt+k", "editor"),
            ("alt+l", "scripts"),
            ("alt+j", "slowlog"),
        ):
            await pilot.press(key)
            await until(pilot, partial(at, goes_to))


async def test_a_key_that_nobody_has_is_told_at_the_start(session: FakeSession, until: Until) -> None:
    app = configured(session, '[keys]\nrun = "^M"\n')
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        assert "config.toml:2: keys.run is ^M. Terminals send that as Enter" in toasts(app)
        assert "F5 run" in str(app.screen.query_one(KeyBar).content)
