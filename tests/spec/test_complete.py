"""Completion and hints, as a person types."""

from __future__ import annotations

import time

import pytest

from redis_tui.spec.catalog import Catalog
from redis_tui.spec.command import CommandSpec
from redis_tui.spec.complete import Candidate, complete
from redis_tui.spec.usage import arity, parse_usage, render_usage

USAGES = [
    "BITCOUNT key [start end [BYTE | BIT]]",
    "EVAL script numkeys [key [key ...]] [arg [arg ...]]",
    "GET key",
    "GETDEL key",
    "LINSERT key <BEFORE | AFTER> pivot element",
    "MSET key value [key value ...]",
    "SET key value [NX | XX] [GET] [EX seconds | PX milliseconds | KEEPTTL]",
    "SORT key [BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] [ASC | DESC] [STORE destination]",
    "ZADD key [NX | XX] [CH] score member [score member ...]",
    "ZUNION numkeys key [key ...] [WEIGHTS weight [weight ...]] [WITHSCORES]",
]
SUBCOMMANDS = ["CLIENT ID", "CLIENT SETINFO <LIB-NAME libname | LIB-VER libver>", "CLIENT SETNAME connection-name"]
KEYS = ("user:1", "user:2", "a b")


def spec(usage: str, subcommands: tuple[CommandSpec, ...] = ()) -> CommandSpec:
    name, args = parse_usage(usage)
    return CommandSpec(
        name=name,
        summary=f"Does {name}.",
        group="generic",
        since="1.0.0",
        arity=arity(args, "|" in name),
        complexity="O(log(N)) for each, where N is large",
        args=args,
        usage=render_usage(args),
        subcommands=subcommands,
    )


CATALOG = Catalog.from_specs([*map(spec, USAGES), spec("CLIENT", tuple(map(spec, SUBCOMMANDS)))])
TAIL = "since 1.0.0 · O(log(N))"


def texts(text: str) -> list[str]:
    return [candidate.text for candidate in complete(CATALOG, text, len(text), KEYS).candidates]


def hint(text: str) -> str:
    found = complete(CATALOG, text, len(text), KEYS).hint
    assert found == TAIL or found.endswith(f" · {TAIL}")
    return found.removesuffix(TAIL).removesuffix(" · ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ge", ["get", "getdel"]),
        ("GE", ["GET", "GETDEL"]),
        ("Ge", ["get", "getdel"]),
        ("x", []),
        ("client ", ["id", "setinfo", "setname"]),
        ("CLIENT SET", ["SETINFO", "SETNAME"]),
        ("client setinfo ", ["lib-name", "lib-ver"]),
        ("get ", ["user:1", "user:2", '"a b"']),
        ("get u", ["user:1", "user:2"]),
        ('get "us', ['"user:1"', '"user:2"']),
        ("get 'a ", ["'a b'"]),
        ("get user:1 ", []),
        ("SET k ", []),
        ("SET k v ", ["NX", "XX", "GET", "EX", "PX", "KEEPTTL"]),
        ("set k v n", ["nx"]),
        ("SET k v NX ", ["GET", "EX", "PX", "KEEPTTL"]),
        ("SET k v EX ", []),
        ("SET k v EX 10 ", ["NX", "XX", "GET"]),
        ("ZADD k ", ["NX", "XX", "CH"]),
        ("ZADD k NX 1 ", []),
        ("MSET a 1 ", ["user:1", "user:2", '"a b"']),
        ("LINSERT k ", ["BEFORE", "AFTER"]),
        ("LINSERT k before ", []),
        ("EVAL 'return 1' 1 ", ["user:1", "user:2", '"a b"']),
        ("EVAL 'return 1' 0 ", []),
        ("EVAL 'return 1' 1 k ", []),
        ("ZUNION 2 a ", ["user:1", "user:2", '"a b"']),
        ("ZUNION 2 a b ", ["WEIGHTS", "WITHSCORES"]),
        ("BITCOUNT k 0 ", []),
        ("BITCOUNT k 0 1 ", ["BYTE", "BIT"]),
        ("SORT k STORE ", ["user:1", "user:2", '"a b"']),
        ("nonsense ", []),
    ],
)
def test_candidates_are_what_may_stand_there(text: str, expected: list[str]) -> None:
    assert texts(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("get", "key"),
        ("get ", "key"),
        ("get k", ""),
        ("set k", "value [NX | XX] [GET] [EX seconds | PX milliseconds | KEEPTTL]"),
        ("set k v EX", "seconds [NX | XX] [GET]"),
        ("set k v ex 10 ", "[NX | XX] [GET]"),
        ("set k v nonsense", "[NX | XX] [GET] [EX seconds | PX milliseconds | KEEPTTL]"),
        ("client", "subcommand [argument ...]"),
        ("client setname", "connection-name"),
        ("client setname me", ""),
        ("eval s 1 k ", "[arg [arg ...]]"),
        ("sort k limit 0 ", "count [BY pattern] [GET pattern [GET pattern ...]] [ASC | DESC] [STORE destination]"),
        ("linsert k before ", "pivot element"),
    ],
)
def test_the_hint_is_what_is_still_to_be_typed(text: str, expected: str) -> None:
    assert hint(text) == expected


@pytest.mark.parametrize("text", ["", "nonsense", "nonsense "])
def test_there_is_no_hint_without_a_command(text: str) -> None:
    assert complete(CATALOG, text, len(text)).hint == ""


def test_candidates_tell_what_they_are() -> None:
    assert complete(CATALOG, "getd", 4).candidates == (Candidate("getdel", "Does getdel."),)
    assert complete(CATALOG, "sort k l", 8).candidates == (Candidate("limit", "offset count"),)
    assert complete(CATALOG, "get u", 5, KEYS).candidates[0] == Candidate("user:1", "key")


def test_a_candidate_replaces_the_word_at_the_cursor_with_its_quote() -> None:
    assert complete(CATALOG, "get us", 6, KEYS).start == 4
    assert complete(CATALOG, 'get "a ', 7, KEYS).start == 4
    assert complete(CATALOG, "get ", 4, KEYS).start == 4


def test_what_stands_behind_the_cursor_is_not_looked_at() -> None:
    assert [one.text for one in complete(CATALOG, "get us 1 2 3", 6, KEYS).candidates] == ["user:1", "user:2"]


def test_a_space_or_token_inside_quotes_belongs_to_the_word() -> None:
    assert hint('set \'a b\' "NX \\" x" ') == "[NX | XX] [GET] [EX seconds | PX milliseconds | KEEPTTL]"


def test_a_completion_takes_far_less_than_a_frame() -> None:
    many = Catalog.from_specs([*CATALOG, *(spec(f"COMMAND{number} key") for number in range(250))])
    for text in ("", "c", "SET k v ", "MSET " + "k v " * 50, "SET k '" + "x" * 50_000):
        assert min(_timed(many, text) for _ in range(5)) < 0.005


def _timed(catalog: Catalog, text: str) -> float:
    start = time.thread_time()
    complete(catalog, text, len(text), KEYS)
    return time.thread_time() - start
