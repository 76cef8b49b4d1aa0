"""Which commands want a second thought on a production server: the one rule, for every face.

Knows the catalog, no session and no face. A command is dangerous where the catalog puts it into Redis' own
category (``ACL CAT dangerous``), or where the table of additions names it: SCRIPT FLUSH and FUNCTION FLUSH
are in no such category, and cost every client its scripts. The decision a reader would question: of that category,
what only tells (INFO, CONFIG GET, SLOWLOG GET) is let through. A question that comes with every INFO is
answered without being read, and then FLUSHALL's is as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redis_tui.late_pattern import late_pattern
from redis_tui.record import dataclass
from redis_tui.spec.catalog import acl_categories

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from redis_tui.spec.catalog import Catalog
    from redis_tui.spec.command import CommandSpec

ONLY_TELLS: Final = frozenset(
    (
        "acl|dryrun",
        "acl|getuser",
        "acl|list",
        "acl|log",
        "acl|users",
        "client|list",
        "cluster|count-failure-reports",
        "cluster|getslotmigrations",
        "cluster|replicas",
        "cluster|slaves",
        "commandlog|get",
        "commandlog|len",
        "config|get",
        "info",
        "lastsave",
        "latency|doctor",
        "latency|graph",
        "latency|histogram",
        "latency|history",
        "latency|latest",
        "module|list",
        "role",
        "sentinel|ckquorum",
        "sentinel|get-master-addr-by-name",
        "sentinel|master",
        "sentinel|masters",
        "sentinel|replicas",
        "sentinel|sentinels",
        "sentinel|slaves",
        "slowlog|get",
        "slowlog|len",
    )
)
"""Dangerous by Redis' own word, and yet changing nothing."""
_ALSO: Final = {
    "config|set": "It changes the server for everybody, at once.",
    "debug": "It is made for Redis' own tests: it can stop the server, or crash it.",
    "flushall": "It deletes every key of every database.",
    "flushdb": "It deletes every key of the database.",
    "function|flush": "It deletes every function library.",
    "keys": "It walks through all keys at once, and nobody else is served meanwhile; SCAN does not.",
    "monitor": "It tells every command of every client, and may halve what the server can do.",
    "script|flush": "It empties the script cache: clients that use EVALSHA must load their scripts again.",
    "shutdown": "It ends the server.",
}
"""Dangerous whatever a catalog says, which a server may refuse to tell; and what is said of them."""
_CALL: Final = late_pattern(
    rb"""(?:redis|server)\s*\.\s*p?call\s*\(\s*(['"])(?P<name>[^'"]+)\1(?:\s*,\s*(['"])(?P<word>[^'"]+)\3)?""",
)
_TEXT_AT: Final = {"eval": 1, "eval_ro": 1, "function|load": -1, "script|load": 2}
"""Where a command carries Lua."""


@dataclass(frozen=True, slots=True)
class Danger:
    """Why a person is asked before something goes out."""

    what: str
    """``FLUSHALL``, ``CONFIG SET maxmemory``, ``FLUSHALL in line 3 of wipe``."""
    why: str
    """A sentence."""


def danger_of(catalog: Catalog, argv: Sequence[bytes]) -> Danger | None:
    """Why a command wants a second thought.

    Args:
        catalog: of the server that it goes to; an empty one knows the worst all the same.
        argv: name and arguments.

    Returns:
        None where it may go out unasked.
    """
    if not argv:
        return None
    name = _text(argv[0]).lower()
    full = f"{name}|{_text(argv[1]).lower()}" if len(argv) > 1 else name
    spec = catalog.get(full) or catalog.get(name)
    known = next((one for one in (full, name) if one in _ALSO), None)
    if known is not None and not full.endswith("|help"):
        return Danger(known.replace("|", " ").upper(), _ALSO[known])
    if spec is not None and _is_dangerous(spec):
        return Danger(spec.display, spec.summary or "Redis counts it among the dangerous commands.")
    at = _TEXT_AT.get(full, _TEXT_AT.get(name))
    if at is None or len(argv) < 2:
        return None
    return danger_in_script(catalog, argv[at if at < len(argv) else -1], "the script")


def danger_in_script(catalog: Catalog, source: bytes, name: str) -> Danger | None:
    """The first dangerous command that a script names; a name that the script puts together is not seen.

    Args:
        catalog: of the server that it goes to.
        source: Lua.
        name: of the script, for people.
    """
    for line, argv in _calls(source):
        found = danger_of(catalog, argv)
        if found is not None:
            return Danger(f"{found.what} in line {line} of {name}", found.why)
    return None


def _is_dangerous(spec: CommandSpec) -> bool:
    return spec.name not in ONLY_TELLS and "dangerous" in acl_categories(spec)


def _calls(source: bytes) -> Iterator[tuple[int, list[bytes]]]:
    for found in _CALL.finditer(source):
        words = [found["name"], *([found["word"]] if found["word"] is not None else [])]
        yield source.count(b"\n", 0, found.start()) + 1, words


def _text(word: bytes) -> str:
    return word.decode("utf-8", "replace")
