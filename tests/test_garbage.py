from __future__ import annotations

import subprocess
import sys

LONG_PASS = """
import gc
from redis_tui.garbage import settle
settle()
before = gc.get_freeze_count()
values = [[number] for number in range(1_500_000)]
gc.collect()
print(gc.get_freeze_count() - before > len(values) / 2)
"""
GROWTH = """
import gc
from redis_tui.garbage import settle
settle()
looked_at = []
def note(phase, info):
    if phase == "start" and info["generation"] == 2:
        looked_at.append(len(gc.get_objects()))
gc.callbacks.append(note)
values = [[number] for number in range(1_500_000)]
print(max(looked_at) < 120_000)
"""
SHORT_PASS = """
import gc
from redis_tui.garbage import settle
settle()
before = gc.get_freeze_count()
values = [[number] for number in range(1_000)]
gc.collect()
print(gc.get_freeze_count() > before)
"""
FACE = """
import gc
from redis_tui.garbage import collect_after_the_start
passes = []
gc.callbacks.append(lambda phase, info: passes.append(info))
collect_after_the_start()
import redis_tui.session.embedded, redis_tui.tui.app
print(len(passes))
"""
START = """
import gc, sys
sys.argv = ["redis-tui", "--help"]
passes = []
gc.callbacks.append(lambda phase, info: passes.append(info["generation"]))
from redis_tui.__main__ import main
try:
    main()
except SystemExit:
    pass
print(max(passes, default=0))
"""


def test_what_a_long_pass_found_in_use_is_not_looked_through_again() -> None:
    assert _last_word(LONG_PASS) == "True"


def test_no_pass_looks_at_more_than_is_felt_however_much_is_made() -> None:
    assert _last_word(GROWTH) == "True"


def test_a_short_pass_puts_nothing_aside() -> None:
    assert _last_word(SHORT_PASS) == "False"


def test_a_start_is_not_interrupted_by_a_pass_over_everything() -> None:
    assert _last_word(START) == "0"


def test_nothing_is_looked_for_until_a_face_stands() -> None:
    assert _last_word(FACE) == "0"


def _last_word(program: str) -> str:
    """What a process of its own prints at last: what is put aside here would stay so for all other tests."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.split()[-1]
