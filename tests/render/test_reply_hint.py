"""What is said of a reply that cannot be seen in it."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import pytest

from redis_tui.render.reply_hint import reply_hints

if TYPE_CHECKING:
    from redis_tui.resp.types import Reply

SOURCE = b"return cjson.encode(t)"


@pytest.mark.parametrize("reply", [b'{"tags":{}}', [b'[{"a":1},{}]'], b"{}"], ids=str)
def test_an_empty_table_that_cjson_wrote_may_have_been_a_list(reply: Reply) -> None:
    (hint,) = reply_hints(reply, SOURCE)
    assert hint.startswith("{} may be an empty list")
    assert reply_hints(reply, b"return redis.call('GET', KEYS[1])") == []


def test_a_number_of_more_than_14_digits_has_lost_some() -> None:
    (hint,) = reply_hints([1, b'{"id":1.2345678901235e+15}'], SOURCE)
    assert hint.startswith("1.2345678901235e+15 may have lost digits")


@pytest.mark.parametrize("reply", [b'{"a":"x{}y"}', b'{"a":[1]}', b'"1.2345678901235e+15"', 5, None], ids=str)
def test_other_text_means_what_it_says(reply: Reply) -> None:
    assert reply_hints(reply, SOURCE) == []


def test_a_packed_string_is_told_with_the_view_that_reads_it() -> None:
    assert reply_hints(zlib.compress(b'{"a":1}')) == ["Packed (zlib → json): the view unpacked reads it."]
