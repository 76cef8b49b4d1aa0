"""The generated binders: what a handler receives, and what is refused in which words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import pytest

from redis_tui.errors import CommandError
from redis_tui.spec.bind import BindFault, Rest, binding, compile_binder, plain_call
from redis_tui.spec.usage import arity, parse_usage

if TYPE_CHECKING:
    from collections.abc import Callable

SYNTAX = b"ERR syntax error"
NOT_INTEGER = b"ERR value is not an integer or out of range"
NOT_FLOAT = b"ERR value is not a valid float"


def bound(usage: str, handler: Callable[..., Any], command_arity: int | None = None) -> Callable[[str], Any]:
    """A command that takes its arguments as one line of words; a refusal comes back as its text."""
    name, args = parse_usage(usage)
    invoke = compile_binder(name, args, handler, command_arity or arity(args, "|" in name))

    def run(line: str) -> Any:
        words = [word.encode() for word in line.split()]
        try:
            from_list = invoke(None, words)
        except CommandError as error:
            from_list = error.line
        try:
            from_tuple = invoke(None, tuple(words))
        except CommandError as error:
            from_tuple = error.line
        assert from_list == from_tuple
        return from_list

    return run


def get(ctx: object, key: bytes) -> object:
    return key


def setrange(ctx: object, key: bytes, offset: int, value: bytes) -> object:
    return key, offset, value


def set_(
    ctx: object,
    key: bytes,
    value: bytes,
    *,
    nx: bool = False,
    xx: bool = False,
    get: bool = False,
    ex: int | None = None,
    px: int | None = None,
    keepttl: bool = False,
) -> object:
    return key, value, nx, xx, get, ex, px, keepttl


SET = "SET key value [NX | XX] [GET] [EX seconds | PX milliseconds | KEEPTTL]"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("k", b"k"),
        ("", b"ERR wrong number of arguments for 'get' command"),
        ("k k", b"ERR wrong number of arguments for 'get' command"),
    ],
)
def test_a_fixed_command_takes_exactly_its_arguments(line: str, expected: object) -> None:
    assert bound("GET key", get)(line) == expected


def test_a_command_without_arguments_takes_none() -> None:
    run = bound("DBSIZE", lambda ctx: 7)
    assert run("") == 7
    assert run("x") == b"ERR wrong number of arguments for 'dbsize' command"


def test_a_subcommand_is_named_with_its_container() -> None:
    run = bound("CLIENT SETNAME connection-name", get)
    assert run("me") == b"me"
    assert run("") == b"ERR wrong number of arguments for 'client|setname' command"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("k 5 v", (b"k", 5, b"v")),
        ("k -1 v", (b"k", -1, b"v")),
        ("k 123456789 v", (b"k", 123456789, b"v")),
        ("k 05 v", NOT_INTEGER),
        ("k x v", NOT_INTEGER),
    ],
)
def test_an_int_parameter_is_decoded(line: str, expected: object) -> None:
    assert bound("SETRANGE key offset value", setrange)(line) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("k v", (b"k", b"v", False, False, False, None, None, False)),
        ("k v nx", (b"k", b"v", True, False, False, None, None, False)),
        ("k v GeT xX", (b"k", b"v", False, True, True, None, None, False)),
        ("k v EX 10 NX", (b"k", b"v", True, False, False, 10, None, False)),
        ("k v NX NX", (b"k", b"v", True, False, False, None, None, False)),
        ("k v EX 10 EX 20", (b"k", b"v", False, False, False, 20, None, False)),
        ("k v NX XX", SYNTAX),
        ("k v EX 10 PX 20", SYNTAX),
        ("k v EX 10 KEEPTTL", SYNTAX),
        ("k v EX", SYNTAX),
        ("k v EX abc", NOT_INTEGER),
        ("k v EX abc FOO", NOT_INTEGER),
        ("k v FOO EX abc", SYNTAX),
        ("k v w", SYNTAX),
        ("k", b"ERR wrong number of arguments for 'set' command"),
    ],
)
def test_options_come_in_any_order_and_exclude_each_other(line: str, expected: object) -> None:
    assert bound(SET, set_)(line) == expected


def zadd(
    ctx: object,
    key: bytes,
    pairs: list[bytes],
    *,
    nx: bool = False,
    xx: bool = False,
    gt: bool = False,
    lt: bool = False,
    ch: bool = False,
) -> object:
    return key, pairs, nx, xx, gt, lt, ch


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("z 1 a", (b"z", [b"1", b"a"], False, False, False, False, False)),
        ("z nx ch 1 a 2 b", (b"z", [b"1", b"a", b"2", b"b"], True, False, False, False, True)),
        ("z 1 nx", (b"z", [b"1", b"nx"], False, False, False, False, False)),
        ("z nx 1", SYNTAX),
        ("z nx ch", SYNTAX),
        ("z 1 a 2", SYNTAX),
        ("z nx xx 1 a", SYNTAX),
        ("z 1", b"ERR wrong number of arguments for 'zadd' command"),
    ],
)
def test_options_before_the_positionals_are_taken_while_they_match(line: str, expected: object) -> None:
    assert bound("ZADD key [NX | XX] [GT | LT] [CH] score member [score member ...]", zadd)(line) == expected


def test_alternatives_may_stand_together_where_the_handler_decides() -> None:
    @binding(exclusive=False)
    def expire(ctx: object, key: bytes, *, nx: bool = False, gt: bool = False) -> object:
        return key, nx, gt

    assert bound("EXPIRE key [NX | GT]", expire)("k nx gt") == (b"k", True, True)


def test_the_last_of_combinable_words_counts() -> None:
    @binding(exclusive=False)
    def sort_by(ctx: object, key: bytes, *, order: Literal["asc", "desc"] = "asc") -> object:
        return order

    assert bound("SORT key [ASC | DESC]", sort_by)("k desc asc desc") == "desc"


def pairs(ctx: object, items: list[bytes]) -> object:
    return items


def keyed_pairs(ctx: object, key: bytes, items: list[bytes]) -> object:
    return key, items


def test_a_repeated_block_is_flat_and_its_parity_is_checked() -> None:
    mset = bound("MSET key value [key value ...]", pairs)
    assert mset("a 1") == [b"a", b"1"]
    assert mset("a 1 b 2") == [b"a", b"1", b"b", b"2"]
    assert mset("a 1 b") == b"ERR wrong number of arguments for 'mset' command"
    assert mset("") == b"ERR wrong number of arguments for 'mset' command"
    hset = bound("HSET key field value [field value ...]", keyed_pairs)
    assert hset("h a 1 b 2") == (b"h", [b"a", b"1", b"b", b"2"])
    assert hset("h a 1 b") == b"ERR wrong number of arguments for 'hset' command"
    assert hset("h a") == b"ERR wrong number of arguments for 'hset' command"


def test_a_repeated_argument_may_have_one_behind_it() -> None:
    def blpop(ctx: object, keys: list[bytes], timeout: float) -> object:
        return keys, timeout

    run = bound("BLPOP key [key ...] timeout", blpop)
    assert run("a 0.5") == ([b"a"], 0.5)
    assert run("a b c 0") == ([b"a", b"b", b"c"], 0.0)
    assert run("a b") == NOT_FLOAT
    assert run("a") == b"ERR wrong number of arguments for 'blpop' command"


def test_an_optional_value_has_the_handlers_default() -> None:
    def spop(ctx: object, key: bytes, count: int | None = None) -> object:
        return key, count

    run = bound("SPOP key [count]", spop)
    assert run("s") == (b"s", None)
    assert run("s 3") == (b"s", 3)
    assert run("s x") == NOT_INTEGER
    assert run("s 1 2") == SYNTAX


def test_too_many_arguments_are_an_arity_fault_where_the_handler_says_so() -> None:
    @binding(excess="arity")
    def lpop(ctx: object, key: bytes, count: int | None = None) -> object:
        return key, count

    assert bound("LPOP key [count]", lpop)("l 1 2") == b"ERR wrong number of arguments for 'lpop' command"


def test_optional_values_nest_and_come_in_groups() -> None:
    def bitcount(
        ctx: object, key: bytes, start: int = 0, end: int = -1, *, unit: Literal["byte", "bit"] = "byte"
    ) -> object:
        return key, start, end, unit

    run = bound("BITCOUNT key [start end [BYTE | BIT]]", bitcount)
    assert run("k") == (b"k", 0, -1, "byte")
    assert run("k 1 2") == (b"k", 1, 2, "byte")
    assert run("k 1 2 bit") == (b"k", 1, 2, "bit")
    assert run("k 1") == SYNTAX
    assert run("k 1 2 foo") == SYNTAX


def test_an_optional_value_may_be_followed_by_a_token() -> None:
    def hrandfield(ctx: object, key: bytes, count: int | None = None, *, withvalues: bool = False) -> object:
        return key, count, withvalues

    run = bound("HRANDFIELD key [count [WITHVALUES]]", hrandfield)
    assert run("h") == (b"h", None, False)
    assert run("h 2") == (b"h", 2, False)
    assert run("h -2 withvalues") == (b"h", -2, True)
    assert run("h 2 foo") == SYNTAX
    assert run("h x foo") == NOT_INTEGER


def test_a_required_choice_becomes_a_word() -> None:
    def linsert(ctx: object, key: bytes, where: Literal["before", "after"], pivot: bytes, element: bytes) -> object:
        return key, where, pivot, element

    run = bound("LINSERT key <BEFORE | AFTER> pivot element", linsert)
    assert run("l Before a b") == (b"l", "before", b"a", b"b")
    assert run("l foo a b") == SYNTAX
    assert run("l before a") == b"ERR wrong number of arguments for 'linsert' command"


def sort(
    ctx: object,
    key: bytes,
    *,
    by: bytes | None = None,
    limit: tuple[int, int] | None = None,
    get: list[bytes] = [],  # noqa: B006  # never mutated: the binder makes a new list for each call
    order: Literal["asc", "desc"] = "asc",
    alpha: bool = False,
    store: bytes | None = None,
) -> object:
    return key, by, limit, get, order, alpha, store


SORT = (
    "SORT key [BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] "
    "[ASC | DESC] [ALPHA] [STORE destination]"
)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("l", (b"l", None, None, [], "asc", False, None)),
        ("l limit 1 2 desc", (b"l", None, (1, 2), [], "desc", False, None)),
        ("l get a store d get b", (b"l", None, None, [b"a", b"b"], "asc", False, b"d")),
        ("l by w_* alpha", (b"l", b"w_*", None, [], "asc", True, None)),
        ("l limit a b", NOT_INTEGER),
        ("l limit 1", SYNTAX),
        ("l get", SYNTAX),
    ],
)
def test_options_take_tuples_lists_and_words(line: str, expected: object) -> None:
    assert bound(SORT, sort)(line) == expected


def test_a_token_may_have_a_choice_for_value() -> None:
    def zinter(ctx: object, key: bytes, *, aggregate: Literal["sum", "min", "max"] = "sum") -> object:
        return aggregate

    run = bound("AGG key [AGGREGATE <SUM | MIN | MAX>]", zinter)
    assert run("k") == "sum"
    assert run("k aggregate MAX") == "max"
    assert run("k aggregate avg") == SYNTAX


def test_rest_is_raw() -> None:
    def eval_(ctx: object, script: bytes, numkeys: int, rest: Rest) -> object:
        return script, numkeys, rest

    run = bound("EVAL script numkeys [key [key ...]] [arg [arg ...]]", eval_)
    assert run("s 0") == (b"s", 0, [])
    assert run("s 1 k a") == (b"s", 1, [b"k", b"a"])
    assert run("s x") == NOT_INTEGER
    assert run("s") == b"ERR wrong number of arguments for 'eval' command"


def test_an_optional_list_is_empty_by_default() -> None:
    def info(ctx: object, sections: list[bytes]) -> object:
        return sections

    run = bound("INFO [section [section ...]]", info)
    assert run("") == []
    assert run("server memory") == [b"server", b"memory"]


def test_an_arity_override_wins_over_the_tree() -> None:
    run = bound("MSET key value [key value ...]", pairs, -5)
    assert run("a 1") == b"ERR wrong number of arguments for 'mset' command"
    assert run("a 1 b 2") == [b"a", b"1", b"b", b"2"]


def test_lists_are_the_handlers_own() -> None:
    name, args = parse_usage("DEL key [key ...]")
    words = [b"a", b"b"]

    def delete(ctx: object, keys: list[bytes]) -> object:
        keys.clear()
        return keys

    compile_binder(name, args, delete, -2)(None, words)
    assert words == [b"a", b"b"]


@pytest.mark.parametrize(
    ("usage", "handler", "message"),
    [
        ("GET key offset", get, "get: the usage has 2 positional arguments, the handler takes 1"),
        ("GET key [NX]", get, "get: the handler has no parameter for NX"),
        (
            "SET key value [NX | XX] [GET] [EX seconds | PX milliseconds]",
            set_,
            "set: the usage has no option for ['keepttl']",
        ),
        ("X key", lambda ctx, key: key, "x: cannot decode 'key' as '_empty'"),
    ],
)
def test_a_signature_that_does_not_fit_is_refused_at_registration(
    usage: str, handler: Callable[..., Any], message: str
) -> None:
    with pytest.raises(BindFault) as caught:
        bound(usage, handler)
    assert str(caught.value) == message


def test_a_plain_call_is_what_the_required_arguments_need() -> None:
    def getrange(ctx: object, key: bytes, start: int, end: int) -> None: ...

    def hset(ctx: object, key: bytes, pairs: list[bytes]) -> None: ...

    def zadd(ctx: object, key: bytes, rest: Rest) -> None: ...

    def plain(usage: str, handler: Callable[..., Any]) -> tuple[int, str]:
        name, args = parse_usage(usage)
        found = plain_call(name, args, handler, arity(args))
        assert found is not None
        return found.count, found.call

    assert plain("GETRANGE key start end", getrange) == (3, "handler(ctx, a0, b1, b2)")
    assert plain("HSET key field value [field value ...]", hset) == (3, "handler(ctx, a0, [a1, a2, ])")
    assert plain("ZADD key [NX | XX] score member [score member ...]", zadd) == (3, "handler(ctx, a0, [a1, a2, ])")


def test_there_is_no_plain_call_where_options_lead() -> None:
    def zadd(ctx: object, key: bytes, pairs: list[bytes], *, nx: bool = False) -> None: ...

    name, args = parse_usage("ZADD key [NX] score member [score member ...]")
    assert plain_call(name, args, zadd, -4) is None
