"""Settings: what the file may say, and that a mistake in it is told with its line and costs nothing else."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from redis_tui.cli import run_cli
from redis_tui.paths import HOME_VARIABLE
from redis_tui.settings import Settings, entries, read_settings, template

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    (tmp_path / "config").mkdir()
    return tmp_path / "config" / "config.toml"


def test_without_a_file_everything_has_its_default(file: Path) -> None:
    found = read_settings()
    assert found.settings == Settings()
    assert found.problems == ()
    assert found.path == file


def test_what_the_file_says_holds(file: Path) -> None:
    file.write_text(
        'theme = "nord"\nmouse = false\nnotice_seconds = 9\n[keys]\nrun = "f2"\nsave = ["ctrl+s", "f3"]\nzoom = ""\n'
    )
    found = read_settings()
    assert found.problems == ()
    assert (found.settings.theme, found.settings.mouse, found.settings.notice_seconds) == ("nord", False, 9)
    assert found.settings.keys == {"run": ("f2",), "save": ("ctrl+s", "f3"), "zoom": ()}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("mouse = 1", "mouse is 1. Write mouse = true or mouse = false."),
        ("notice_seconds = true", "notice_seconds is true. Write a whole number from 1 to 60."),
        ("notice_seconds = 0", "notice_seconds is 0. Write a whole number from 1 to 60."),
        ("theme = 7", 'theme is 7. Write text in quotes: theme = "…".'),
        ('keymap = "emacs"', 'keymap is "emacs". Choose one of default, vi.'),
        ("keys = 3", "keys must be a table. Write it as [keys]."),
        ("keys.run = 5", 'keys.run must be text. Write "f5", or ["f5", "ctrl+r"] for several.'),
        ("colour = 3", "colour is not known. Known here: theme, plain,"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_costs_that_setting_only(file: Path, line: str, told: str) -> None:
    file.write_text(f"# mine\nplain = true\n{line}\n")
    found = read_settings()
    assert [str(problem).startswith(f"Settings {file}:3: {told}") for problem in found.problems] == [True], found
    assert found.settings == Settings(plain=True)


def test_a_file_that_is_not_toml_is_told_and_defaults_hold(file: Path) -> None:
    file.write_text("mouse = false\ntheme = nord\n")
    found = read_settings()
    assert f"{file}:2: is not TOML" in str(found.problems[0])
    assert found.settings == Settings()


def test_a_file_that_cannot_be_read_is_told(file: Path) -> None:
    file.mkdir()
    assert "cannot be read" in str(read_settings().problems[0])


def test_the_template_is_toml_that_changes_nothing_and_names_every_setting(file: Path) -> None:
    file.write_text(template())
    assert read_settings().settings == Settings()
    bare = "\n".join(
        line.removeprefix("# ") for line in template().splitlines() if " = " in line or line.startswith("[")
    )
    named = tomllib.loads("\n".join(line for line in bare.splitlines() if "; " not in line))
    assert set(named) == {entry.name for entry in entries()}


def test_config_tells_the_path_what_holds_and_what_is_wrong(file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["config", "path"]) == 0
    assert capfd.readouterr().out == f"{file}\n"
    assert run_cli(["config"]) == 0
    assert "not there yet" in capfd.readouterr().out
    file.write_text('mouse = false\nkeymap = "emacs"\n')
    assert run_cli(["config", "show"]) == 2
    shown = capfd.readouterr()
    assert "(default true)\nmouse = false\n" in shown.out
    assert tomllib.loads(shown.out)["keymap"] == "default"
    assert f"redis-tui: Settings {file}:2: keymap is" in shown.err


def test_config_edit_writes_the_template_and_opens_the_editor(
    file: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", "cat")
    assert run_cli(["config", "edit"]) == 0
    assert capfd.readouterr().out == template()
    assert file.read_text() == template()
