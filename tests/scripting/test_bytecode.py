"""Tail calls that keep their line, and those that must stay tail calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.scripting.conftest import Bench


@pytest.mark.parametrize(
    "source",
    [
        "\nreturn redis.call('wrong')",
        "local call = redis.call\nreturn call('wrong')",
        "local r = redis\nlocal function f() return r.call('wrong') end f()",
        "local f\nf = function() return redis.call('wrong') end f()",
        "return (function()\nreturn redis.call('wrong') end)()",
        "local call = redis.call local function f() local function g()\nreturn call('wrong') end return g() end return f()",
    ],
)
def test_a_call_in_return_position_fails_on_its_line(bench: Bench, source: str) -> None:
    assert bench.run(source).error_line == 2


@pytest.mark.parametrize(
    "source",
    [
        "local function f(n) if n == 0 then return 'end' end return f(n - 1) end return f(50000)",
        "local odd local function even(n) if n == 0 then return 'end' end return even(n - 1) end return even(50000)",
    ],
)
def test_a_local_function_may_recurse_in_return_position_without_end(bench: Bench, source: str) -> None:
    assert bench(source) == b"end"


def test_all_constants_and_nested_functions_survive(bench: Bench) -> None:
    source = """
        local a, b, c, d = nil, true, 1.5, 'text\\0more'
        local function f(...) local n = select('#', ...) return function() a = n return b, c, #d, a end end
        local t = {f(1, 2, 3)()}
        return {t[2] * 2, t[3], t[4], tostring(t[1])}"""
    assert bench(source) == [3, 9, 3, b"true"]
