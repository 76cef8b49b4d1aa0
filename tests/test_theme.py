"""Themes are read whole, and a mistake in one is told in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from redis_tui.errors import SettingsError
from redis_tui.paths import packaged_themes_dir
from redis_tui.theme import COLOR_NAMES, Style, load_theme, read_shelf, read_theme

if TYPE_CHECKING:
    from pathlib import Path

COLORS = "[colors]\n" + "\n".join(f'{name} = "#10203{at % 10}"' for at, name in enumerate(COLOR_NAMES)) + "\n"


def write(folder: Path, text: str, name: str = "mine.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_themes_that_ship_with_the_program() -> None:
    shelf = read_shelf([packaged_themes_dir()])
    assert sorted(shelf.themes) == [
        "color-blind",
        "dark",
        "dawn",
        "ember",
        "high-contrast",
        "light",
        "nord",
        "sixteen",
        "solarized",
    ]
    assert shelf.problems == ()
    assert [theme.name for theme in shelf.themes.values() if not theme.dark] == ["dawn", "light"]


def test_a_theme_of_colours_alone_is_whole(tmp_path: Path) -> None:
    theme = read_theme(write(tmp_path, COLORS))
    assert theme.name == "mine"
    assert theme.title == "Mine"
    assert theme.style("title") == Style(theme.colors["focus"], bold=True)


def test_an_unknown_style_falls_back_by_its_dots(tmp_path: Path) -> None:
    theme = read_theme(write(tmp_path, COLORS))
    assert theme.style("lua.keyword.control") == theme.style("lua.keyword")
    assert theme.style("nothing.like.it") == theme.style("text")


def test_a_users_theme_replaces_a_packaged_one(tmp_path: Path) -> None:
    write(tmp_path, 'title = "My dark"\n' + COLORS, "dark.toml")
    assert load_theme("dark", [packaged_themes_dir(), tmp_path]).title == "My dark"


def test_a_copy_is_found_by_its_files_name_and_leaves_the_original_alone(tmp_path: Path) -> None:
    write(tmp_path, 'name = "light"\ntitle = "Copy"\n' + COLORS, "good.toml")
    places = [packaged_themes_dir(), tmp_path]
    assert load_theme("good", places).name == "good"
    assert load_theme("light", places).title == "Light"


def test_only_the_theme_that_was_asked_for_complains(tmp_path: Path) -> None:
    write(tmp_path, "name = ", "broken.toml")
    shelf = read_shelf([packaged_themes_dir(), tmp_path])
    assert shelf.why_missing("dark") == ""
    assert "not TOML" in shelf.why_missing("broken")


def test_styles_may_be_written_as_tables(tmp_path: Path) -> None:
    theme = read_theme(write(tmp_path, COLORS + '[styles.lua]\nkeyword = "italic #abcdef"\n'))
    assert theme.style("lua.keyword") == Style("#abcdef", italic=True)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("name = ", ["not TOML", "Mend that line"]),
        ('[colors]\ntext = "#fff"\n', ["mine.toml", "colors.background", "is missing", "Add background"]),
        (COLORS.replace('text = "#102035"', 'text = "blue"'), ["colors.text", "'blue'", "#rrggbb"]),
        (COLORS + '[styles]\ntitle = "blod focus"\n', ["styles.title", "'blod'", "bold"]),
        (COLORS + "[styles]\ntitle = 7\n", ["styles.title", "7"]),
        ("colours = 1\n" + COLORS, ["colours", "not known", "colors"]),
        ('dark = "yes"\n' + COLORS, ["dark", "true or false"]),
    ],
)
def test_a_mistake_names_file_key_and_what_to_do(tmp_path: Path, text: str, names: list[str]) -> None:
    with pytest.raises(SettingsError) as caught:
        read_theme(write(tmp_path, text))
    for name in ["mine.toml", *names]:
        assert name in str(caught.value)
    assert caught.value.hint


TWO_AND_A_COLOUR = 'title = "Mine"\n# a remark\n[colors]\n'


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('title = "Mine"\n[colors\n', 2),
        (TWO_AND_A_COLOUR + 'background = "#000000"\nsurface = "blue"\n', 5),
        (TWO_AND_A_COLOUR + 'background = "#000000"\n', 3),  # the table that lacks a colour
        (TWO_AND_A_COLOUR + "shade = 1\n", 4),
        (COLORS + '[styles]\n"lua.string" = "blod"\n', len(COLORS.splitlines()) + 2),
        (COLORS + '[styles.lua]\nnumber = "#123456"\nstring = "blod"\n', len(COLORS.splitlines()) + 3),
        ('title = "\n', 1),
    ],
)
def test_a_mistake_names_its_line(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(SettingsError, match=rf"mine\.toml:{line}: "):
        read_theme(write(tmp_path, text))


def test_a_broken_theme_leaves_the_others_usable(tmp_path: Path) -> None:
    write(tmp_path, "name = ")
    shelf = read_shelf([packaged_themes_dir(), tmp_path])
    assert len(shelf.themes) == 9
    assert "mine.toml" in shelf.problems[0].message


def test_a_missing_theme_names_those_there_are() -> None:
    with pytest.raises(SettingsError, match=r"no theme named 'drak'.*dark, dawn, ember"):
        load_theme("drak", [packaged_themes_dir()])


def test_a_broken_theme_asked_for_by_name_tells_its_mistake(tmp_path: Path) -> None:
    write(tmp_path, "name = ")
    with pytest.raises(SettingsError, match="not TOML"):
        load_theme("mine", [tmp_path])
