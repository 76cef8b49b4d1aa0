"""A function of a library, run as a script is: loaded, called, traced, tried without leaving a mark.

Functions over `Session`, for both kinds. Knows no face. The decision a reader would question: a library that the
session holds with other code is not replaced unasked. Functions belong to a server and not to who calls them, and
what everybody else calls would be another thing from then on.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from redis_tui.errors import UsageError
from redis_tui.record import dataclass
from redis_tui.resp.types import ErrorReply, Reply, Verbatim
from redis_tui.session.base import ScriptOutcome
from redis_tui.session.facts import items_of, pairs_of, text_of
from redis_tui.session.failure import script_error
from redis_tui.session.guard import refuse_in_transaction
from redis_tui.session.nodes import each_node

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from redis_tui.session.base import NodeFacts, ScriptRun, Session

_SHEBANG = re.compile(rb"#![^\n]*?\sname=(\w+)")


@dataclass(frozen=True, slots=True)
class Function:
    """One function of a library."""

    name: str
    description: str
    flags: tuple[str, ...]
    """``no-writes`` and the like, sorted."""


@dataclass(frozen=True, slots=True)
class Library:
    """A library that a session holds."""

    name: str
    engine: str
    """``LUA``."""
    code: bytes
    functions: tuple[Function, ...]
    """By name."""
    on_nodes: tuple[str, ...] = ()
    """Nodes of a cluster that have it with this code; empty where there is one server."""
    other_on: tuple[str, ...] = ()
    """Nodes that have other code under its name."""


def library_name(source: bytes) -> str | None:
    """The name in ``#!lua name=mylib``; None where a source is a script."""
    found = _SHEBANG.match(source)
    return None if found is None else found[1].decode("latin-1")


async def libraries(session: Session, pattern: str | None = None) -> list[Library] | ErrorReply:
    """The libraries of a session, by name.

    Args:
        session: asked.
        pattern: of the names; None is all.

    Raises:
        SessionError: the connection broke.
    """
    chosen = [] if pattern is None else [b"LIBRARYNAME", pattern.encode()]
    asked = [b"FUNCTION", b"LIST", *chosen, b"WITHCODE"]
    if session.info.is_cluster:
        return _of_nodes(await each_node(session, asked))
    reply = await session.execute(asked)
    if isinstance(reply, ErrorReply):
        return reply
    return sorted(map(_library, items_of(reply)), key=lambda library: library.name)


def _of_nodes(told: Sequence[tuple[NodeFacts, Reply]]) -> list[Library] | ErrorReply:
    """Each library once, with the code that most nodes have."""
    answers = [(node.name, reply) for node, reply in told if not isinstance(reply, ErrorReply)]
    if not answers:
        return next(reply for _, reply in told if isinstance(reply, ErrorReply))
    holders: dict[str, dict[Library, list[str]]] = {}
    for node, reply in answers:
        for one in map(_library, items_of(reply)):
            holders.setdefault(one.name, {}).setdefault(one, []).append(node)
    found = []
    for versions in holders.values():
        best = max(versions, key=lambda one: len(versions[one]))
        others = [node for one, names in versions.items() if one != best for node in names]
        found.append(replace(best, on_nodes=tuple(versions[best]), other_on=tuple(others)))
    return sorted(found, key=lambda library: library.name)


def _library(reply: Reply) -> Library:
    facts = _facts(reply)
    code = facts.get("library_code")
    functions = sorted(map(_function, items_of(facts.get("functions"))), key=lambda function: function.name)
    return Library(
        text_of(facts.get("library_name")),
        text_of(facts.get("engine")),
        code.text if isinstance(code, Verbatim) else code if isinstance(code, bytes) else b"",
        tuple(functions),
    )


def _function(reply: Reply) -> Function:
    facts = _facts(reply)
    flags = tuple(sorted(map(text_of, items_of(facts.get("flags")))))
    return Function(text_of(facts.get("name")), text_of(facts.get("description")), flags)


