"""The dot commands that run scripts: ``.run .dry .trace .repeat .load .scripts .kill``.

Knows the shell and the session waist; must not know prompt_toolkit. The decision a reader would
question: KEYS and ARGV are separated by a comma that stands alone, as in ``redis-cli --eval``, and not
by a count: it is what people who run scripts from files have in their fingers.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from redis_tui.batch import OutputMode, format_reply
from redis_tui.errors import FileError, NotSupportedError, UsageError
from redis_tui.exit_status import ExitStatus
from redis_tui.paths import expanded
from redis_tui.render.changes import changes_lines
from redis_tui.render.error import explain_outcome
from redis_tui.render.repeats import repeats_lines
from redis_tui.render.reply import cli_lines
from redis_tui.render.spans import Line, Span, show, text_line
from redis_tui.render.summary import summary_line, time_text, touched_lines
from redis_tui.render.trace import trace_lines
from redis_tui.repl.dot_function import load_functions, may_replace
from redis_tui.resp.types import ErrorReply
from redis_tui.session.base import Capability, KillOutcome, ScriptRun
from redis_tui.session.library import library_name, loaded, run_loaded
from redis_tui.session.repeat import repeat
from redis_tui.session.threshold import slow_threshold_ms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.repl.shell import Shell
    from redis_tui.session.base import ScriptOutcome, SessionInfo

_MAX_SCRIPT = 4 * 1024 * 1024
_MOST_RUNS = 1_000_000
_UNNAMED = "(unnamed)"


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
    path = expanded(name)
    try:
        if path.stat().st_size > _MAX_SCRIPT:
            raise FileError(f"{path} is larger than 4 MiB.", hint="A script that long is probably another file.")
        return path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        hint = "Check the name." if path.is_absolute() else f"Check the name; the folder is {Path.cwd()}."
        raise FileError(f"{path} cannot be read: {reason}.", hint=hint) from None


async def run(shell: Shell, args: list[str]) -> None:
    """Runs a file, or a function of it."""
    await _run_file(shell, ".run", args)


async def dry(shell: Shell, args: list[str]) -> None:
    """Runs a file, or a function of it; keeps nothing.

    Raises:
        NotSupportedError: the session cannot.
    """
    _check_dry_runs(shell)
    on_server = args[:1] == ["--server"]
    await _run_file(shell, ".dry", args[on_server:], dry_run=True, on_server=on_server)


async def trace(shell: Shell, args: list[str]) -> None:
    """Runs a file, or a function of it, and shows its calls.

    Raises:
        NotSupportedError: the session cannot.
    """
    if Capability.TRACE not in shell.session.info.capabilities:
        raise NotSupportedError("This session cannot report the calls of a script.", hint="Use .run instead.")
    await _run_file(shell, ".trace", args, trace=True)


async def repeated(shell: Shell, args: list[str]) -> None:
    """Runs a file many times.

    Raises:
        UsageError: the first word is no number of runs.
        NotSupportedError: a dry run is asked of a session that has none.
    """
    if not args[0].isdecimal() or not 1 <= int(args[0]) <= _MOST_RUNS:
        raise UsageError(f"{args[0]!r} is no number of runs.", hint=f"Write 1 to {_MOST_RUNS:,}, then the file.")
    is_dry = args[1] == "--dry"
    if is_dry:
        _check_dry_runs(shell)
    run = await _script_run(shell, ".repeat", args[2 if is_dry else 1 :], dry_run=is_dry)

    def tell(done: int, wanted: int) -> None:
        shell.progress = f"{run.name}: {done:,} of {wanted:,} runs"

    tell(0, int(args[0]))
    shell.stop = asyncio.Event()
    try:
        async with loaded(shell.session, run, lambda name: may_replace(shell, name)) as refusal:
            if refusal is not None:
                raise UsageError(f"The library was not loaded: {show(refusal.line)}.")
            series = await repeat(shell.session, run, int(args[0]), progress=tell, stop=shell.stop)
    finally:
        shell.stop = None
    shell.status = ExitStatus.ERROR_REPLY if series.errors else ExitStatus.OK
    shell.printer.lines(repeats_lines(series))


def _check_dry_runs(shell: Shell) -> None:
    if Capability.DRY_RUN not in shell.session.info.capabilities:
        raise NotSupportedError("This session cannot try a script without leaving a mark.", hint="Use .run instead.")


async def _script_run(
    shell: Shell,
    name: str,
    args: list[str],
    *,
    dry_run: bool = False,
    on_server: bool = False,
    trace: bool = False,
) -> ScriptRun:
    function = None
    if args and args[0] == "--fcall":
        function, args = (args[1].encode() if len(args) > 1 else None), args[2:]
    if not args:
        raise UsageError(f"{name} needs a FILE.", hint=f"Usage: {name} [--fcall NAME] FILE [key ...] [, arg ...]")
    source = await asyncio.to_thread(read_script, args[0])
    keys, argv = split_arguments(args[1:])
    shell.note_keys(keys)
    return ScriptRun(
        source=source,
        keys=keys,
        args=argv,
        name=Path(args[0]).stem,
        function=function,
        dry_run=dry_run,
        on_server=on_server,
        trace=trace,
        timeout_ms=shell.timeout_ms,
    )


async def _run_file(
    shell: Shell,
    name: str,
    args: list[str],
    *,
    dry_run: bool = False,
    on_server: bool = False,
    trace: bool = False,
) -> None:
    run = await _script_run(shell, name, args, dry_run=dry_run, on_server=on_server, trace=trace)
    outcome = await run_loaded(shell.session, run, lambda library: may_replace(shell, library))
    shell.status = ExitStatus.ERROR_REPLY if isinstance(outcome.reply, ErrorReply) else ExitStatus.OK
    if shell.mode in (OutputMode.CLI, OutputMode.TABLE):
        slow_ms = await slow_threshold_ms(shell.session)
        shell.printer.lines(outcome_lines(outcome, run.source, info=shell.session.info, slow_ms=slow_ms))
    else:
        shell.printer.raw(format_reply(outcome.reply, shell.mode, resp=shell.resp))


def outcome_lines(
    outcome: ScriptOutcome, source: bytes, *, info: SessionInfo, slow_ms: float | None = None
) -> list[Line]:
    """A run for people: log, trace, reply or error, what changed, keys not declared, notes, what it took."""
    lines: list[Line] = [[Span(f"[{entry.level}] ", "dim"), Span(show(entry.message), "text")] for entry in outcome.log]
    lines += trace_lines(outcome.trace, outcome.trace_total)
    lines += explain_outcome(outcome, source) or cli_lines(outcome.reply, resp=info.resp)
    if outcome.dry_run:
        would = "It would have changed:" if outcome.changes_total else "It would have changed nothing."
        lines.append(text_line(f"Dry run: nothing was kept. {would}", "warning"))
        lines += changes_lines(outcome.changes, outcome.changes_total) if outcome.changes_total else []
    lines += touched_lines([one for one in outcome.touched if not one.declared])
    lines += [text_line(note, "dim") for note in outcome.notes]
    summary = summary_line(outcome, info, slow_ms=slow_ms)
    if outcome.changes_total and not outcome.dry_run:
        fate = "rolled back" if outcome.killed else "changed"
        summary.append(Span(f" · {_count(outcome.changes_total, 'key')} {fate}", "dim"))
    return [*lines, summary]


async def load(shell: Shell, args: list[str]) -> None:
    """Loads a script into the script cache, a library of functions among the libraries."""
    source = await asyncio.to_thread(read_script, args[0])
    if library_name(source) is not None:
        await load_functions(shell, source)
        return
    argv = [b"SCRIPT", b"LOAD", source]
    reply = await shell.session.execute(argv)
    shell.observe(argv, reply)
    shell.status = ExitStatus.ERROR_REPLY if isinstance(reply, ErrorReply) else ExitStatus.OK
    shell.printer.lines(cli_lines(reply, resp=shell.resp))


async def scripts(shell: Shell, _args: list[str]) -> None:
    """Lists the script cache."""
    scripts = await shell.session.scripts()
    shell.memory.note_scripts(scripts)
    if not scripts:
        whole = Capability.LIST_SCRIPTS in shell.session.info.capabilities
        none = "No scripts yet." if whole else "No scripts from here yet; a server does not tell which others it holds."
        shell.printer.lines([text_line(f"{none} .run FILE runs one, .load FILE loads one.", "dim")])
        return
    wide = max(len("name"), *(len(script.name or _UNNAMED) for script in scripts))
    lines: list[Line] = [[Span(f"{'sha':40}  {'name':{wide}}   runs      mean     worst", "dim")]]
    for script in scripts:
        figures = f"{script.runs:>6,} {time_text(script.mean_ms):>9} {time_text(script.worst_ms):>9}"
        lines.append(
            [
                Span(f"{script.sha}  ", "dim"),
                Span(f"{script.name or _UNNAMED:<{wide}} ", "key" if script.name else "dim"),
                Span(figures, "text"),
                Span(f"  {script.whereabouts}" if script.whereabouts else "", "warning"),
            ]
        )
    if Capability.LIST_SCRIPTS not in shell.session.info.capabilities:
        lines.append(text_line("This server does not list its cache; these are the scripts of this session.", "dim"))
    shell.printer.lines(lines)


async def kill(shell: Shell, _args: list[str]) -> None:
    """Ends what runs."""
    _, sentence = await kill_running(shell)
    shell.printer.lines([sentence])


async def kill_running(shell: Shell) -> tuple[KillOutcome, Line]:
    """Kills what runs, asking before writes are undone; answers what became of it, and a sentence on that."""
    outcome, ended = await shell.session.kill(), "The script is being ended."
    if outcome is KillOutcome.UNKILLABLE and Capability.ROLLBACK_KILL in shell.session.info.capabilities:
        question = "The script has already written. Kill it and undo its writes?"
        if shell.ask is not None and await shell.ask(question):
            outcome, ended = await shell.session.kill(undo=True), "The script is being ended, its writes undone."
    return outcome, {
        KillOutcome.KILLED: text_line(ended, "success"),
        KillOutcome.NOTHING_RUNNING: text_line("Nothing is running.", "dim"),
        KillOutcome.UNKILLABLE: text_line(
            "The script has already written, so it is not ended half way. Wait for it to end; the only other way is to "
            "stop the server without saving (SHUTDOWN NOSAVE), which loses all writes since the last save.",
            "warning",
        ),
    }[outcome]


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
