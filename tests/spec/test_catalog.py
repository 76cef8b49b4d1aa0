"""The catalog, from specs and from a server's replies; ACL categories."""

from __future__ import annotations

from typing import Any

import pytest

from redis_tui.resp.types import Map, SetReply, Status
from redis_tui.spec.catalog import Catalog, acl_categories
from redis_tui.spec.command import CommandFlag, CommandSpec, KeyRange

# COMMAND DOCS and COMMAND INFO of Redis 8.2.3, shortened: LPOP, CLIENT SETNAME, a token that repeats.
DOCS: list[Any] = [
    b"lpop",
    [
        b"summary",
        b"Returns the first elements in a list after removing it.",
        b"since",
        b"1.0.0",
        b"group",
        b"list",
        b"complexity",
        b"O(N) where N is the number of elements returned",
        b"arguments",
        [
            [b"name", b"key", b"type", b"key", b"display_text", b"key", b"key_spec_index", 0],
            [b"name", b"count", b"type", b"integer", b"since", b"6.2.0", b"flags", [Status(b"optional")]],
        ],
    ],
    b"client",
    [
        b"summary",
        b"A container for client connection commands.",
        b"since",
        b"2.4.0",
        b"group",
        b"connection",
        b"subcommands",
        [
            b"client|setname",
            [
                b"summary",
                b"Sets the connection name.",
                b"since",
                b"2.6.9",
                b"group",
                b"connection",
                b"arguments",
                [[b"name", b"connection-name", b"type", b"string", b"display_text", b"connection-name"]],
            ],
        ],
    ],
    b"sort",
    [
        b"since",
        b"1.0.0",
        b"group",
        b"generic",
        b"arguments",
        [
            [b"name", b"key", b"type", b"key"],
            [
                b"name",
                b"get-pattern",
                b"type",
                b"pattern",
                b"display_text",
                b"pattern",
                b"token",
                b"GET",
                b"flags",
                [b"optional", b"multiple", b"multiple_token"],
            ],
        ],
    ],
]
INFO: list[Any] = [
    [b"lpop", -2, [Status(b"write"), Status(b"fast")], 1, 1, 1, [], [], [], []],
    [b"client", -2, [], 0, 0, 0, [], [], [], [[b"client|setname", 3, SetReply([Status(b"noscript")]), 0, 0, 0]]],
]


def as_maps(reply: Any) -> Any:
    """The RESP3 form of a RESP2 COMMAND DOCS reply."""
    if isinstance(reply, list) and reply and isinstance(reply[0], bytes) and reply[0] != b"optional":
        return Map((key, as_maps(value)) for key, value in zip(reply[::2], reply[1::2], strict=True))
    return [as_maps(item) for item in reply] if isinstance(reply, list) else reply


def test_a_catalog_is_made_of_command_docs() -> None:
    catalog = Catalog.from_command_docs(DOCS, INFO)
    lpop = catalog.get("LPOP")
    assert lpop is not None
    assert lpop.arity == -2
    assert lpop.keys == KeyRange(1, 1, 1)
    assert lpop.flags == CommandFlag.WRITE | CommandFlag.FAST
    assert lpop.since == "1.0.0"
    assert catalog.usage(lpop) == "LPOP key [count]"


def test_resp3_maps_give_the_same_catalog() -> None:
    assert Catalog.from_command_docs(as_maps(DOCS), INFO) == Catalog.from_command_docs(DOCS, INFO)


def test_facts_derive_from_the_tree_where_command_info_was_not_asked() -> None:
    setname = Catalog.from_command_docs(DOCS).get("client setname")
    assert setname is not None
    assert setname.arity == 3
    assert setname.flags == CommandFlag.NONE


def test_a_token_that_repeats_is_shown_so() -> None:
    catalog = Catalog.from_command_docs(DOCS)
    assert catalog.usage(catalog.by_name["sort"]) == "SORT key [GET pattern [GET pattern ...]]"


@pytest.mark.parametrize("name", ["client setname", "CLIENT|SETNAME", "Client  SetName", " client setname "])
def test_a_subcommand_is_found_as_people_write_it(name: str) -> None:
    found = Catalog.from_command_docs(DOCS).get(name)
    assert found is not None
    assert found.name == "client|setname"


