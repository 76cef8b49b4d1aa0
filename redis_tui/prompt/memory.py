"""What a prompt has met so far, for completion: keys, fields, members, shas, functions, channels, settings.

Knows commands and replies; must not know sessions. The decision a reader would question: nothing is ever
asked of the server to fill it. A server is sent what a person typed, and a completion that scans a
keyspace on each Tab would be found in somebody's slow log.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from redis_tui.resp.types import ErrorReply, Map, Pairs, Reply, SetReply
from redis_tui.spec.complete import Candidate, subcommand
from redis_tui.spec.keys import keys_of
from redis_tui.spec.walk import Walk

if TYPE_CHECKING:
    from redis_tui.session.base import ScriptInfo
    from redis_tui.spec.catalog import Catalog
    from redis_tui.spec.command import Arg, CommandSpec

_KEPT: Final = 500
"""Values of a kind that are kept; the ones met longest ago go."""
_LONGEST: Final = 200
"""Characters of a value that is kept; nobody completes a document."""
_KINDS: Final = {
    "channel": "channel",
    "consumer": "consumer",
    "field": "field",
    "function": "function",
    "group": "group",
    "library-name": "library",
    "member": "member",
    "parameter": "setting",
    "sha1": "script",
    "shardchannel": "channel",
    "user": "user",
    "username": "user",
}
"""Names of arguments, and the kind of value that they take."""
_OF_A_KEY: Final = frozenset(("field", "member", "group", "consumer"))
_TYPES: Final = ("string", "list", "set", "zset", "hash", "stream")


class Memory:
    """Values by kind, latest first."""

    def __init__(self) -> None:
        self._met: dict[tuple[str, str], dict[str, str]] = {}
        """(kind, key they belong to) -> value -> a few words on it; the latest last."""

    @property
    def keys(self) -> list[str]:
        """Keys met in commands and replies, latest first."""
        return list(reversed(self._met.get(("key", ""), ())))

    def note_keys(self, keys: Iterable[Reply]) -> None:
        """Remembers keys; those that are no text are passed over."""
        self._note("key", "", keys, "key")

    def note(self, kind: str, values: Iterable[str], meta: str) -> None:
        """Remembers values of a kind that belongs to no key: functions, libraries."""
        self._note(kind, "", [value.encode() for value in values], meta)

    def note_scripts(self, scripts: Iterable[ScriptInfo]) -> None:
        """Remembers scripts, with their names."""
        for script in scripts:
            self._note("script", "", [script.sha.encode()], script.name or "script")

    def forget(self) -> None:
        """For another server."""
        self._met.clear()

    def observe(self, argv: Sequence[bytes], reply: Reply, catalog: Catalog | None) -> None:
        """Learns from a command and its reply; nothing from one that was refused."""
        if isinstance(reply, ErrorReply) or not argv:
            return
        name = argv[0].upper().decode("latin-1")
        longer = f"{name} {argv[1].upper().decode('latin-1')}" if len(argv) > 1 else name
        learn = _LEARNERS.get(longer) or _LEARNERS.get(name)
        spec = catalog.get(name) if catalog is not None else None
        if spec is not None:
            self._observe_arguments(spec, argv)
        if learn is not None:
            for kind, owner, values, meta in learn(argv, reply):
                self._note(kind, owner, values, meta)

    def vocabulary(self, spec: CommandSpec, arg: Arg, before: Sequence[str]) -> Iterator[Candidate]:
        """Values known for an argument, as `spec.complete` asks for them."""
        if arg.name == "type" and spec.name == "scan":
            yield from (Candidate(name, "type") for name in _TYPES)
        kind = _KINDS.get(arg.name)
        if kind is None:
            return
        owner = before[0] if kind in _OF_A_KEY and before else ""
        for value, meta in reversed(self._met.get((kind, owner), {}).items()):
            yield Candidate(value, meta)

    def known(self, kind: str) -> list[str]:
        """Values of a kind that belongs to no key, latest first."""
        return list(reversed(self._met.get((kind, ""), ())))

    def _observe_arguments(self, spec: CommandSpec, argv: Sequence[bytes]) -> None:
        words = list(argv[1:])
        if spec.subcommands and words:
            spec = subcommand(spec, words[0].decode("latin-1")) or spec
            words = words[1:]
        self.note_keys(keys_of(spec, list(argv)))
        walk = Walk(spec.args)
        for word in words[:_KEPT]:
            arg = walk.pass_over(word.decode("utf-8", "replace"))
            kind = None if arg is None else _KINDS.get(arg.name)
            if kind is not None:
                self._note(kind, _text(words[0]) if kind in _OF_A_KEY else "", [word], kind)

    def _note(self, kind: str, owner: str, values: Iterable[Reply], meta: str) -> None:
        met = self._met.setdefault((kind, owner), {})
        for _, value in zip(range(_KEPT), values, strict=False):
            if not isinstance(value, bytes) or len(value) > _LONGEST:
                continue
            try:
                text = value.decode()
            except UnicodeDecodeError:
                continue
            told = met.pop(text, meta)
            met[text] = told if meta == kind else meta
        while len(met) > _KEPT:
            del met[next(iter(met))]
        while len(self._met) > _KEPT:
            del self._met[next(name for name in self._met if name[1])]


Learnt = Iterable[tuple[str, str, Iterable[Reply], str]]
"""(kind, key it belongs to, values, a few words)."""


def _text(word: bytes) -> str:
    return word.decode("utf-8", "replace")


def _items(reply: Reply) -> Sequence[Reply]:
    if isinstance(reply, Map | Pairs):
        return list(reply.flat())
    if isinstance(reply, SetReply):
        return list(reply.items)
    return reply if isinstance(reply, list) else [reply]


def _all(kind: str, *, step: int = 1) -> Callable[[Sequence[bytes], Reply], Learnt]:
    def learn(argv: Sequence[bytes], reply: Reply) -> Learnt:
        owner = _text(argv[1]) if kind in _OF_A_KEY and len(argv) > 1 else ""
        yield kind, owner, _items(reply)[::step], kind

    return learn


def _scanned(kind: str, *, step: int = 1) -> Callable[[Sequence[bytes], Reply], Learnt]:
    def learn(argv: Sequence[bytes], reply: Reply) -> Learnt:
        if isinstance(reply, list) and len(reply) == 2:
            owner = _text(argv[1]) if kind in _OF_A_KEY else ""
            yield kind, owner, _items(reply[1])[::step], kind

    return learn


def _zrange(argv: Sequence[bytes], reply: Reply) -> Learnt:
    has_scores = any(word.upper() == b"WITHSCORES" for word in argv)
    yield "member", _text(argv[1]), _items(reply)[:: 2 if has_scores else 1], "member"


def _evaluated(argv: Sequence[bytes], _reply: Reply) -> Learnt:
    source = argv[-1] if argv[0].upper() == b"SCRIPT" else argv[1]
    sha = hashlib.sha1(source, usedforsecurity=False).hexdigest()
    first = " ".join(source.decode("utf-8", "replace").split())
    yield "script", "", [sha.encode()], first if len(first) <= 40 else first[:39] + "…"


def _functions(_argv: Sequence[bytes], reply: Reply) -> Learnt:
    for library in _items(reply):
        facts = _facts(library)
        name = facts.get(b"library_name")
        yield "library", "", [name], "library"
        for function in _items(facts.get(b"functions", [])):
            yield (
                "function",
                "",
                [_facts(function).get(b"name")],
                f"of {_text(name)}" if isinstance(name, bytes) else "",
            )


def _facts(reply: Reply) -> dict[bytes, Reply]:
    flat = _items(reply)
    return {key: value for key, value in zip(flat[::2], flat[1::2], strict=False) if isinstance(key, bytes)}


_LEARNERS: Final[dict[str, Callable[[Sequence[bytes], Reply], Learnt]]] = {
    "SCAN": _scanned("key"),
    "KEYS": _all("key"),
    "RANDOMKEY": _all("key"),
    "HSCAN": _scanned("field", step=2),
    "HGETALL": _all("field", step=2),
    "HKEYS": _all("field"),
    "SSCAN": _scanned("member"),
    "SMEMBERS": _all("member"),
    "ZSCAN": _scanned("member", step=2),
    "ZRANGE": _zrange,
    "EVAL": _evaluated,
    "EVAL_RO": _evaluated,
    "SCRIPT LOAD": _evaluated,
    "FUNCTION LOAD": _all("library"),
    "FUNCTION LIST": _functions,
    "CONFIG GET": _all("setting", step=2),
    "PUBSUB CHANNELS": _all("channel"),
    "ACL USERS": _all("user"),
}
"""What replies tell, by command."""
