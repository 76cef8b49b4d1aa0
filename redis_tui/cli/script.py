"""``run``: a Lua script or a function of a library, from a file, standard input or an example.

Says what is to be run; `runner` runs it and prints. KEYS and ARGV are told apart as redis-cli --eval does, by a comma
that stands alone.
"""

from __future__ import annotations

import asyncio
import dataclasses
import os
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import click

from redis_tui.cli.opening import session_opener, with_session
from redis_tui.cli.options import (
    as_size,
    as_time,
    dialect_option,
    load_option,
    lua_memory_option,
    read_only_option,
    refuse_option_of_redis_cli,
    safety_options,
    url_option,
)
from redis_tui.cli.stream import complain, print_bytes, print_mode, read_bytes
from redis_tui.cli.way_options import told_address, way_options
from redis_tui.errors import UsageError
from redis_tui.exit_status import ExitStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.presets import Preset
    from redis_tui.session.base import ScriptRun, Session


class _Run(click.Command):
    """Takes what it does not know for keys and arguments, but not what is an option but for a letter or two."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = sorted(
            name
            for option in self.get_params(ctx)
            for name in (*option.opts, *option.secondary_opts)
            if name.startswith("--")
        )
        for word in args[: args.index("--")] if "--" in args else args:
            name = word.partition("=")[0]
            if name.startswith("--") and name not in own and (meant := get_close_matches(name, own, 1, 0.8)):
                raise UsageError(
                    f"{name} is no option of run.",
                    hint=f"Is {meant[0]} meant? Write -- before it if it is an argument.",
                )
        return super().parse_args(ctx, args)


@click.command(cls=_Run, context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="FILE [KEY ...] , [ARG ...]")
@click.option("--example", metavar="NAME", help="Run an example that ships with redis-tui instead of FILE.")
@url_option
@dialect_option
@read_only_option
@way_options
@safety_options(unattended=True)
@load_option
@click.option("--db", "-n", type=click.IntRange(0, 15), default=None, metavar="N", help="Database to run in.")
@click.option(
    "--preset", metavar="NAME", help="KEYS, ARGV and limit of a preset: of FILE.presets.toml beside FILE.lua."
)
@click.option(
    "--all-presets",
    is_flag=True,
    help="Try every preset dry, and end with 1 where a reply is not the expected one.",
)
@click.option("--setup", type=click.Path(path_type=Path), help="Redis commands to run first, one a line.")
@click.option(
    "--repeat",
    type=click.IntRange(1),
    metavar="N",
    help="Run it N times and tell how long it takes; with --dry-run each time from the same data.",
)
@click.option(
    "--timeout",
    "timeout_ms",
    type=as_time,
    metavar="TIME",
    help="Kill it when it lasts longer, and undo what it wrote: 500ms, 2s, 1m, or milliseconds.",
)
@lua_memory_option
@click.option("--fcall", metavar="NAME", help="FILE is a library of functions: load it, then call this one, by FCALL.")
@click.option("--replace", is_flag=True, help="With --fcall: over a library of that name that has other code.")
@click.option("--dry-run", is_flag=True, help="Show what the script would do and leave no mark.")
@click.option(
    "--dry-run-on-server",
    "on_server",
    is_flag=True,
    help="Likewise, in the server's own debugger: it forks, runs the script there and throws the fork away.",
)
@click.option(
    "--fetch",
    "fetch_limit",
    type=as_size,
    metavar="SIZE",
    help="How much of a server's keys a dry run may copy: 64mb unless told otherwise.",
)
@click.option("--trace", is_flag=True, help="Show every redis.call.")
@click.option("--changes", is_flag=True, help="Show every key that changed.")
@click.option("--costs", is_flag=True, help="Show time, instructions and memory, and every key that was named.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--raw/--no-raw", default=None, help="Print strings as they are; the default into a pipe.")
def run(  # noqa: PLR0917  # click passes what the options above name
    words: Sequence[str],
    example: str | None,
    url: str,
    dialect: str,
    read_only: bool,
    load: Path | None,
    db: int | None,
    preset: str | None,
    all_presets: bool,
    setup: Path | None,
    repeat: int | None,
    timeout_ms: int | None,
    lua_memory: int | None,
    fcall: str | None,
    replace: bool,
    dry_run: bool,
    on_server: bool,
    fetch_limit: int | None,
    trace: bool,
    changes: bool,
    costs: bool,
    as_json: bool,
    raw: bool | None,
) -> int:
    """Run a Lua script, as redis-cli --eval does.

    Keys stand before the comma, arguments behind it, the comma between spaces. FILE may be - for
    standard input. An argument that looks like an option of redis-tui goes behind --.

    \b
    redis-tui run counter.lua hits , --changes
    redis-tui run lock.lua lock:1 , token 30 --url redis://localhost
    redis-tui run --example rate_limit user:7 , 10 60
    redis-tui run slow.lua big , --repeat 100 --dry-run
    redis-tui run counter.lua --all-presets
    redis-tui run mylib.lua --fcall my_hset user:1 , name Ann --trace
    """  # noqa: D301  # click keeps what follows a backspace as it is laid out
    if example is not None and fcall is not None:
        raise UsageError("The examples are scripts; --fcall calls a function of a library FILE.", hint="Leave out one.")
    if repeat is not None and (trace or changes or costs):
        raise UsageError(
            "--repeat measures, and would measure --trace, --changes and --costs as well.",
            hint="Leave them out, or --repeat.",
        )
    dry_run = dry_run or on_server
    wanted = _script_run(words, example)
    presets = _presets(words, example, preset) if preset is not None or all_presets else ()
    if repeat is not None and all_presets:
        raise UsageError("--all-presets tries each once.", hint="Leave --repeat out, or name one --preset.")
    if preset is not None:
        wanted = dataclasses.replace(wanted, keys=presets[0].keys, args=presets[0].args)
        timeout_ms = timeout_ms or presets[0].timeout_ms
    wanted = dataclasses.replace(
        wanted,
        function=None if fcall is None else os.fsencode(fcall),
        db=db,
        trace=trace or as_json,
        dry_run=dry_run,
        on_server=on_server,
        changes=changes or as_json or dry_run,
        read_only=read_only,
        timeout_ms=timeout_ms,
        fetch_limit=fetch_limit or wanted.fetch_limit,
    )
    commands = [] if setup is None else read_bytes(setup).splitlines()

    async def work(session: Session) -> int:
        from redis_tui.runner import Runner, Show

        shown = Show(
            as_json=as_json,
            trace=trace,
            changes=changes or dry_run,
            costs=costs,
            raw=print_mode(None) == "raw" if raw is None else raw,
        )
        runner = Runner(session, shown, write=print_bytes, complain=complain, replaces=replace)
        if not await runner.prepare(commands, db=db, path=setup):
            return ExitStatus.ERROR_REPLY
        if all_presets:
            return await runner.try_all(wanted, presets)
        if repeat is not None:
            return await runner.repeat(wanted, repeat)
        return await runner.run(wanted)

    opener = session_opener(told_address(url), dialect=dialect, read_only=read_only, load=load, lua_memory=lua_memory)
    return asyncio.run(with_session(opener, work))


def _script_run(words: Sequence[str], example: str | None) -> ScriptRun:
    from redis_tui.session.base import ScriptRun

    if example is None:
        refuse_option_of_redis_cli(words)
    if example is None and not words:
        raise UsageError(
            "Which script? FILE is missing.", hint="Try `redis-tui run counter.lua counter ,` or --example counter."
        )
    rest = [os.fsencode(word) for word in (words if example is not None else words[1:])]
    _refuse_glued_comma(rest)
    at = rest.index(b",") if b"," in rest else len(rest)
    keys, args = tuple(rest[:at]), tuple(rest[at + 1 :])
    if example is None:
        path = Path(words[0])
        return ScriptRun(read_bytes(path), keys, args, name=path.stem if str(path) != "-" else "stdin")
    from redis_tui.workspace import load_example

    chosen = load_example(example)
    if not rest:
        keys, args = chosen.keys, chosen.args
    return ScriptRun(chosen.source, keys, args, name=chosen.name)


def _presets(words: Sequence[str], example: str | None, name: str | None) -> tuple[Preset, ...]:
    """The presets of a script, or the one that is named."""
    from redis_tui.workspace import Workspace

    if len(words) > (example is None):
        raise UsageError("A preset has KEYS and ARGV of its own.", hint="Leave out what stands behind the script.")
    if words and words[0] == "-":
        raise UsageError("Standard input has no presets.", hint="Name a file, or an --example.")
    shelf = Workspace()
    buffer = shelf.open_example(example) if example is not None else shelf.look_at(Path(words[0]))
    if buffer.presets_problem:
        raise UsageError(buffer.presets_problem)
    named = [preset for preset in buffer.presets if name in (None, preset.name)]
    if named:
        return tuple(named)
    known = ", ".join(preset.name for preset in buffer.presets)
    if name is None or not known:
        place = Path(buffer.title).with_suffix(".presets.toml")
        raise UsageError(f"{buffer.title} has no presets.", hint=f"They stand in {place}.")
    raise UsageError(f"There is no preset named {name!r}.", hint=f"Choose one of {known}.")


def _refuse_glued_comma(rest: Sequence[bytes]) -> None:
    """``run s.lua key, arg``: redis-cli takes ``key,`` for a key, and the script silently works on another one."""
    glued = next((word for word in rest if len(word) > 1 and (word.endswith(b",") or word.startswith(b","))), None)
    if b"," in rest:
        return
    if glued is None:
        if joined := next((word for word in rest if b"," in word), None):
            complain(f"{os.fsdecode(joined)} is one key: only a comma that stands alone ends the keys.")
        return
    key = os.fsdecode(glued)
    raise UsageError(
        f"The comma of {key!r} is a part of that word.",
        hint=f"Put spaces around it: {key.replace(',', ' , ').strip()}; or end the line with a comma of its own.",
    )
