"""The README says what is true."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from redis_tui.settings import entries, read_settings
from redis_tui.tui.keymap import Keymap
from tests.readme_table import README, TABLES, split

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_that_of_the_declarations(name: str) -> None:
    _, held, _ = split(README.read_text(), name)
    assert held == TABLES[name](), "run: python -m tests.readme_table"


@pytest.mark.parametrize("place", ["README", "the settings"])
def test_the_keys_of_the_example_can_be_had(place: str, tmp_path: Path) -> None:
    example = README.read_text().partition("\n## Settings\n")[2].partition("```toml\n")[2].partition("```")[0]
    if place == "the settings":
        about = next(entry.about for entry in entries() if entry.name == "keys")
        example = "\n".join(["[keys]", *re.findall(r"\w+ = (?:\[.*?\]|\".*?\")", about)])
    file = tmp_path / "config.toml"
    file.write_text(example)
    read = read_settings(file)
    assert "run" in read.settings.keys
    assert [str(problem) for problem in (*read.problems, *Keymap(read).problems)] == []
