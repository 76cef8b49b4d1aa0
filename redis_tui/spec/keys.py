"""Which arguments of a call are keys: COMMAND GETKEYS, ACL checks, script key checks, cluster slots.

Three places are looked at: the range of fixed positions, the keys that ``numkeys`` counts, and
keys behind a token (``SORT key STORE destination``, ``XREAD STREAMS key id``). It must not know
any command. The decision a reader would question: tokens are looked for past the required
arguments, each with as many words as its own values, so that the value of another option is
never taken for a token (``SORT l LIMIT 1 STORE x STORE d``: ``d``).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from redis_tui.errors import CommandError
from redis_tui.spec.command import Arg, ArgKind, CommandFlag, CommandSpec

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_INVALID = "ERR Invalid arguments specified for command"


def keys_of(spec: CommandSpec, argv: Sequence[bytes]) -> list[bytes]:
    """The keys of a call, in the order that COMMAND GETKEYS gives them.

    Args:
        spec: the command, or the subcommand.
        argv: the whole call, name words included.

    Raises:
        CommandError: ``numkeys`` is no number or larger than what follows, where the command must have keys.
    """
    return [argv[position] for position in key_positions(spec, argv)]


def key_positions(spec: CommandSpec, argv: Sequence[bytes]) -> list[int]:
    """Where the keys stand in ``argv``; arguments and errors as for `keys_of`."""
    count = len(argv)
    keys = spec.keys
    found: list[int] = []
    if keys.first:
        last = keys.last if keys.last >= 0 else count + keys.last
        found = list(range(keys.first, min(last, count - 1) + 1, keys.step or 1))
    if spec.numkeys_at:
        found += _counted(spec, argv)
    widths = _token_widths(spec)
    if widths:
        found += _behind_tokens(spec, argv, widths)
    return found


def getkeys(spec: CommandSpec, argv: Sequence[bytes]) -> list[bytes]:
    """What COMMAND GETKEYS answers, refusals included.

    Raises:
        CommandError: the command takes no keys, the number of arguments is wrong, or ``numkeys`` is.
    """
    if not (spec.keys.first or spec.numkeys_at or _token_widths(spec)):
        raise CommandError("ERR The command has no key arguments")
    count = len(argv)
    if count != spec.arity if spec.arity > 0 else count < -spec.arity:
        raise CommandError("ERR Invalid number of arguments specified for command")
    return keys_of(spec, argv)


def _counted(spec: CommandSpec, argv: Sequence[bytes]) -> list[int]:
    at = spec.numkeys_at
    try:
        number = int(argv[at])
    except (ValueError, IndexError):
        number = 0
    if 0 < number < len(argv) - at:
        return list(range(at + 1, at + 1 + number))
    # EVAL s abc k, EVAL s 5 k -> no keys; ZUNIONSTORE d 5 a, SINTERCARD 0 a -> an error.
    if CommandFlag.NO_MANDATORY_KEYS in spec.flags:
        return []
    raise CommandError(_INVALID)


def _behind_tokens(spec: CommandSpec, argv: Sequence[bytes], widths: dict[bytes, tuple[int, bool]]) -> Iterator[int]:
    """Positions of keys behind tokens; of a token that stands twice the last counts."""
    position = 1 + spec.name.count("|") + sum(1 for arg in spec.args if not arg.optional and not arg.token)
    found: dict[bytes, list[int]] = {}
    while position < len(argv):
        word = argv[position].upper()
        width, is_key = widths.get(word, (0, False))
        after = position + 1
        if is_key and width > 0:
            found[word] = list(range(after, min(after + width, len(argv))))
        elif is_key:
            # Keys to the end, or (STREAMS key [key ...] id [id ...]) the first of as many equal parts.
            found[word] = list(range(after, after + (len(argv) - after) // -width))
            break
        position = after + width
    for positions in found.values():
        yield from positions


@lru_cache(maxsize=1024)
def _widths(args: tuple[Arg, ...]) -> dict[bytes, tuple[int, bool]]:
    """Token to (words behind it, whether they are keys); ``-n``: all that follows, in n equal parts.

    Empty where no token has keys, which is nearly always.
    """
    widths: dict[bytes, tuple[int, bool]] = {}
    for arg in _with_tokens(args):
        if arg.kind is ArgKind.PURE_TOKEN:
            width, is_key = 0, False
        elif arg.kind is ArgKind.BLOCK:
            parts = arg.children
            is_key = parts[0].kind is ArgKind.KEY
            width = -len(parts) if is_key and all(part.multiple for part in parts) else len(parts)
        else:
            is_key = arg.kind is ArgKind.KEY
            width = -1 if is_key and arg.multiple else 1
        widths[(arg.token or "").upper().encode()] = (width, is_key)
    return widths if any(is_key for _, is_key in widths.values()) else {}


def _token_widths(spec: CommandSpec) -> dict[bytes, tuple[int, bool]]:
    return _widths(spec.args)


def _with_tokens(args: tuple[Arg, ...]) -> Iterator[Arg]:
    for arg in args:
        if arg.token:
            yield arg
        elif arg.children:
            yield from _with_tokens(arg.children)
