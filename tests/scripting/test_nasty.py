"""Nothing that a script does ends the process, outlasts its time limit or harms the next one; see `nasty`."""

from __future__ import annotations

from tests.scripting.nasty import fault, nasty


def test_scripts_that_mean_harm_leave_the_engine_as_good_as_new() -> None:
    assert fault(1, 25, 120) is None


def test_a_script_is_the_same_by_its_number() -> None:
    assert nasty(7) == nasty(7)
    assert nasty(7) != nasty(8)
