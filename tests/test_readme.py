"""The README says what is true."""

from __future__ import annotations

from tests.readme_table import README, split, table


def test_the_table_of_commands_is_that_of_the_declarations() -> None:
    _, held, _ = split(README.read_text())
    assert held == table(), "run: python -m tests.readme_table"
