"""What a list knows of itself: encoding, slices, trimming."""

from __future__ import annotations

import pytest

from redis_tui.engine.config import Config
from redis_tui.engine.types.list import List, listpack_size


def numbered(count: int, config: Config) -> List:
    items = List()
    items.push_tail([b"%d" % number for number in range(count)], config)
    return items


@pytest.mark.parametrize(
    ("item", "size"),
    [
        (b"", 9),
        (b"a", 10),
        (b"0", 9),
        (b"127", 9),
        (b"128", 10),
        (b"-1", 10),
        (b"-4096", 10),
        (b"4096", 11),
        (b"32768", 12),
        (b"8388608", 13),
        (b"2147483648", 17),
        (b"007", 12),
        (b"x" * 63, 72),
        (b"x" * 64, 74),
        (b"x" * 4096, 4110),
    ],
)
def test_size_of_an_element_in_a_listpack(item: bytes, size: int) -> None:
    assert listpack_size([item]) == size


def test_a_list_of_more_than_8_kilobytes_is_a_quicklist() -> None:
    config = Config()
    items = List()
    for _ in range(8):
        items.push_tail([b"x" * 1000], config)
    assert items.encoding(config) == "listpack"
    items.push_tail([b"x" * 1000], config)
    assert items.encoding(config) == "quicklist"


def test_small_numbers_take_less_room_than_their_texts_at_first_seem_to() -> None:
    config = Config()
    items = List()
    for _ in range(4000):
        items.push_tail([b"7"], config)
    assert items.encoding(config) == "listpack"
    for _ in range(100):
        items.push_head([b"7"], config)
    assert items.encoding(config) == "quicklist"


def test_a_quicklist_goes_back_once_half_a_node_holds_the_rest() -> None:
    config = Config()
    items = numbered(5000, config)
    assert items.encoding(config) == "quicklist"
    items.trim(0, 10)
    items.shrunk(config)
    assert items.encoding(config) == "listpack"


def test_the_limit_may_be_a_count() -> None:
    config = Config(list_max_listpack_size="3")
    items = numbered(3, config)
    assert items.encoding(config) == "listpack"
    items.push_head([b"x"], config)
    assert items.encoding(config) == "quicklist"


def test_a_slice_is_the_same_from_either_end() -> None:
    items = numbered(10, Config())
    assert items.slice(0, 3) == [b"0", b"1", b"2"]
    assert items.slice(7, 10) == [b"7", b"8", b"9"]
    assert items.slice(4, 6) == [b"4", b"5"]
    assert items.slice(0, 10) == [b"%d" % number for number in range(10)]


def test_a_copy_goes_its_own_way() -> None:
    config = Config()
    items = numbered(3, config)
    twin = items.copy()
    items.pop_head()
    assert list(twin.items) == [b"0", b"1", b"2"]
    assert list(items.items) == [b"1", b"2"]
