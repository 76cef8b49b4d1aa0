"""The dot commands about function libraries: ``.functions``, and what ``.load`` and ``--fcall`` do with a library.

Knows the shell and the session waist; must not know prompt_toolkit. The decision a reader would question: `.load`
takes scripts and libraries alike. Which a file is, its first line tells, and the server would refuse it the other way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.errors import UsageError
from redis_tui.exit_status import ExitStatus
from redis_tui.render.reply import cli_lines
from redis_tui.render.spans import Line, Span, text_line
from redis_tui.resp.types import ErrorReply
from redis_tui.session.library import libraries, library_name, load_library

if TYPE_CHECKING:
    from redis_tui.repl.shell import Shell
    from redis_tui.session.library import Function, Library


async def functions(shell: Shell, args: list[str]) -> None:
    """Lists the libraries and their functions; a pattern of names narrows."""
    found = await libraries(shell.session, args[0] if args else None)
    if isinstance(found, ErrorReply):
        shell.status = ExitStatus.ERROR_REPLY
        shell.printer.lines([*cli_lines(found), text_line("Functions came with Redis 7.", "hint")])
        return
    _remember(shell, found)
    if not found:
        told = "No library of that name." if args else "No libraries yet. .load FILE loads one."
        shell.printer.lines([text_line(told, "dim")])
        return
    lines: list[Line] = []
    for library in found:
        about = f"  {len(library.code):,} bytes of {library.engine}"
        lines.append([Span(library.name, "key"), Span(about, "dim"), *_places(shell, library)])
        lines += [_function_line(function) for function in library.functions]
    shell.printer.lines(lines)


def _places(shell: Shell, library: Library) -> Line:
    """On which nodes of a cluster it is not, or is another."""
    total = len(shell.session.nodes())
    if not total or len(library.on_nodes) == total:
        return []
    other = f", other code on {', '.join(library.other_on)}" if library.other_on else ""
    return [Span(f"  on {len(library.on_nodes)} of {total} nodes{other}", "warning")]


def _function_line(function: Function) -> Line:
    command = "FCALL_RO" if "no-writes" in function.flags else "FCALL"
    line: Line = [Span(f"  {command} ", "command.name"), Span(function.name), Span(" numkeys key… arg…", "dim")]
    if function.flags:
        line.append(Span(f"  {' '.join(function.flags)}", "hint"))
    if function.description:
        line.append(Span(f"  {function.description}", "dim"))
    return line


async def load_functions(shell: Shell, source: bytes) -> None:
    """Loads a library, asks before another one of its name is replaced, and tells how its functions are called.

    Raises:
        UsageError: nobody agreed.
        SessionError: the connection broke.
    """
    reply = await load_library(shell.session, source, lambda name: may_replace(shell, name))
    shell.observe([b"FUNCTION", b"LOAD", source], reply)
    if isinstance(reply, ErrorReply):
        shell.status = ExitStatus.ERROR_REPLY
        shell.printer.lines(cli_lines(reply))
        return
    shell.status = ExitStatus.OK
    name = library_name(source) or ""
    shell.printer.lines([text_line(f"The library {name} is loaded.", "success")])
    await functions(shell, [name])


async def may_replace(shell: Shell, name: str) -> bool:
    """Asks whether a library may be replaced.

    Raises:
        UsageError: nobody can answer.
    """
    if shell.ask is None:
        raise UsageError(f"There is a library {name} with other code.", hint="FUNCTION DELETE it first.")
    return await shell.ask(f"There is a library {name} with other code. Replace it, for everybody who calls it?")


def _remember(shell: Shell, found: list[Library]) -> None:
    for library in found:
        shell.memory.note("library", [library.name], "library")
        shell.memory.note("function", [one.name for one in library.functions], f"of {library.name}")
