"""Where a text stops being Lua, told without a server."""

from __future__ import annotations

import pytest

from redis_tui.session.syntax import Fault, check_syntax


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        (b"", None),
        (b"return redis.call('get', KEYS[1])", None),
        (b"#!lua flags=no-writes\nreturn 1", None),
        (b"#!lua name=mine\nredis.register_function('f', function() return 1 end)", None),
        (b"local a = 1\nif a the\n return 1\nend", Fault(2, "'then' expected near 'the'")),
        (b"#!lua\nreturn )", Fault(2, "unexpected symbol near ')'")),
        (b"if 1 then\n  return 1\n\n\n", Fault(2, "'end' expected (to close 'if' at line 1) at the end of the script")),
        (b"return 'open\nx", Fault(1, "unfinished string near ''open'")),
        (b"\x1bLua", Fault(1, "unexpected symbol near 'char(27)'")),
        (b"x = 1\nbreak", Fault(2, "no loop to break at the end of the script")),
        ("-- höflich\nlocal é = 1".encode("latin-1"), Fault(2, "'<name>' expected near '\N{REPLACEMENT CHARACTER}'")),
    ],
)
async def test_the_first_line_that_is_not_lua_is_named(source: bytes, fault: Fault | None) -> None:
    assert await check_syntax(source) == fault


async def test_a_text_of_a_megabyte_that_nests_without_end_is_refused_not_crashed_over() -> None:
    fault = await check_syntax(b"return " + b"(" * 1_000_000)
    assert fault is not None
    assert "chunk has too many syntax levels" in fault.message
