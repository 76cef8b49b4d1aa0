"""The lanes: what Lua calls for one command of a profile, and how its reply is coded on the way back.

A lane is given a call's arguments as they are in Lua, the command's name left out. What it returns is coded by type:
a string or number is the reply, nil a null, ``true`` the status OK. ``false`` alone says that the reply lies in the
`Desk` (or that the run must end); with a number behind it, that many elements of a short list follow. So no Python
object enters Lua. It knows no commands.

The decision a reader would question: the lane of a command that is given just the arguments it must have is written
as source, from `PlainCall`, and compiled: it checks them, decodes them, runs the handler and codes its reply in one
frame, where a lane, a binder and a handler would be three. It is the inner loop of every script. All other calls,
those with options or with faults, take the general lane, which says the same at length.
"""

from __future__ import annotations

from functools import cache
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any, Final

from redis_tui.errors import CommandError
from redis_tui.resp.encoder import format_double
from redis_tui.resp.types import OK, Reply
from redis_tui.scripting.convert import FLAT_AT_RESP2, number_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from redis_tui.scripting.host import DirectCall, ScriptHost
    from redis_tui.scripting.limits import Limits
    from redis_tui.scripting.trace import TraceLog
    from redis_tui.spec.bind import PlainCall

LARGE: Final = 4096
"""Strings of so many bytes are handed over with a look at the memory that is left."""
MOST_AT_ONCE: Final = 6
"""Elements of a list that a lane returns; `api.LUA` has a local variable for each."""
_ABSENT: Final = object()
"""Stands for an argument that was not given; a nil that was given is None."""
_LARGEST_WHOLE: Final = 1 << 53
_SMALL: Final = {number: b"%d" % number for number in range(1024)}


class Mistyped:
    """Stands for the reply of a call that had an argument which is neither string nor number."""


MISTYPED: Final = Mistyped()


class Desk:
    """Where a lane leaves a reply that is more than a string or a number, until Lua fetches it."""

    __slots__ = ("pending", "resp")

    def __init__(self) -> None:
        self.pending: Reply | Mistyped = None
        self.resp = 2
        """The protocol that the script chose."""

    def offer(self, reply: Reply) -> tuple[Any, ...] | bool:
        """What a lane returns for a reply that is no string, number, null or OK: it lies here, unless it is short."""
        if self.resp == 2 and (flatten := FLAT_AT_RESP2.get(type(reply))) is not None:
            reply = flatten(reply)
        if type(reply) is list and len(reply) <= MOST_AT_ONCE:
            several = short_list(reply, self.resp)
            if several is not None:
                return several
        self.pending = reply
        return False


def short_list(items: Sequence[object], resp: int) -> tuple[Any, ...] | None:
    """What a lane returns for a list of few elements; None where these are not all small strings and numbers."""
    size = 0
    out: list[Any] = [False, len(items)]
    for item in items:
        kind = type(item)
        if kind is bytes:
            size += len(item)  # type: ignore[arg-type]  # as just seen
            out.append(item)
        elif kind is int:
            out.append(item)
        elif item is None and resp == 2:
            out.append(False)
        elif kind is float and resp == 2:
            out.append(format_double(item))  # type: ignore[arg-type]  # as just seen
        else:
            return None
    return tuple(out) if size < LARGE else None


def text_of(value: object) -> bytes | None:
    """A Lua string or number as an argument of a command; None for anything else."""
    kind = type(value)
    if kind is int:
        number: int = value  # type: ignore[assignment]  # as just seen
        known = _SMALL.get(number)
        if known is not None:
            return known
        return b"%d" % number if -_LARGEST_WHOLE <= number <= _LARGEST_WHOLE else number_text(float(number))
    if kind is bytes:
        return value  # type: ignore[return-value]  # as just seen
    return number_text(value) if kind is float else None  # type: ignore[arg-type]  # as just seen


def make_lane(
    name: bytes, call: DirectCall, host: ScriptHost, limits: Limits, desk: Desk, *, trace: TraceLog | None = None
) -> Callable[..., Any]:
    """The lane to a command for the runs of one profile.

    Args:
        name: as the script spells it.
        call: what the host gave for that name.
        host: of the profile, to which the lane belongs.
        limits: of the runtime.
        desk: likewise.
        trace: of the one run that the lane is for, each of whose calls is noted; it is given the line of the call ahead
            of its arguments.
    """
    general = _general(name, call, host, limits, desk, trace=trace)
    if call.plain is None:
        return general
    note = None if trace is None else trace.add
    lane: Callable[..., Any] = _maker(call.plain, call.writes, call.stopwatch is not None, trace is not None)(
        name, call.ctx, call.tally, host, limits.killed, limits.abort, desk, general, call.stopwatch, note
    )
    return lane


