"""What is done to the keys of a call, as COMMAND GETKEYSANDFLAGS of Redis 8.2.3 tells it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from redis_tui.errors import CommandError
from redis_tui.spec.command import CommandFlag, CommandSpec
from redis_tui.spec.key_specs import key_specs
from redis_tui.spec.keys import getkeys, has_keys


def spec_of(name: str, server: str = "redis") -> CommandSpec:
    flags = CommandFlag.NO_MANDATORY_KEYS if name == "eval" else CommandFlag.NONE
    return CommandSpec(name, "", "", "", -1, flags, key_specs=key_specs(name, server))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("set k v", "k:OW,update"),
        ("set k v ex get", "k:RW,access,update"),
        ("sort a limit 1 store x store d", "a:RO,access d:OW,update"),
        ("sort_ro a by x get y", "a:RO,access"),
        ("xread count 1 streams a b 1 2", "a:RO,access b:RO,access"),
        ("xreadgroup group g c streams a b 1 2", "a:RO,access b:RO,access"),
        ("migrate h 1 k 0 100", "k:RW,access,delete"),
        ("migrate h 1  0 100 copy auth keys keys a b", "a:RW,access,delete b:RW,access,delete"),
        ("bitfield k get u8 0", "k:RO,access"),
        ("bitfield k get u8", "k:RW,access,update"),
        ("bitfield k overflow wrap set u8 0 1", "k:RW,access,update"),
        ("zunionstore d 2 a b", "d:OW,update a:RO,access b:RO,access"),
        ("mset a 1 b", "a:OW,update b:OW,update"),
        ("eval x 0", ""),
        ("eval x 5 a", ""),
        ("lcs a b len", "a:RO,access b:RO,access"),
        ("rename a b", "a:RW,access,delete b:OW,update"),
        ("georadius k 1 1 1 m store a storedist b", "k:RO,access a:OW,update b:OW,update"),
    ],
)
def test_a_key_comes_with_what_is_done_to_it(line: str, expected: str) -> None:
    argv = [word.encode() for word in line.split(" ")]
    found = [
        f"{argv[use.position].decode()}:{','.join(use.flags)}"
        for use in getkeys(spec_of(line.split(maxsplit=1)[0]), argv)
    ]
    assert found == expected.split()


def test_the_last_store_of_georadius_counts_in_valkey() -> None:
    argv = [word.encode() for word in ["georadius", "k", "1", "1", "1", "m", "store", "a", "storedist", "b"]]
    assert [use.position for use in getkeys(spec_of("georadius", "valkey"), argv)] == [1, 9]


@pytest.mark.parametrize("line", ["zunionstore d 0 a", "zunionstore d 5 a", "pfmerge a", "migrate h 1 k 0 100 keys a"])
def test_a_call_whose_keys_cannot_be_told_is_refused(line: str) -> None:
    argv = [word.encode() for word in line.split()]
    with pytest.raises(CommandError, match="Invalid arguments specified for command"):
        getkeys(spec_of(argv[0].decode()), argv)


def test_channels_are_no_keys() -> None:
    spec = spec_of("spublish")
    assert spec.key_specs
    assert not has_keys(spec)
    assert not has_keys(replace(spec, key_specs=()))
