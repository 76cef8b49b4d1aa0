"""The dot commands: ``.run FILE keys , args`` and its family, from one table.

Completion, ``.help`` and dispatch all read `DOT_COMMANDS`. Knows the shell and the session
waist; must not know prompt_toolkit. Anything wrong is raised as a `RedisTuiError`, which
the REPL prints as one sentence.

The decision a reader would question: a beginning that only one command has is enough, as in
debuggers; a prompt is typed at, and ``.h`` can mean nothing else.
"""

from __future__ import annotations

import contextlib
import textwrap
from shutil import get_terminal_size
from typing import TYPE_CHECKING

from redis_tui.errors import NotSupportedError, UsageError
from redis_tui.quantity import milliseconds
from redis_tui.record import dataclass
from redis_tui.render.reference import group_lines, reference_lines
from redis_tui.render.spans import Line, Span, text_line, width
from redis_tui.repl.dot_edit import edit
from redis_tui.repl.dot_function import functions
from redis_tui.repl.dot_keys import bigkeys, memkeys, scan
from redis_tui.repl.dot_nodes import at, nodes
from redis_tui.repl.dot_output import every, lines, output, page, save, timing
from redis_tui.repl.dot_peek import peek
from redis_tui.repl.dot_script import dry, kill, load, repeated, run, scripts, trace
from redis_tui.repl.dot_server import clients, latency, slowlog, stat
from redis_tui.session.base import Capability
from redis_tui.theme import read_shelf

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from redis_tui.repl.shell import Shell


@dataclass(frozen=True, slots=True)
class DotCommand:
    """One line of the table."""

    name: str
    usage: str
    """What follows the name."""
    summary: str
    run: Callable[[Shell, list[str]], Awaitable[None]]
    file_at: int | None = None
    """Which of its arguments is completed as a path, from 0; words that begin with ``--`` are not counted."""
    command_at: int | None = None
    """At which of its arguments a command of the server begins, which is completed and explained as one."""
    least: int = 0
    """Arguments it cannot do without."""
    group: str = "Session"
    """Under which title the help has it."""


_HELP_COLUMN = 28
"""Where summaries begin in the help."""
_LEAST_SUMMARY = 24
"""Characters of a summary on a line, however narrow the screen is."""


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
        raise UsageError(f"{command.name} needs more.", hint=f"Usage: {command.name} {command.usage}")
    await command.run(shell, args)


def find(name: str) -> DotCommand | None:
    """A dot command by its name, or by a beginning that only it has."""
    low = name.lower()
    exact = next((command for command in DOT_COMMANDS if command.name == low), None)
    if exact or len(low) < 2:
        return exact
    found = [command for command in DOT_COMMANDS if command.name.startswith(low)]
    return found[0] if len(found) == 1 else None


async def _connect(shell: Shell, args: list[str]) -> None:
    if not args:
        shell.printer.lines([_where(shell)])
        return
    if shell.open_session is None:
        raise NotSupportedError("This REPL cannot open another session.")
    session = await shell.open_session(args[0])
    try:
        catalog = await session.catalog()
    except BaseException:
        await session.close()  # the one before goes on
        raise
    old = shell.session
    shell.move_to(session)
    shell.catalog = catalog
    with contextlib.suppress(Exception):  # the old link may be broken already, and is of no more use
        await old.close()
    shell.printer.lines([_where(shell)])


def _where(shell: Shell) -> Line:
    info = shell.session.info
    return text_line(f"Connected to {info.label}: {info.server} {info.version}.", "success")


async def _theme(shell: Shell, args: list[str]) -> None:
    if not args:
        shell.printer.lines([text_line(f"Themes: {', '.join(sorted(read_shelf().themes))}.")])
        return
    shell.printer.use_theme(args[0])
    shell.printer.lines([text_line(f"The theme is now {args[0]}.", "success")])


async def _keymap(shell: Shell, args: list[str]) -> None:
    if args[0].lower() not in ("vi", "emacs"):
        raise UsageError(f"There are no keys of {args[0]!r}.", hint="Choose vi or emacs.")
    if shell.use_vi is None:
        raise NotSupportedError("There is no prompt whose keys could change.")
    shell.use_vi(args[0].lower() == "vi")


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
        table: list[Line] = []
        for group in dict.fromkeys(command.group for command in DOT_COMMANDS):
            table.append([Span(group, "strong")])
            for command in DOT_COMMANDS:
                table += _help_lines(command) if command.group == group else []
        tail = [
            "Anything else is sent to the server: 5 INCR n sends it five times, LRANGE l 0 -1 | sort pipes its reply.",
            "Tab completes · Alt-Enter starts a new line · Ctrl-R searches the history · Ctrl-X Ctrl-E edits",
            "Ctrl-C stops what runs · Ctrl-D leaves",
        ]
        shell.printer.lines([*table, *(text_line(text, "dim") for text in tail)])
        return
    if args[0].startswith("@") and shell.catalog is not None:
        shell.printer.lines(group_lines(shell.catalog, args[0]))
        return
    spec = shell.catalog.get(" ".join(args)) if shell.catalog is not None else None
    if spec is not None:
        shell.printer.lines(reference_lines(spec))
        return
    dot = find(args[0] if args[0].startswith(".") else f".{args[0]}")
    if dot is None:
        raise UsageError(f"There is no command {' '.join(args)}.", hint="Type .help for the dot commands.")
    shell.printer.lines([[Span(f"{dot.name} {dot.usage}  ", "key"), Span(dot.summary, "text")]])


