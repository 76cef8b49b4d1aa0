"""A theme's styles as prompt_toolkit gets them."""

from __future__ import annotations

import pytest

from redis_tui.repl.style import style_sheet
from redis_tui.theme import load_theme


@pytest.mark.parametrize("name", ["command.name", "command.token", "command.string", "lua.keyword"])
def test_a_style_has_the_colour_that_the_theme_gives_it(name: str) -> None:
    drawn = style_sheet("light").get_attrs_for_style_str(f"class:tui-{name.replace('.', '-')}")
    assert f"#{drawn.color}" == load_theme("light").style(name).color