def _general(
    name: bytes, call: DirectCall, host: ScriptHost, limits: Limits, desk: Desk, *, trace: TraceLog | None
) -> Callable[..., Any]:
    killed, abort = limits.killed, limits.abort
    invoke, ctx, writes, tally, _, stopwatch = call
    is_timed = stopwatch is not None or trace is not None

    def run(line: int, args: Sequence[bytes]) -> Reply:
        tally.calls += 1
        if writes:
            host.wrote = True
        started = perf_counter_ns() if is_timed else 0
        try:
            reply = invoke(ctx, args)
        except CommandError as refusal:
            reply = host.refused(name, args, refusal)
        if is_timed:
            taken_ns = perf_counter_ns() - started
            if stopwatch is not None and taken_ns >= stopwatch.bounds.notable_ns:
                stopwatch.note(args, taken_ns)
            if trace is not None:
                trace.add(line, (name, *args), reply, taken_ns)
        return reply

    def lane(*given: object, line: int = 0) -> Any:
        args = texts_of(given)
        if args is None:
            desk.pending = MISTYPED
            return False
        try:
            reply = run(line, args)
        except BaseException as fault:  # noqa: BLE001  # must not enter Lua, where a script could catch it
            abort(fault)
            return False
        if killed:
            return False
        if type(reply) is bytes:
            if len(reply) < LARGE:
                return reply
        elif type(reply) is int or reply is None:
            return reply
        elif reply is OK:
            return True
        elif type(reply) is float and desk.resp == 2:
            return format_double(reply)
        return desk.offer(reply)

    return lane if trace is None else lambda line, *given: lane(*given, line=line)


def texts_of(given: tuple[object, ...]) -> tuple[bytes, ...] | None:
    """Arguments from Lua as a command takes them; None where one is neither string nor number."""
    for value in given:
        if type(value) is not bytes:
            break
    else:
        return given  # type: ignore[return-value]  # all are, as just seen
    texts = tuple([text_of(value) for value in given if value is not _ABSENT])
    return None if None in texts else texts  # type: ignore[return-value]  # as just seen


@cache
def _maker(plain: PlainCall, writes: bool, is_timed: bool, is_traced: bool) -> Callable[..., Callable[..., Any]]:
    """Compiles what makes the lanes of one command, for any profile and engine."""
    slots = [f"a{at}" for at in range(plain.count)]
    line = ["line"] if is_traced else []
    args = "".join(f"{slot}, " for slot in [*slots, "*tail"])
    refuse = f"return general({', '.join([*line, *slots, '*more'])})"
    if plain.width:
        check = [
            "tail = more",
            "if more:",
            "    tail = texts(more)",
            f"    if tail is None or len(tail) % {plain.width}:",
        ]
        check.append(f"        {refuse}")
    else:
        check = ["tail = more", "if more:", f"    {refuse}"]
    for slot in slots:
        check += [f"if type({slot}) is not bytes:", f"    text = text_of({slot})"]
        check += ["    if text is None:", f"        {refuse}", f"    {slot} = text"]
    before = ["tally.calls += 1"]
    after = []
    if writes:
        before.append("host.wrote = True")
    if is_timed or is_traced:
        before.append("started = clock()")
        after.append("taken_ns = clock() - started")
    if is_timed:
        after += ["if taken_ns >= stopwatch.bounds.notable_ns:", f"    stopwatch.note(({args}), taken_ns)"]
    if is_traced:
        after.append(f"note(line, (name, {args}), reply, taken_ns)")
    body = _LANE.format(
        parameters=", ".join([*line, *[f"{slot}=absent" for slot in slots], "*more"]),
        check=_lines([*check, *before], 2),
        call=_lines(
            [
                *plain.decode,
                f"reply = {plain.call_more} if tail else {plain.call}" if plain.width else f"reply = {plain.call}",
            ],
            3,
        ),
        args=args,
        after=_lines(after, 2) if after else "",
    )
    names: dict[str, Any] = {
        **plain.names,
        "absent": _ABSENT,
        "text_of": text_of,
        "texts": texts_of,
        "CommandError": CommandError,
        "OK": OK,
        "LARGE": LARGE,
        "clock": perf_counter_ns,
        "format_double": format_double,
    }
    exec(compile(body, f"<lane of {plain.name}>", "exec"), names)  # noqa: S102  # source is made here from declarations, never from input
    maker: Callable[..., Callable[..., Any]] = names["make"]
    return maker


def _lines(lines: Sequence[str], depth: int) -> str:
    """Lines to stand at a depth, behind the indentation of the first."""
    return ("\n" + "    " * depth).join(lines)


_LANE: Final = """\
def make(name, ctx, tally, host, killed, abort, desk, general, stopwatch, note):
    def lane({parameters}):
        {check}
        try:
            {call}
        except CommandError as refusal:
            reply = host.refused(name, ({args}), refusal)
        except BaseException as fault:
            abort(fault)
            return False
        {after}
        if killed:
            return False
        kind = type(reply)
        if kind is bytes:
            if len(reply) < LARGE:
                return reply
        elif kind is int or reply is None:
            return reply
        elif reply is OK:
            return True
        elif kind is float and desk.resp == 2:
            return format_double(reply)
        return desk.offer(reply)
    return lane
"""
"""`_general`'s lane with everything written out."""
