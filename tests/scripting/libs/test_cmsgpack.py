"""cmsgpack beyond what the transcript compares: speed and depth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.resp.types import ErrorReply

if TYPE_CHECKING:
    from tests.scripting.conftest import Bench


def test_a_deep_array_unpacks_or_is_refused_and_the_runtime_stays_usable(bench: Bench) -> None:
    reply = bench("return type(cmsgpack.unpack(string.rep('\\145', 200000)))")
    assert isinstance(reply, ErrorReply)
    assert bench("return cmsgpack.unpack(cmsgpack.pack('still here'))") == b"still here"


def test_an_array_that_promises_more_than_it_has_is_refused_at_once(bench: Bench) -> None:
    assert bench.error("return cmsgpack.unpack('\\221\\255\\255\\255\\255')").startswith(
        "ERR user_script:1: Missing bytes in input."
    )


def test_the_copyright_is_the_one_of_the_server_that_is_spoken(bench: Bench, valkey: Bench) -> None:
    assert bench("return cmsgpack._COPYRIGHT") == b"Copyright (C) 2012, Salvatore Sanfilippo"
    assert valkey("return cmsgpack._COPYRIGHT") == b"Copyright (C) 2012, Redis Ltd."