def test_an_unreadable_reply_gives_an_empty_catalog() -> None:
    assert len(Catalog.from_command_docs(None)) == 0
    assert len(Catalog.from_command_docs([], [None])) == 0


# COMMAND of Redis 6.2.14, shortened, and a module's command.
OLD_INFO: list[Any] = [
    [b"lpop", -2, SetReply([Status(b"write"), Status(b"fast")]), 1, 1, 1, SetReply([Status(b"@write")])],
    [b"client", -2, SetReply([Status(b"admin")]), 0, 0, 0, SetReply([Status(b"@admin")])],
    [b"graph.QUERY", -2, SetReply([Status(b"write")]), 1, 1, 1, SetReply([])],
]


def test_a_server_that_documents_nothing_has_its_commands_by_what_is_known_elsewhere() -> None:
    catalog = Catalog.from_command_info(OLD_INFO, Catalog.from_command_docs(DOCS, INFO))
    assert [one.name for one in catalog] == ["client", "graph.query", "lpop"]
    lpop, query = catalog.get("lpop"), catalog.get("GRAPH.QUERY")
    assert lpop is not None
    assert catalog.usage(lpop) == "LPOP key [count]"
    assert CommandFlag.WRITE in lpop.flags
    assert query is not None
    assert (query.arity, query.flags, query.keys) == (-2, CommandFlag.WRITE, KeyRange(1, 1, 1))
    assert catalog.get("client setname") is not None
    assert catalog.get("sort") is None


def spec(name: str, group: str, flags: CommandFlag = CommandFlag.NONE) -> CommandSpec:
    return CommandSpec(name, "", group, "1.0.0", 2, flags)


def test_commands_are_found_by_prefix_group_and_category() -> None:
    catalog = Catalog.from_specs(
        [
            spec("set", "string", CommandFlag.WRITE),
            spec("get", "string", CommandFlag.READONLY | CommandFlag.FAST),
            spec("getex", "string", CommandFlag.WRITE | CommandFlag.FAST),
            spec("ttl", "generic", CommandFlag.READONLY | CommandFlag.FAST),
        ]
    )
    assert [one.name for one in catalog] == ["get", "getex", "set", "ttl"]
    assert [one.name for one in catalog.starting_with("GE")] == ["get", "getex"]
    assert catalog.starting_with("x") == ()
    assert catalog.groups == ("generic", "string")
    assert [one.name for one in catalog.in_group("generic")] == ["ttl"]
    assert [one.name for one in catalog.in_category("@write")] == ["getex", "set"]


# From COMMAND INFO of Redis 8.2.3.
@pytest.mark.parametrize(
    ("name", "group", "flags", "expected"),
    [
        ("get", "string", CommandFlag.READONLY | CommandFlag.FAST, "read string fast"),
        ("set", "string", CommandFlag.WRITE | CommandFlag.DENYOOM, "write string slow"),
        ("keys", "generic", CommandFlag.READONLY, "keyspace read slow dangerous"),
        ("sort", "generic", CommandFlag.WRITE, "write set sortedset list slow dangerous"),
        ("flushall", "server", CommandFlag.WRITE, "keyspace write slow dangerous"),
        ("dbsize", "server", CommandFlag.READONLY | CommandFlag.FAST, "keyspace read fast"),
        ("blpop", "list", CommandFlag.WRITE | CommandFlag.BLOCKING, "write list slow blocking"),
        ("eval_ro", "scripting", CommandFlag.READONLY | CommandFlag.NOSCRIPT, "slow scripting"),
        ("config|get", "server", CommandFlag.ADMIN, "admin slow dangerous"),
        ("command|docs", "server", CommandFlag.LOADING, "slow connection"),
        ("info", "server", CommandFlag.LOADING, "slow dangerous"),
        ("exec", "transactions", CommandFlag.NOSCRIPT, "slow transaction"),
        ("zadd", "sorted-set", CommandFlag.WRITE | CommandFlag.FAST, "write sortedset fast"),
    ],
)
def test_categories_are_those_of_a_real_server(name: str, group: str, flags: CommandFlag, expected: str) -> None:
    assert acl_categories(spec(name, group, flags)) == frozenset(expected.split())
