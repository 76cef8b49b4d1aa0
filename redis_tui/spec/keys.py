"""Which arguments of a call are keys, and what is done to them: COMMAND GETKEYS, ACL checks, cluster slots.

Where a command's key specifications are known (`key_specs`), they are searched as a server
searches them; a few commands, whose use of a key depends on their options, are read by hand.
For commands that only a usage line tells of, three places are looked at: the range of fixed
positions, the keys that ``numkeys`` counts, and keys behind a token (``SORT key STORE
destination``). The decision a reader would question: tokens are looked for past the required
arguments, each with as many words as its own values, so that the value of another option is
never taken for a token (``SORT l LIMIT 1 STORE x STORE d``: ``d``).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from redis_tui.errors import CommandError
from redis_tui.spec.command import Arg, ArgKind, CommandFlag, CommandSpec, KeySpec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_INVALID = "ERR Invalid arguments specified for command"
_READ: Final = ("RO", "access")
_READ_WRITE: Final = ("RW", "access", "update")
_OVERWRITE: Final = ("OW", "update")
_TAKE: Final = ("RW", "access", "delete")


class KeyUse(NamedTuple):
    """One key of a call."""

    position: int
    flags: tuple[str, ...]
    """As `KeySpec.flags`."""


def keys_of(spec: CommandSpec, argv: Sequence[bytes]) -> list[bytes]:
    """The keys of a call, in the order that COMMAND GETKEYS gives them.

    Args:
        spec: the command, or the subcommand.
        argv: the whole call, name words included.

    Raises:
        CommandError: ``numkeys`` is no number or larger than what follows, where the command must have keys.
    """
    return [argv[use.position] for use in key_uses(spec, argv)]


def key_positions(spec: CommandSpec, argv: Sequence[bytes]) -> list[int]:
    """Where the keys stand in ``argv``; arguments and errors as for `keys_of`."""
    return [use.position for use in key_uses(spec, argv)]


def key_uses(spec: CommandSpec, argv: Sequence[bytes]) -> list[KeyUse]:
    """The keys of a call with what is done to them; arguments and errors as for `keys_of`."""
    if not spec.key_specs:
        flags = _READ_WRITE if CommandFlag.WRITE in spec.flags else _READ
        return [KeyUse(position, flags) for position in _by_usage(spec, argv)]
    by_hand = _BY_HAND.get(spec.name)
    if by_hand is not None and not all(map(_says_all, spec.key_specs)):
        return by_hand(argv)
    found: list[KeyUse] = []
    for one in spec.key_specs:
        positions = () if "not_key" in one.flags else _searched(one, argv)
        if positions is None:
            # EVAL s abc k, EVAL s 5 k -> no keys; ZUNIONSTORE d 5 a, SINTERCARD 0 a -> an error.
            if CommandFlag.NO_MANDATORY_KEYS in spec.flags:
                return []
            raise CommandError(_INVALID)
        found += [KeyUse(position, one.flags) for position in positions]
    return found


def has_keys(spec: CommandSpec) -> bool:
    """Whether a command may have keys at all."""
    if spec.key_specs:
        return any("not_key" not in one.flags for one in spec.key_specs)
    return bool(spec.keys.first or spec.numkeys_at or _token_widths(spec))


def getkeys(spec: CommandSpec, argv: Sequence[bytes]) -> list[KeyUse]:
    """What COMMAND GETKEYS and GETKEYSANDFLAGS tell of, refusals included.

    Raises:
        CommandError: the command takes no keys, the number of arguments is wrong, or ``numkeys`` is.
    """
    if not has_keys(spec):
        raise CommandError("ERR The command has no key arguments")
    count = len(argv)
    if count != spec.arity if spec.arity > 0 else count < -spec.arity:
        raise CommandError("ERR Invalid number of arguments specified for command")
    found = key_uses(spec, argv)
    if not found and CommandFlag.NO_MANDATORY_KEYS not in spec.flags:
        raise CommandError(_INVALID)
    return found


def _says_all(one: KeySpec) -> bool:
    return one.find != "unknown" and "variable_flags" not in one.flags and "incomplete" not in one.flags


def _searched(one: KeySpec, argv: Sequence[bytes]) -> Sequence[int] | None:
    """The positions that a specification gives; none where its keyword is absent, None where the call is wrong."""
    count = len(argv)
    first = one.index
    if first is None:
        if one.find == "unknown":
            return None
        first = _behind_keyword(one, argv)
        if first is None:
            return ()
    if one.find == "keynum":
        number = _number(argv, first)
        first += 1
        last = first + (number - 1) * one.step
    elif one.last >= 0:
        last = first + one.last
    elif one.limit:
        last = first + (count - first) // one.limit + one.last
    else:
        last = count + one.last
    if not first <= last < count:
        return None
    return range(first, last + 1, one.step)


def _behind_keyword(one: KeySpec, argv: Sequence[bytes]) -> int | None:
    """Where keys behind a keyword begin. As in a server, the last place that could hold it is not looked at."""
    word = (one.keyword or "").encode()
    count = len(argv)
    places = range(one.start_from, count - 1) if one.start_from > 0 else range(count + one.start_from, 1, -1)
    return next((at + 1 for at in places if 0 < at < count and argv[at].upper() == word), None)


def _number(argv: Sequence[bytes], at: int) -> int:
    """A count of keys; 0 for what is none."""
    try:
        return int(argv[at])
    except (ValueError, IndexError):
        return 0


# Commands whose options say what happens to a key, or whose keys no specification finds.


def _keys_of_set(argv: Sequence[bytes]) -> list[KeyUse]:
    # The value of another option counts too: SET k v EX get -> RW access update.
    asks = any(word.upper() == b"GET" for word in argv[3:])
    return [KeyUse(1, _READ_WRITE if asks else _OVERWRITE)]


def _keys_of_bitfield(argv: Sequence[bytes]) -> list[KeyUse]:
    at = 2
    while at < len(argv):
        width = {b"GET": 3, b"OVERFLOW": 2}.get(argv[at].upper(), 0)
        if not width or at + width > len(argv):
            return [KeyUse(1, _READ_WRITE)]
        at += width
    return [KeyUse(1, _READ)]


def _keys_of_sort(argv: Sequence[bytes]) -> list[KeyUse]:
    found = [KeyUse(1, _READ)]
    at = 2
    while at < len(argv):
        word = argv[at].upper()
        if word == b"STORE" and at + 1 < len(argv):
            found[1:] = [KeyUse(at + 1, _OVERWRITE)]
            at += 1
        at += {b"LIMIT": 2, b"GET": 1, b"BY": 1}.get(word, 0) + 1
    return found


def _keys_of_sort_ro(_argv: Sequence[bytes]) -> list[KeyUse]:
    return [KeyUse(1, _READ)]


def _keys_of_georadius(argv: Sequence[bytes]) -> list[KeyUse]:
    found = [KeyUse(1, _READ)]
    for at in range(5, len(argv) - 1):
        if argv[at].upper() in (b"STORE", b"STOREDIST"):
            found[1:] = [KeyUse(at + 1, _OVERWRITE)]
    return found


def _keys_of_migrate(argv: Sequence[bytes]) -> list[KeyUse]:
    at = 6
    while at < len(argv):
        word = argv[at].upper()
        if word == b"KEYS":
            return [] if argv[3] else [KeyUse(one, _TAKE) for one in range(at + 1, len(argv))]
        at += {b"AUTH": 1, b"AUTH2": 2}.get(word, 0) + 1
    return [KeyUse(3, _TAKE)]


_BY_HAND: Final[dict[str, Callable[[Sequence[bytes]], list[KeyUse]]]] = {
    "bitfield": _keys_of_bitfield,
    "georadius": _keys_of_georadius,
    "georadiusbymember": _keys_of_georadius,
    "migrate": _keys_of_migrate,
    "set": _keys_of_set,
    "sort": _keys_of_sort,
    "sort_ro": _keys_of_sort_ro,
}


# Commands that only a usage line tells of


def _by_usage(spec: CommandSpec, argv: Sequence[bytes]) -> list[int]:
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
