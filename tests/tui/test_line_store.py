from __future__ import annotations

import gc

from redis_tui.render.spans import Line, Span
from redis_tui.tui.line_store import LineStore


def _line(number: int) -> Line:
    return [Span(f"{number}) ", "reply.index"), Span(f"value {number}", "reply.string")]


def test_lines_come_back_as_they_were_added() -> None:
    store = LineStore(map(_line, range(2_500)))
    store.extend([[], [Span("end")]])
    assert len(store) == 2_502
    assert [store[at] for at in (0, 999, 1_000, 2_499)] == [_line(at) for at in (0, 999, 1_000, 2_499)]
    assert store[2_500] == []
    assert store.text(2_501) == "end"
    assert store.texts(7) == ("7) ", "value 7")
    assert list(store)[1_999] == _line(1_999)


def test_lines_are_out_of_the_collectors_sight() -> None:
    store = LineStore()
    gc.collect()
    before = len(gc.get_objects())
    store.extend(map(_line, range(50_000)))
    gc.collect()
    gc.collect()  # a tuple of tuples is let alone by the pass after the one that let them alone
    assert len(gc.get_objects()) - before < 1_000


def test_lines_are_forgotten_a_part_at_a_time() -> None:
    store = LineStore(map(_line, range(5_000)))
    left = [len(store) for _ in store.crumble()]
    assert left == [4_000, 3_000, 2_000, 1_000, 0]
