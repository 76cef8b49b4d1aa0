"""A theme's styles as prompt_toolkit gets them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from prompt_toolkit.output import ColorDepth, DummyOutput

from redis_tui.errors import SettingsError
from redis_tui.paths import HOME_VARIABLE, packaged_themes_dir, user_themes_dir
from redis_tui.render.spans import Span, plain
from redis_tui.repl.style import Colors, formatted_lines, style_sheet, wrapped
from redis_tui.theme import load_theme

if TYPE_CHECKING:
    from pathlib import Path

    from prompt_toolkit.styles import Style


@pytest.mark.parametrize("name", ["command.name", "command.token", "command.string", "lua.keyword"])
def test_a_style_has_the_colour_that_the_theme_gives_it(name: str) -> None:
    drawn = style_sheet("light").get_attrs_for_style_str(f"class:tui-{name.replace('.', '-')}")
    assert f"#{drawn.color}" == load_theme("light").style(name).color


def keyword(sheet: Style) -> str | None:
    return sheet.get_attrs_for_style_str("class:tui-lua-keyword").color


def test_a_theme_is_read_again_when_its_file_changes_and_a_mistake_leaves_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    user_themes_dir().mkdir(parents=True)
    mine = user_themes_dir() / "mine.toml"
    text = (packaged_themes_dir() / "dark.toml").read_text(encoding="utf-8")
    mine.write_text(text, encoding="utf-8")
    colors = Colors("mine", DummyOutput())
    assert keyword(colors.sheet) == "ff79c6"
    mine.write_text(text.replace('"#ff79c6"', '"#abcdef"') + "\n", encoding="utf-8")
    colors.look()
    assert keyword(colors.sheet) == "abcdef"
    mine.write_text(text.replace('"#ff79c6"', '"pink, please"'), encoding="utf-8")
    with pytest.raises(SettingsError, match=r"mine\.toml:\d+: styles\.lua\.keyword has 'pink,'"):
        colors.look()
    assert keyword(colors.sheet) == "abcdef"
    colors.look()  # told once


def test_the_theme_chosen_last_is_on_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    Colors(None, DummyOutput()).use("nord")
    assert keyword(Colors(None, DummyOutput()).sheet) == "88b0dc"


def test_sixteen_colours_get_the_theme_made_for_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))

    class Console(DummyOutput):
        def get_default_color_depth(self) -> ColorDepth:
            return ColorDepth.DEPTH_4_BIT

    assert keyword(Colors(None, Console()).sheet) == "ff55ff"


def test_plain_prints_signs_as_ascii() -> None:
    assert formatted_lines([[Span("get → OK", "dim")]], plain=True) == [("class:tui-dim", "get > OK")]


def test_a_sentence_is_broken_at_spaces_and_a_reply_is_left_alone() -> None:
    sentence = [Span("It cannot be read. ", "danger"), Span("Check the name.", "hint")]
    assert plain(wrapped(sentence, 20)) == "It cannot be read.\nCheck the name."
    assert plain(wrapped(sentence, 12)) == "It cannot be\nread. Check\nthe name."
    assert wrapped(sentence, 40) == [sentence]
    for kept in ([Span("a reply of words", "reply.string")], [Span("a  table", "dim")], [Span("as it came in")]):
        assert wrapped(kept, 5) == [kept]
    assert plain(wrapped([Span("long-word here", "dim")], 4)) == "long-word\nhere"
