"""The pictures of the README can still be made, and none is missing or left over."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

from redis_tui.paths import packaged_themes_dir
from tests.pictures import FOLDER, MAIN, take_picture

README = Path(__file__).parents[2] / "README.md"


async def test_a_picture_shows_the_reply_in_the_themes_colours(tmp_path: Path) -> None:
    path = await take_picture("dawn", (100, 30), tmp_path, "dawn")
    text = path.read_text(encoding="utf-8")
    assert "(integer)" in "".join(ET.fromstring(text).itertext()).replace("\xa0", " ")
    assert "#faf4ed" in text


def test_the_readme_shows_every_theme_and_every_picture_is_there() -> None:
    shown = set(re.findall(r"themes/pictures/([\w-]+)\.svg", README.read_text(encoding="utf-8")))
    assert shown == {MAIN[0], *(path.stem for path in packaged_themes_dir().glob("*.toml"))}
    assert {path.stem for path in FOLDER.glob("*.svg")} == shown
