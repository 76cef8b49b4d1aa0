"""What lanes are written from says of each command what its binder does."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

import pytest

from redis_tui.engine.registry import Unbound, declarations
from redis_tui.errors import CommandError
from redis_tui.spec.bind import PlainCall, compile_binder, plain_call

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

UNBOUND = {name: one.invoke for name, one in declarations().items() if isinstance(one.invoke, Unbound)}


def bound(name: str) -> tuple[Callable[[Sequence[bytes]], object], PlainCall | None]:
    """A command's binder over a handler that answers what it was given, and its plain call over the same."""
    spec_name, args, handler, arity = UNBOUND[name].facts

    @wraps(handler)
    def given(_ctx: object, *values: object, **options: object) -> object:
        return values, (handler.__kwdefaults__ or {}) | options

    binder = compile_binder(spec_name, args, given, arity)
    return lambda texts: answered(lambda: binder(None, texts)), plain_call(spec_name, args, given, arity)


def answered(call: Callable[[], object]) -> object:
    try:
        return call()
    except CommandError as refusal:
        return refusal.line


def evaluated(plain: PlainCall, texts: Sequence[bytes]) -> object:
    """What a lane has a handler answer."""
    arguments = {f"a{at}": text for at, text in enumerate(texts)}
    tail = tuple(texts[plain.count :])
    names = {**plain.names, **arguments, "ctx": None, "tail": tail}

    def call() -> object:
        exec("\n".join(plain.decode), names)
        return eval(plain.call_more if tail else plain.call, names)

    return answered(call)


@pytest.mark.parametrize("text", [b"1", b"-7", b"word", b"2.5", b"before"])
def test_a_plain_call_gives_the_handler_what_the_binder_gives_it(text: bytes) -> None:
    plain_ones = 0
    for name in UNBOUND:
        invoke, plain = bound(name)
        if plain is None:
            continue
        plain_ones += 1
        texts = (text,) * plain.count
        assert evaluated(plain, texts) == invoke(texts), name
        if plain.width:
            texts = (*texts[: plain.count], *(text,) * 2 * plain.width)
            assert evaluated(plain, texts) == invoke(texts), name
    assert plain_ones > 250


def test_a_plain_call_takes_the_least_number_of_arguments() -> None:
    for name in UNBOUND:
        invoke, plain = bound(name)
        if plain is not None and plain.count:
            refusal = b"ERR wrong number of arguments for '%b' command" % name.encode()
            assert invoke((b"1",) * (plain.count - 1)) == refusal, name
