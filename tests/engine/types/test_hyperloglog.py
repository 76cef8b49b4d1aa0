"""HyperLogLogs: the packing of registers, runs, the estimate."""

from __future__ import annotations

import random

import pytest

from redis_tui.engine.types import hyperloglog as hll
from redis_tui.engine.types.hyperloglog import Sketch
from redis_tui.errors import CommandError

LIMIT = 3000


def test_the_hash_takes_words_and_what_is_left_over() -> None:
    # The registers that a server fills from these, PFDEBUG GETREG: see the transcript; here the hash itself.
    assert hll.hash64(b"") == 0xD8DFEA6585BC9732
    assert hll.hash64(b"redis") == 0xE0AC091EC900A4FB
    assert hll.hash64(b"12345678") == 0x95EBB86389132953
    assert hll.place(b"redis") == (9467, 2)


def test_many_elements_are_placed_as_one_by_one() -> None:
    rng = random.Random(5)
    elements = [rng.randbytes(size) for size in (*range(40), 255, 256, 257) for _ in range(3)]
    assert list(hll.places(elements)) == [hll.place(element) for element in elements]


def test_registers_survive_packing() -> None:
    rng = random.Random(1)
    content = bytes(rng.randrange(64) for _ in range(hll.REGISTERS))
    dense = Sketch()
    dense.make_dense()
    dense.absorb(content, LIMIT)
    assert len(dense) == 12304
    assert hll.registers(dense) == content


@pytest.mark.parametrize("limit", [0, 100, LIMIT, 100_000])
def test_both_encodings_hold_the_same_registers(limit: int) -> None:
    rng = random.Random(2)
    sparse, dense = Sketch(), Sketch()
    dense.make_dense()
    for _ in range(3000):
        element = rng.randbytes(rng.randrange(4, 20))
        assert sparse.add([element], limit) == dense.add([element], limit)
    assert hll.registers(sparse) == hll.registers(dense)
    assert hll.count(sparse) == hll.count(dense)
    assert abs(hll.count(dense) - 3000) < 100


def test_a_sketch_made_from_bytes_goes_on_as_the_one_it_was_made_from() -> None:
    rng = random.Random(3)
    one = Sketch()
    for _ in range(700):
        element = rng.randbytes(8)
        other = Sketch(bytes(one))
        assert one.add([element], LIMIT) == other.add([element], LIMIT)
        assert one == other


def test_a_union_has_the_greatest_of_each_register() -> None:
    rng = random.Random(4)
    sketches = [Sketch(), Sketch(), Sketch()]
    for sketch in sketches:
        sketch.add([rng.randbytes(6) for _ in range(400)], LIMIT)
    content, has_dense = hll.union(sketches)
    assert content == bytes(map(max, *map(hll.registers, sketches)))
    assert not has_dense


def test_registers_that_no_element_can_bring_about_overflow_the_estimate() -> None:
    assert hll.count_registers(bytes([51]) * hll.REGISTERS) == -(1 << 63)


@pytest.mark.parametrize(
    "text",
    [b"", b"HYLL", b"x" * 20, b"HYLL\x02" + bytes(20), b"HYLL\x00" + bytes(20)],
    ids=["empty", "short", "magic", "encoding", "dense of a wrong size"],
)
def test_what_is_no_hyperloglog_is_refused(text: bytes) -> None:
    with pytest.raises(CommandError, match="not a valid HyperLogLog"):
        hll.check(text)


def test_a_long_run_cut_off_in_its_middle_is_corrupt() -> None:
    sketch = Sketch(bytes(Sketch())[:-1])
    with pytest.raises(CommandError, match="Corrupted"):
        sketch.add([b"a"], LIMIT)
