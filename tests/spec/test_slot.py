"""Hash slots, as CLUSTER KEYSLOT answers them."""

from __future__ import annotations

import pytest

from redis_tui.spec.slot import hash_slot


@pytest.mark.parametrize(
    ("key", "slot"),
    [
        (b"", 0),
        (b"foo", 12182),
        (b"user:1", 10778),
        (b"{user}:1", 5474),
        (b"{user}:2", 5474),
        (b"a{}b", 13694),
        (b"a{b", 13340),
        (b"{{x}}", 11068),
    ],
)
def test_only_what_stands_in_braces_counts(key: bytes, slot: int) -> None:
    assert hash_slot(key) == slot