async def load_library(session: Session, source: bytes, may_replace: Callable[[str], Awaitable[bool]]) -> Reply:
    """Loads a library, unless the session has that very code already.

    Args:
        session: where.
        source: of the library.
        may_replace: asked, with its name, where the session has other code under it.

    Returns:
        Its name, or the server's error.

    Raises:
        UsageError: it is no library, or nobody agreed to replace the one of that name.
        SessionError: the connection broke.
    """
    name = library_name(source)
    if name is None:
        raise UsageError("This is a script and no library.", hint="A library begins with #!lua name=NAME.")
    there = await _one(session, name)
    if there is not None and there.code == source:
        return name.encode()
    if there is not None and not await may_replace(name):
        raise UsageError(f"There is a library {name} with other code, and it was left as it is.")
    return await session.execute([b"FUNCTION", b"LOAD", *([b"REPLACE"] if there is not None else []), source])


@contextlib.asynccontextmanager
async def loaded(
    session: Session, run: ScriptRun, may_replace: Callable[[str], Awaitable[bool]]
) -> AsyncIterator[ErrorReply | None]:
    """Has the library of a run's function loaded within. After a dry run the session has the libraries it had before.

    Args:
        session: where.
        run: what; nothing is loaded where it names no function.
        may_replace: as for `load_library`; not asked for a dry run.

    Yields:
        The server's error where it has refused the library.

    Raises:
        UsageError: the library has no such function, or was not loaded.
        NotSupportedError: MULTI is open.
        SessionError: the connection broke.
    """
    if run.function is None or (run.dry_run and not session.info.embedded):
        yield None  # a dry run for a server takes place on a copy, which gets the library there
        return
    refuse_in_transaction(session)
    if not run.dry_run:
        yield await _make_ready(session, run, may_replace)
        return
    before = await _one(session, library_name(run.source) or "")
    try:
        yield await _make_ready(session, run, _always)
    finally:
        await _put_back(session, run.source, before)


async def run_loaded(session: Session, run: ScriptRun, may_replace: Callable[[str], Awaitable[bool]]) -> ScriptOutcome:
    """Runs a script, or a function whose library is loaded first.

    Args:
        session: where.
        run: what.
        may_replace: as for `load_library`.

    Raises:
        UsageError, NotSupportedError, SessionError: as `loaded` and `Session.run`.
    """
    async with loaded(session, run, may_replace) as refusal:
        if refusal is not None:
            return ScriptOutcome(refusal, "", 0.0, error=script_error(refusal, run.source), dry_run=run.dry_run)
        return await session.run(run)


async def _make_ready(
    session: Session, run: ScriptRun, may_replace: Callable[[str], Awaitable[bool]]
) -> ErrorReply | None:
    reply = await load_library(session, run.source, may_replace)
    if isinstance(reply, ErrorReply):
        return reply
    library = await _one(session, text_of(reply))
    name = text_of(run.function)
    names = [] if library is None else [function.name for function in library.functions]
    if library is not None and name not in names:
        raise UsageError(f"The library {library.name} has no function {name}.", hint=f"It has {', '.join(names)}.")
    return None


async def _put_back(session: Session, source: bytes, before: Library | None) -> None:
    name = library_name(source)
    if name is None or (before is not None and before.code == source):
        return
    if before is not None:
        await session.execute([b"FUNCTION", b"LOAD", b"REPLACE", before.code])
    elif await _one(session, name) is not None:
        await session.execute([b"FUNCTION", b"DELETE", name.encode()])


async def _one(session: Session, name: str) -> Library | None:
    found = await libraries(session, name)
    return found[0] if isinstance(found, list) and found else None


async def _always(_name: str) -> bool:
    return True


def _facts(reply: Reply) -> dict[str, Reply]:
    return {text_of(name): value for name, value in pairs_of(reply)}
