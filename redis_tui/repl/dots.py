"""The dot commands: ``.run FILE keys , args`` and its family, from one table.

Completion, ``.help`` and dispatch all read `DOT_COMMANDS`. Knows the shell and the session
waist; must not know prompt_toolkit. Anything wrong is raised as a `RedisTuiError`, which
the REPL prints as one sentence.

The decision a reader would question: KEYS and ARGV are separated by a comma that stands
alone, as in ``redis-cli --eval``, and not by a count: it is what people who run scripts from
files have in their fingers.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from redis_tui.batch import ExitStatus, OutputMode, format_reply
from redis_tui.errors import FileError, NotSupportedError, UsageError
from redis_tui.quantity import milliseconds
from redis_tui.render.changes import changes_lines
from redis_tui.render.error import explain_outcome
from redis_tui.render.repeats import repeats_lines
from redis_tui.render.reply import cli_lines
from redis_tui.render.spans import Line, Span, show, text_line
from redis_tui.render.summary import summary_line, touched_lines
from redis_tui.render.trace import trace_lines
from redis_tui.resp.types import ErrorReply
from redis_tui.session.base import Capability, KillOutcome, ScriptRun
from redis_tui.session.repeat import repeat
from redis_tui.session.threshold import slow_threshold_ms

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from redis_tui.repl.shell import Shell
    from redis_tui.session.base import ScriptOutcome, SessionInfo
    from redis_tui.spec.command import CommandSpec

_MAX_SCRIPT = 4 * 1024 * 1024
_MOST_RUNS = 1_000_000


@dataclass(frozen=True, slots=True)
class DotCommand:
    """One line of the table."""

    name: str
    usage: str
    """What follows the name."""
    summary: str
    run: Callable[[Shell, list[str]], Awaitable[None]]
    takes_file: bool = False
    """Its first argument is completed as a path."""
    least: int = 0
    """Arguments it cannot do without."""


async def run_dot(shell: Shell, words: Sequence[bytes]) -> None:
    """Runs one dot command.

    Args:
        shell: the REPL.
        words: the line, split; the first begins with a dot.

    Raises:
        UsageError: there is no such command, or it lacks an argument.
        RedisTuiError: whatever its work raises.
    """
    name, *args = [word.decode("utf-8", "surrogateescape") for word in words]
    command = find(name)
    if command is None:
        raise UsageError(f"There is no command {name}.", hint="Type .help for those there are.")
    if len(args) < command.least:
        raise UsageError(f"{command.name} needs {command.usage}.", hint=f"Usage: {command.name} {command.usage}")
    await command.run(shell, args)


def find(name: str) -> DotCommand | None:
    """A dot command by its name, or by a beginning that only it has."""
    low = name.lower()
    exact = next((command for command in DOT_COMMANDS if command.name == low), None)
    if exact or len(low) < 2:
        return exact
    found = [command for command in DOT_COMMANDS if command.name.startswith(low)]
    return found[0] if len(found) == 1 else None


def split_arguments(args: Sequence[str]) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """KEYS and ARGV from ``key key , arg arg``."""
    words = [arg.encode("utf-8", "surrogateescape") for arg in args]
    at = words.index(b",") if b"," in words else len(words)
    return tuple(words[:at]), tuple(words[at + 1 :])


def read_script(name: str) -> bytes:
    """The bytes of a script file.

    Raises:
        FileError: it cannot be read, or is too large to be a script.
    """
    path = Path(name).expanduser()
    try:
        if path.stat().st_size > _MAX_SCRIPT:
            raise FileError(f"{path} is larger than 4 MiB.", hint="A script that long is probably another file.")
        return path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise FileError(f"{path} cannot be read: {reason}.", hint="Check the name; it is taken from here on.") from None


async def _run(shell: Shell, args: list[str]) -> None:
    await _run_file(shell, args)


async def _dry(shell: Shell, args: list[str]) -> None:
    if Capability.DRY_RUN not in shell.session.info.capabilities:
        raise NotSupportedError("This session cannot try a script without leaving a mark.", hint="Use .run instead.")
    await _run_file(shell, args, dry_run=True)


async def _trace(shell: Shell, args: list[str]) -> None:
    if Capability.TRACE not in shell.session.info.capabilities:
        raise NotSupportedError("This session cannot report the calls of a script.", hint="Use .run instead.")
    await _run_file(shell, args, trace=True)


async def _repeat(shell: Shell, args: list[str]) -> None:
    if not args[0].isdecimal() or not 1 <= int(args[0]) <= _MOST_RUNS:
        raise UsageError(f"{args[0]!r} is no number of runs.", hint=f"Write 1 to {_MOST_RUNS:,}, then the file.")
    run = await _script_run(shell, args[1:])

    def tell(done: int, wanted: int) -> None:
        shell.progress = f"{run.name}: {done:,} of {wanted:,} runs"

    tell(0, int(args[0]))
    shell.stop = asyncio.Event()
    try:
        series = await repeat(shell.session, run, int(args[0]), progress=tell, stop=shell.stop)
    finally:
        shell.stop = None
    shell.status = ExitStatus.ERROR_REPLY if series.errors else ExitStatus.OK
    shell.printer.lines(repeats_lines(series))


async def _script_run(shell: Shell, args: list[str], *, dry_run: bool = False, trace: bool = False) -> ScriptRun:
    source = await asyncio.to_thread(read_script, args[0])
    keys, argv = split_arguments(args[1:])
    shell.note_keys(keys)
    return ScriptRun(
        source=source,
        keys=keys,
        args=argv,
        name=Path(args[0]).stem,
        dry_run=dry_run,
        trace=trace,
        timeout_ms=shell.timeout_ms,
    )


async def _run_file(shell: Shell, args: list[str], *, dry_run: bool = False, trace: bool = False) -> None:
    run = await _script_run(shell, args, dry_run=dry_run, trace=trace)
    outcome = await shell.session.run(run)
    shell.status = ExitStatus.ERROR_REPLY if isinstance(outcome.reply, ErrorReply) else ExitStatus.OK
    if shell.mode is OutputMode.CLI:
        slow_ms = await slow_threshold_ms(shell.session)
        shell.printer.lines(outcome_lines(outcome, run.source, info=shell.session.info, slow_ms=slow_ms))
    else:
        shell.printer.raw(format_reply(outcome.reply, shell.mode, resp=shell.session.info.resp))


def outcome_lines(
    outcome: ScriptOutcome, source: bytes, *, info: SessionInfo, slow_ms: float | None = None
) -> list[Line]:
    """A run for people: log, trace, reply or error, what changed, keys not declared, notes, what it took."""
    lines: list[Line] = [[Span(f"[{entry.level}] ", "dim"), Span(show(entry.message), "text")] for entry in outcome.log]
    lines += trace_lines(outcome.trace, outcome.trace_total)
    lines += explain_outcome(outcome, source) or cli_lines(outcome.reply, resp=info.resp)
    if outcome.dry_run:
        lines.append(text_line("Dry run: nothing was kept. It would have changed:", "warning"))
        lines += changes_lines(outcome.changes, outcome.changes_total)
    lines += touched_lines([one for one in outcome.touched if not one.declared])
    lines += [text_line(note, "dim") for note in outcome.notes]
    summary = summary_line(outcome, info, slow_ms=slow_ms)
    if outcome.changes_total and not outcome.dry_run:
        fate = "rolled back" if outcome.killed else "changed"
        summary.append(Span(f" · {_count(outcome.changes_total, 'key')} {fate}", "dim"))
    return [*lines, summary]


async def _load(shell: Shell, args: list[str]) -> None:
    source = await asyncio.to_thread(read_script, args[0])
    reply = await shell.session.execute([b"SCRIPT", b"LOAD", source])
    shell.status = ExitStatus.ERROR_REPLY if isinstance(reply, ErrorReply) else ExitStatus.OK
    shell.printer.lines(cli_lines(reply, resp=shell.session.info.resp))


async def _scripts(shell: Shell, _args: list[str]) -> None:
    scripts = await shell.session.scripts()
    if not scripts:
        shell.printer.lines([text_line("No scripts yet. .run FILE runs one, .load FILE loads one.", "dim")])
        return
    lines: list[Line] = []
    for script in scripts:
        state = "" if script.on_server else "  not on the server"
        lines.append(
            [
                Span(f"{script.sha}  ", "dim"),
                Span(f"{script.name or '(unnamed)':<20} ", "key" if script.name else "dim"),
                Span(f"{script.runs:>6}×  {script.mean_ms:8.2f} ms mean  {script.worst_ms:8.2f} ms worst", "text"),
                Span(state, "warning"),
            ]
        )
    if Capability.LIST_SCRIPTS not in shell.session.info.capabilities:
        lines.append(text_line("This server does not list its cache; these are the scripts of this session.", "dim"))
    shell.printer.lines(lines)


async def _edit(shell: Shell, args: list[str]) -> None:
    if args:
        await _call_editor(_expanded(args[0]))
        return
    draft = _new_draft(shell.last_input)
    try:
        await _call_editor(draft)
        shell.next_input = _read_draft(draft)
    finally:
        _remove_draft(draft)


def _expanded(name: str) -> str:
    return str(Path(name).expanduser())


def _new_draft(text: str) -> str:
    handle, name = tempfile.mkstemp(suffix=".redis", prefix="redis-tui-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    return name


def _read_draft(name: str) -> str:
    return Path(name).read_text(encoding="utf-8", errors="replace").rstrip("\n")


def _remove_draft(name: str) -> None:
    Path(name).unlink(missing_ok=True)


async def _call_editor(name: str) -> None:
    editor = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    try:
        process = await asyncio.create_subprocess_exec(*editor, name)
    except OSError as error:
        raise UsageError(
            f"The editor {editor[0]!r} cannot be started: {(error.strerror or '').lower()}.",
            hint="Set EDITOR to one that is installed.",
        ) from None
    if code := await process.wait():
        raise UsageError(f"The editor {editor[0]!r} ended with status {code}.", hint="The text was not taken.")


async def _kill(shell: Shell, _args: list[str]) -> None:
    _, sentence = await kill_running(shell)
    shell.printer.lines([sentence])


async def kill_running(shell: Shell) -> tuple[KillOutcome, Line]:
    """Kills what runs, asking before writes are undone; answers what became of it, and a sentence on that."""
    outcome = await shell.session.kill()
    if outcome is KillOutcome.UNKILLABLE and Capability.ROLLBACK_KILL in shell.session.info.capabilities:
        question = "The script has already written. Kill it and undo its writes?"
        if shell.ask is not None and await shell.ask(question):
            outcome = await shell.session.kill(undo=True)
    return outcome, {
        KillOutcome.KILLED: text_line("The script is being ended.", "success"),
        KillOutcome.NOTHING_RUNNING: text_line("Nothing is running.", "dim"),
        KillOutcome.UNKILLABLE: text_line(
            "The script has already written, so it is not ended half way. Wait for it to end.", "warning"
        ),
    }[outcome]


async def _connect(shell: Shell, args: list[str]) -> None:
    if shell.open_session is None:
        raise NotSupportedError("This REPL cannot open another session.")
    session = await shell.open_session(args[0])
    old, shell.session = shell.session, session
    shell.in_transaction = False
    shell.catalog = None
    with contextlib.suppress(Exception):  # the old link may be broken already, and is of no more use
        await old.close()
    shell.catalog = await session.catalog()
    info = session.info
    shell.printer.lines([text_line(f"Connected to {info.label}: {info.server} {info.version}.", "success")])


async def _theme(shell: Shell, args: list[str]) -> None:
    shell.printer.use_theme(args[0])
    shell.printer.lines([text_line(f"The theme is now {args[0]}.", "success")])


async def _mode(shell: Shell, args: list[str]) -> None:
    try:
        shell.mode = OutputMode(args[0].lower())
    except ValueError:
        known = ", ".join(mode.value for mode in OutputMode)
        raise UsageError(f"There is no output {args[0]!r}.", hint=f"Choose one of {known}.") from None


async def _limit(shell: Shell, args: list[str]) -> None:
    if args:
        shell.timeout_ms = None if args[0].lower() in ("none", "off") else milliseconds(args[0])
    if shell.timeout_ms is None:
        shell.printer.lines([text_line("Scripts run without a time limit.", "dim")])
        return
    undone = Capability.ROLLBACK_KILL in shell.session.info.capabilities
    fate = "and its writes undone" if undone else "where it has not written"
    text = f"A script is killed after {shell.timeout_ms:,} ms, {fate}. .limit none takes the limit away."
    shell.printer.lines([text_line(text)])


async def _help(shell: Shell, args: list[str]) -> None:
    if not args:
        width = max(len(f"{command.name} {command.usage}") for command in DOT_COMMANDS)
        lines = [
            [Span(f"{f'{command.name} {command.usage}':<{width}}  ", "key"), Span(command.summary, "text")]
            for command in DOT_COMMANDS
        ]
        tail = "Anything else is sent to the server. Alt-Enter starts a new line, Ctrl-D leaves."
        shell.printer.lines([*lines, text_line(tail, "dim")])
        return
    spec = shell.catalog.get(" ".join(args)) if shell.catalog is not None else None
    if spec is not None:
        shell.printer.lines(_command_help(spec))
        return
    dot = find(args[0] if args[0].startswith(".") else f".{args[0]}")
    if dot is None:
        raise UsageError(f"There is no command {' '.join(args)}.", hint="Type .help for the dot commands.")
    shell.printer.lines([[Span(f"{dot.name} {dot.usage}  ", "key"), Span(dot.summary, "text")]])


def _command_help(spec: CommandSpec) -> list[Line]:
    facts = [f"since {spec.since}", spec.complexity, spec.group]
    lines: list[Line] = [[Span(spec.display, "key"), Span(f" {spec.usage}".rstrip(), "text")]]
    lines.append(text_line(spec.summary))
    lines.append(text_line(" · ".join(fact for fact in facts if fact), "dim"))
    lines += [[Span(f"  {child.display}", "key"), Span(f"  {child.summary}", "dim")] for child in spec.subcommands]
    return lines


async def _quit(shell: Shell, _args: list[str]) -> None:
    shell.ended = True


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


DOT_COMMANDS: tuple[DotCommand, ...] = (
    DotCommand(".run", "FILE [key ...] [, arg ...]", "run a Lua file", _run, takes_file=True, least=1),
    DotCommand(
        ".dry",
        "FILE [key ...] [, arg ...]",
        "try a Lua file, keep nothing, show what would change",
        _dry,
        takes_file=True,
        least=1,
    ),
    DotCommand(
        ".trace",
        "FILE [key ...] [, arg ...]",
        "run a Lua file and show each of its calls",
        _trace,
        takes_file=True,
        least=1,
    ),
    DotCommand(
        ".repeat",
        "N FILE [key ...] [, arg ...]",
        "run a Lua file N times: median, p99, worst, a histogram",
        _repeat,
        least=2,
    ),
    DotCommand(".limit", "[TIME|none]", "how long a script of these may last: 500ms, 2s", _limit),
    DotCommand(".load", "FILE", "load a Lua file into the script cache, show its sha", _load, takes_file=True, least=1),
    DotCommand(".scripts", "", "the scripts of the cache, with runs and times", _scripts),
    DotCommand(".edit", "[FILE]", "open the last input, or a file, in $EDITOR", _edit, takes_file=True),
    DotCommand(".kill", "", "end the script that runs", _kill),
    DotCommand(".connect", "URL", "go to another server, or to memory://", _connect, least=1),
    DotCommand(".output", "cli|raw|json|csv", "how replies are written", _mode, least=1),
    DotCommand(".theme", "NAME", "choose the colours", _theme, least=1),
    DotCommand(".help", "[COMMAND]", "this list, or a command's usage", _help),
    DotCommand(".quit", "", "leave", _quit),
)
"""Every dot command, in the order of the help."""
