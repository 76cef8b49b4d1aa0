"""What is done to keys that were chosen in the browser: delete, time to live, rename, copy, make.

Knows the session, the Keys pane and the dialogs. The decision a reader would question: many keys
are dealt with in batches of single commands, not by one script or one UNLINK of all; so it can be
stopped, is counted as it goes, and works in a cluster where keys lie in different slots.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from redis_tui.errors import UsageError
from redis_tui.resp.inline import UnbalancedQuotes, join_inline, split_inline
from redis_tui.resp.types import ErrorReply
from redis_tui.session.danger import Danger
from redis_tui.session.production import agreed
from redis_tui.tui.panes.key_tree import show_key
from redis_tui.tui.queries import typed_bytes

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

    from redis_tui.tui.desks.bench import Bench
    from redis_tui.tui.desks.keys import KeyDesk
    from redis_tui.tui.screens.progress import Steps, Tally

Thing = TypeVar("Thing")
_AT_ONCE = 100
_NAMED = 5
"""Keys that a question names."""
_COPY_LIMIT = 1_000_000
"""Characters that go into the clipboard."""

NEW_KEYS: tuple[tuple[str, str, str], ...] = (
    ("SET {} value", "string", "SET key value"),
    ("HSET {} field value", "hash", "HSET key field value"),
    ("RPUSH {} element", "list", "RPUSH key element"),
    ("SADD {} member", "set", "SADD key member"),
    ("ZADD {} 1 member", "zset", "ZADD key score member"),
    ("XADD {} * field value", "stream", "XADD key * field value"),
)
"""How a key of each type is made: the command, the type, its usage."""


class KeyWork:
    """Serves wishes about keys, each after what has to be asked first."""

    def __init__(self, bench: Bench, desk: KeyDesk) -> None:
        self._bench, self._desk = bench, desk
        self._session, self._pane = bench.session, bench.panes.keys
        self._wishes: dict[str, Callable[[tuple[bytes, ...]], Awaitable[None]]] = {
            "delete": self._delete,
            "expire": self._expire,
            "rename": self._rename,
            "copy": self._copy,
            "new": self._new,
            "separator": self._separate,
            "export": self._export,
            "import": self._import,
        }

    async def serve(self, name: str, keys: tuple[bytes, ...]) -> None:
        """Does what is wished; for workers, since it may ask."""
        if name == "scan_all":
            await self._desk.scan_all()
        elif name.startswith("sort "):
            if problem := await self._desk.sort(name.removeprefix("sort ")):
                self._tell(problem)
        elif keys or name in ("new", "separator", "import"):
            await self._wishes[name](keys)
        else:
            self._tell("There is no key under the cursor.")

    # ── many keys ──────────────────────────────────────────────────────────

    async def _delete(self, keys: tuple[bytes, ...]) -> None:
        from redis_tui.tui.screens.dialogs import Choice

        if len(keys) > 1 and self._session.info.production:
            danger = Danger(f"Delete {_count(keys)}", f"{_named(keys)}\n\nIt cannot be undone.")
            if await agreed(self._session, danger):
                await self._delete_now(keys)
            return
        place = f"db{self._session.db} of {self._session.info.label}"
        text = f"{_named(keys)}\n\nThis deletes {_count(keys)} in {place}. It cannot be undone."
        choices = (Choice("cancel", "Keep"), Choice("delete", f"Delete {_count(keys)}", danger=True))
        if await self._bench.ask(f"Delete {_count(keys)}?", text, *choices) == "delete":
            await self._delete_now(keys)

    async def _delete_now(self, keys: tuple[bytes, ...]) -> None:
        gone: list[bytes] = []
        tally = await self._progress("Deleting", keys, self._each(keys, lambda key: [b"UNLINK", key], gone))
        self._pane.forget(gone)
        await self._desk.recount()
        self._report("Deleted", tally)

    async def _expire(self, keys: tuple[bytes, ...]) -> None:
        from redis_tui.tui.key_commands import parse_ttl, ttl_command

        offers = (
            ("60", "60", "a minute"),
            ("1h", "1h", "an hour"),
            ("1d", "1d", "a day"),
            ("7d", "7d", "a week"),
            ("none", "none", "no expiry: the key stays"),
        )
        title = f"Time to live of {_count(keys) if len(keys) > 1 else show_key(keys[0])}"
        wanted = await self._ask_text(title, "", offers, wanted="90, 5m, 2h, 7d, 500ms, none")
        if not wanted:
            return
        ttl_ms = parse_ttl(wanted)
        done: list[bytes] = []
        tally = await self._progress(
            "Setting the TTL", keys, self._each(keys, lambda key: ttl_command(key, ttl_ms), done)
        )
        self._pane.mark_changed(done)
        self._report("TTL set:", tally)

    async def _each(
        self, keys: Sequence[Thing], command: Callable[[Thing], list[bytes]], done: list[Thing]
    ) -> AsyncGenerator[Tally, None]:
        """One command a key, or whatever it is made of; ``done`` takes those for which it went well."""
        from redis_tui.tui.screens.progress import Tally

        failed, problem = 0, ""
        for start in range(0, len(keys), _AT_ONCE):
            some = keys[start : start + _AT_ONCE]
            for key in some:
                reply = await self._session.execute(command(key))
                if isinstance(reply, ErrorReply):
                    failed, problem = failed + 1, reply.line.decode("utf-8", "replace")
                else:
                    done.append(key)
            yield Tally(start + len(some), failed, problem)

    async def _progress(self, title: str, keys: Sequence[object], steps: Steps, *, what: str = "key") -> Tally:
        """In front of the workbench where there are many; few are done before anybody could read it."""
        from redis_tui.tui.screens.progress import Progress, Tally

        if len(keys) > _AT_ONCE:
            return await self._bench.app.push_screen_wait(Progress(f"{title} {_count(keys, what)}", len(keys), steps))
        return [Tally(), *[tally async for tally in steps]][-1]

    def _report(self, did: str, tally: Tally, where: str = "", *, what: str = "key") -> None:
        well = tally.done - tally.failed
        text = f"{did} {well:,} {what}{'' if well == 1 else 's'}{where}"
        text += (
            f"; stopped, {tally.failed:,} failed"
            if tally.stopped
            else f"; {tally.failed:,} failed"
            if tally.failed
            else ""
        )
        self._tell(f"{text}: {tally.problem}" if tally.problem else f"{text}.", is_bad=bool(tally.failed))
        self._pane.clear_selection()

    # ── files ──────────────────────────────────────────────────────────────

    async def _export(self, keys: tuple[bytes, ...]) -> None:
        from redis_tui.tui.key_files import FORMATS, typed_path, write_keys
        from redis_tui.tui.screens.dialogs import Choice

        offers = [(name, name, remark) for _, name, remark in FORMATS]
        wanted = await self._ask_text(
            f"Export {_count(keys)} to", FORMATS[0][1], offers, wanted="path; the ending says how"
        )
        if not wanted:
            return
        path = typed_path(wanted)
        endings = [f".{ending}" for ending, _, _ in FORMATS]
        if path.suffix not in endings:
            raise UsageError(f"{path.name} has no known ending.", hint=f"One of {' '.join(endings)} says how to write.")
        choices = (Choice("cancel", "Keep it"), Choice("replace", "Replace", danger=True))
        if path.exists() and await self._bench.ask(f"{path.name} exists", "Replace it?", *choices) != "replace":
            return
        tally = await self._progress("Exporting", keys, write_keys(self._session, keys, path))
        if tally.stopped:
            self._tell(f"Stopped; {path} was not written.")
        else:
            self._report("Exported", tally, f" to {path}")

    async def _import(self, keys: tuple[bytes, ...]) -> None:  # noqa: ARG002  # one table for all wishes
        from redis_tui.tui.key_files import exported_here, read_commands, typed_path
        from redis_tui.tui.screens.dialogs import Choice

        here = await asyncio.to_thread(exported_here)
        offers = [(str(each), each.name, f"{each.stat().st_size:,} bytes") for each in here]
        wanted = await self._ask_text("Import keys from", "", offers, wanted="path to a file that an export wrote")
        if not wanted:
            return
        path = typed_path(wanted)
        commands = await asyncio.to_thread(read_commands, path)
        names = list(dict.fromkeys(command[1] for command in commands if len(command) > 1))
        place = f"db{self._session.db} of {self._session.info.label}"
        text = (
            f"{_named(names)}\n\n{len(commands):,} commands make {_count(names)} in {place}. Elements are added "
            "to lists and sets that exist; RESTORE leaves existing keys as they are."
        )
        if await self._bench.ask("Import?", text, Choice("import", "Import"), Choice("cancel", "Cancel")) != "import":
            return
        steps = self._each(commands, list, [])
        tally = await self._progress("Importing", commands, steps, what="command")
        self._pane.add(names)
        self._pane.mark_changed(names)
        await self._desk.recount()
        self._report("Carried out", tally, f" of {path.name}", what="command")

    # ── one key ────────────────────────────────────────────────────────────

    async def _rename(self, keys: tuple[bytes, ...]) -> None:
        if len(keys) > 1:
            self._tell("One key at a time can be renamed.")
            return
        old = keys[0]
        shown = await self._ask_text(f"Rename {show_key(old)}", show_key(old), wanted="new name")
        new = typed_bytes(shown)
        if not shown or new == old:
            return
        reply = await self._session.execute([b"RENAMENX", old, new])
        if reply == 0:
            self._tell(f"{show_key(new)} exists already; nothing was renamed. Delete it first.", is_bad=True)
        elif isinstance(reply, ErrorReply):
            self._tell(reply.line.decode("utf-8", "replace"), is_bad=True)
        else:
            self._pane.forget([old])
            self._pane.add([new])
            self._pane.mark_changed([new])

    async def _new(self, keys: tuple[bytes, ...]) -> None:
        stem = keys[0].rpartition(b":")[0] + b":new" if keys and b":" in keys[0] else b"new"
        offers = [(form.format(join_inline([stem])), kind, usage) for form, kind, usage in NEW_KEYS]
        line = await self._ask_text("New key: the command that makes it", "", offers, wanted="SET key value")
        if line in {offer[0] for offer in offers}:
            line = await self._ask_text("New key: the command that makes it", line, wanted="SET key value")
        if not line:
            return
        try:
            argv = split_inline(line.encode())
        except UnbalancedQuotes as error:
            raise UsageError("A quote is left open.", hint=r'"\xff" writes a byte, \" a quote.') from error
        reply = await self._session.execute(argv)
        if isinstance(reply, ErrorReply):
            self._tell(reply.line.decode("utf-8", "replace"), is_bad=True)
        elif len(argv) > 1:
            self._pane.add([argv[1]])
            self._pane.mark_changed([argv[1]])
            await self._desk.recount()

    async def _copy(self, keys: tuple[bytes, ...]) -> None:
        from redis_tui.tui.key_commands import recreate

        lines: list[str] = []
        size = 0
        for key in keys:
            async for command in recreate(self._session, key):
                lines.append(join_inline(command))
                size += len(lines[-1]) + 1
                if size > _COPY_LIMIT:
                    self._tell("More than a million characters; export to a file instead.", is_bad=True)
                    return
        self._bench.app.copy_to_clipboard("\n".join(lines))
        self._tell(f"Copied {len(lines):,} command{'' if len(lines) == 1 else 's'} for {_count(keys)}.")

    async def _separate(self, keys: tuple[bytes, ...]) -> None:  # noqa: ARG002  # one table for all wishes
        wanted = await self._ask_text("What splits keys into groups", ":", wanted=": or / or |")
        if wanted:
            self._pane.set_separator(typed_bytes(wanted))

    # ── asking and telling ─────────────────────────────────────────────────

    async def _ask_text(
        self, title: str, value: str, offers: Sequence[tuple[str, str, str]] = (), *, wanted: str
    ) -> str:
        from redis_tui.tui.screens.dialogs import AskText

        return await self._bench.app.push_screen_wait(AskText(title, value, offers, wanted=wanted)) or ""

    def _tell(self, text: str, *, is_bad: bool = False) -> None:
        self._bench.app.notify(text, severity="error" if is_bad else "information", timeout=8 if is_bad else 4)


def _count(keys: Sequence[object], what: str = "key") -> str:
    return f"1 {what}" if len(keys) == 1 else f"{len(keys):,} {what}s"


def _named(keys: Sequence[bytes]) -> str:
    names = "\n".join(f"  {show_key(key)}" for key in keys[:_NAMED])
    return names if len(keys) <= _NAMED else f"{names}\n  … and {len(keys) - _NAMED:,} more"
