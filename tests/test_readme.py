"""The README says what is true."""

from __future__ import annotations

import pytest

from tests.readme_table import README, TABLES, split


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_that_of_the_declarations(name: str) -> None:
    _, held, _ = split(README.read_text(), name)
    assert held == TABLES[name](), "run: python -m tests.readme_table"