def _help_lines(command: DotCommand) -> list[Line]:
    """What it takes and what it does; on two lines where the first leaves no room on a narrow screen."""
    taken: Line = [Span(f"  {command.name}", "command.name"), Span(f" {command.usage}", "key")]
    space = " " * _HELP_COLUMN
    first, *more = textwrap.wrap(command.summary, max(_LEAST_SUMMARY, get_terminal_size().columns - _HELP_COLUMN))
    rest: list[Line] = [[Span(space), Span(row)] for row in more]
    room = _HELP_COLUMN - width(taken)
    if room > 0:
        return [[*taken, Span(" " * room), Span(first)], *rest]
    return [taken, [Span(space), Span(first)], *rest]


async def _quit(shell: Shell, _args: list[str]) -> None:
    shell.ended = True


DOT_COMMANDS: tuple[DotCommand, ...] = (
    DotCommand(
        ".run",
        "[--fcall NAME] FILE [key ...] [, arg ...]",
        "run a Lua file, or a function of a library",
        run,
        file_at=0,
        least=1,
        group="Scripts",
    ),
    DotCommand(
        ".dry",
        "[--server] [--fcall NAME] FILE [key ...] [, arg ...]",
        "try a Lua file, keep nothing, show what would change",
        dry,
        file_at=0,
        least=1,
        group="Scripts",
    ),
    DotCommand(
        ".trace",
        "[--fcall NAME] FILE [key ...] [, arg ...]",
        "run a Lua file and show each of its calls",
        trace,
        file_at=0,
        least=1,
        group="Scripts",
    ),
    DotCommand(
        ".repeat",
        "N [--dry] [--fcall NAME] FILE [key ...] [, arg ...]",
        "run a Lua file N times: median, p99, worst, a histogram; --dry keeps nothing",
        repeated,
        file_at=1,
        least=2,
        group="Scripts",
    ),
    DotCommand(".limit", "[TIME|none]", "how long a script of these may last: 500ms, 2s", _limit, group="Scripts"),
    DotCommand(
        ".load",
        "FILE",
        "load a script, show its sha; or a library of functions",
        load,
        file_at=0,
        least=1,
        group="Scripts",
    ),
    DotCommand(".scripts", "", "the scripts of the cache, with runs and times", scripts, group="Scripts"),
    DotCommand(
        ".functions", "[PATTERN]", "the libraries of functions, and how to call them", functions, group="Scripts"
    ),
    DotCommand(".kill", "", "end the script that runs", kill, group="Scripts"),
    DotCommand(".output", "[cli|table|raw|json|csv|resp3|resp2]", "how replies are written", output, group="Replies"),
    DotCommand(
        ".page",
        "[COMMAND ...]",
        "show the last reply, or a command's, in the pager",
        page,
        command_at=0,
        group="Replies",
    ),
    DotCommand(
        ".save",
        "FILE [COMMAND ...]",
        "write the last reply, or a command's, to it",
        save,
        file_at=0,
        least=1,
        group="Replies",
    ),
    DotCommand(".lines", "[N|all]", "how many lines of a reply are printed", lines, group="Replies"),
    DotCommand(".timing", "[on|off]", "tell how long each reply took", timing, group="Replies"),
    DotCommand(
        ".every",
        "TIME COMMAND ...",
        "send a command again and again: 500ms, 2s",
        every,
        command_at=1,
        least=2,
        group="Replies",
    ),
    DotCommand(".peek", "KEY", "a key of any type: value, time to live, encoding, memory", peek, least=1, group="Keys"),
    DotCommand(".scan", "[PATTERN] [TYPE]", "go over the keys, until Ctrl-C", scan, group="Keys"),
    DotCommand(".bigkeys", "[PATTERN]", "the largest keys of each type, by elements or bytes", bigkeys, group="Keys"),
    DotCommand(".memkeys", "[PATTERN]", "the keys of each type that take most memory", memkeys, group="Keys"),
    DotCommand(".stat", "[TIME]", "a line of figures each second, until Ctrl-C", stat, group="Server"),
    DotCommand(".latency", "[TIME]", "how long PING takes, until Ctrl-C or for that time", latency, group="Server"),
    DotCommand(".slowlog", "[N]", "the slow log, scripts by name", slowlog, group="Server"),
    DotCommand(".nodes", "", "the nodes of a cluster: slots, keys, figures, which is down", nodes, group="Server"),
    DotCommand(
        ".at",
        "NODE|all COMMAND ...",
        "send a command to one node of a cluster, or each",
        at,
        command_at=1,
        least=2,
        group="Server",
    ),
    DotCommand(".clients", "", "who is connected", clients, group="Server"),
    DotCommand(".edit", "[FILE]", "open the last input, or a file, in $EDITOR", edit, file_at=0),
    DotCommand(".connect", "[URL]", "go to another server, or to memory://", _connect),
    DotCommand(".keymap", "vi|emacs", "the keys of the prompt", _keymap, least=1),
    DotCommand(".theme", "[NAME]", "choose the colours", _theme),
    DotCommand(".help", "[COMMAND|@GROUP]", "this list, a command's usage, a group's commands", _help),
    DotCommand(".quit", "", "leave", _quit),
)
"""Every dot command, in the order of the help."""
