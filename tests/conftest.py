"""What all tests have in common: when Python's collector runs, and how Hypothesis picks its examples.

Examples are the same in each run and may take their time, so that no run fails for what another does to the machine;
`make differential` looks for new ones. The collector passes after each test that made much, over what that test made.
The decision a reader would question: the collector is not left to itself. What pytest and the imports made
stays for good (`gc.freeze`), so a pass looks at one test's rests alone, and comes once where Python's own
settings have ten passes within one test of the workbench, over everything. What a test leaves behind is then met at
that test's end: a socket that nobody closed is told of the test that opened it.
"""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

_MUCH = 10_000
"""Made and still there, in objects: a workbench makes six times as many, most other tests a tenth."""


settings.register_profile(
    "tests", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("tests")


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 10, 10)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_teardown() -> Iterator[None]:
    yield
    young, passes, _ = gc.get_count()
    if passes or young > _MUCH:
        _forget_drawn_widgets()
        gc.collect()


def _forget_drawn_widgets() -> None:
    """Textual keeps the last thousand caches of drawn lines by a cache of its own, twenty workbenches' worth."""
    drawn = sys.modules.get("textual._styles_cache")
    if drawn is not None:
        drawn.StylesCache.get_inner_outer.cache_clear()
