"""Shebangs; texts from Redis 8.2.3 and Valkey 9.1.2."""

from __future__ import annotations

import pytest

from redis_tui.errors import CommandError
from redis_tui.scripting.script import ScriptFlag, digest, read_shebang
from redis_tui.scripting.wording import REDIS_8, VALKEY_9, Wording


@pytest.mark.parametrize(
    ("source", "flags", "body"),
    [
        (b"return 1", None, b"return 1"),
        (b"#!lua\nreturn 1", ScriptFlag.NONE, b"\nreturn 1"),
        (b"#!lua flags=\nreturn 1", ScriptFlag.NONE, b"\nreturn 1"),
        (b"#!lua flags=no-writes\nreturn 1", ScriptFlag.NO_WRITES, b"\nreturn 1"),
        (b"#!lua flags=no-writes,allow-oom\n", ScriptFlag.NO_WRITES | ScriptFlag.ALLOW_OOM, b"\n"),
        (b"#!lua flags=allow-stale flags=no-cluster\n", ScriptFlag.ALLOW_STALE | ScriptFlag.NO_CLUSTER, b"\n"),
        (b"#!lua flags=allow-cross-slot-keys\n", ScriptFlag.ALLOW_CROSS_SLOT_KEYS, b"\n"),
    ],
)
def test_a_shebang_gives_flags(source: bytes, flags: ScriptFlag | None, body: bytes) -> None:
    assert read_shebang(source, REDIS_8) == (flags, body)


@pytest.mark.parametrize(
    ("wording", "source", "text"),
    [
        (REDIS_8, b"#!lua", b"ERR Invalid script shebang"),
        (REDIS_8, b"#!js\nreturn 1", b"ERR Unexpected engine in script shebang: #!js"),
        (VALKEY_9, b"#!js\nreturn 1", b"ERR Could not find scripting engine 'js'"),
        (REDIS_8, b"#!Lua\nreturn 1", b"ERR Unexpected engine in script shebang: #!Lua"),
        (REDIS_8, b"#!lua flags=bogus\n", b"ERR Unexpected flag in script shebang: bogus"),
        (REDIS_8, b"#!lua flags=no-writes, allow-oom\n", b"ERR Unexpected flag in script shebang: "),
        (REDIS_8, b"#!lua name=foo\n", b"ERR Unknown lua shebang option: name=foo"),
        (REDIS_8, b'#!lua "a\n', b"ERR Invalid engine in script shebang"),
    ],
)
def test_a_wrong_shebang_is_refused(wording: Wording, source: bytes, text: bytes) -> None:
    with pytest.raises(CommandError) as caught:
        read_shebang(source, wording)
    assert caught.value.line == text


def test_valkey_takes_the_engine_in_any_case() -> None:
    assert read_shebang(b"#!LUA\nreturn 1", VALKEY_9)[0] == ScriptFlag.NONE


def test_the_digest_is_the_servers_sha() -> None:
    assert digest(b"return 1") == b"e0e1f9fabfc9d4800c877a703b823ac0578ff8db"
