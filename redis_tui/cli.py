"""The command line, and the composition root: the one place that puts the parts together.

Faces and sessions are imported by the command that needs them, so that `run`, `exec` and
`serve` load neither Textual nor prompt_toolkit, nor redis-py where no server is asked for.

What the process ends with, `exit_status` tells.
"""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from redis_tui import __version__
from redis_tui.errors import FileError, RedisTuiError, UsageError
from redis_tui.exit_status import ExitStatus
from redis_tui.log_file import LEVELS, start_log, stop_log
from redis_tui.quantity import memory_size, milliseconds
from redis_tui.resp.types import ErrorReply
from redis_tui.settings_command import config
from redis_tui.way_options import told_address, way_options

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from redis_tui.presets import Preset
    from redis_tui.session.base import ScriptRun, Session
    from redis_tui.session.danger import Danger

_DIALECTS = ("redis-8", "redis-7.2", "valkey-9")
_WHERE = "Name the server as --url redis://user:password@host:port/db; a password may stand in REDISCLI_AUTH."
_AT_PROMPT = "Type it at a prompt, without the dashes and with a dot: redis-tui repl URL, then .{0}."
_OF_REDIS_CLI = {
    **dict.fromkeys(("-p", "-a", "-s", "--user", "--pass", "--port", "--host", "--askpass"), _WHERE),
    **{f"--{name}": _AT_PROMPT.format(name) for name in ("scan", "bigkeys", "memkeys", "stat", "latency")},
    "-r": "At a prompt, `5 INCR n` sends a command five times.",
    "-i": "At a prompt, `.every 2s CMD` sends a command again and again.",
    "--pipe": "Give the commands on standard input, one a line: they go out together.",
    "--eval": "Write redis-tui run FILE KEY … , ARG ….",
    "--ldb": "Write redis-tui run FILE --trace to see each call, or --dry-run to leave no mark.",
}
_url_option = click.option(
    "--url",
    "-u",
    default="memory://",
    show_default=True,
    metavar="URL",
    help="memory:// for the embedded engine, or redis://, rediss://, valkey://, unix://. "
    "A password may stand in REDISCLI_AUTH.",
)
_dialect_option = click.option(
    "--dialect",
    type=click.Choice(_DIALECTS),
    default="redis-8",
    show_default=True,
    help="Whom the embedded engine speaks as.",
)
_read_only_option = click.option(
    "--read-only", is_flag=True, help="Refuse commands that write; scripts go out as EVAL_RO."
)


@dataclasses.dataclass(frozen=True, slots=True)
class _Safety:
    """What the options of a command say about how careful to be."""

    production: bool = False
    yes: bool = False
    """Dangerous commands may go to production unasked."""
    log_file: Path | None = None
    log_level: str = "info"


def _safety_options(*, unattended: bool) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """``--production``, ``--log-file`` and, where nobody may be there to ask, ``--yes``; `_safety` has them."""

    def decorate(command: Callable[..., int]) -> Callable[..., int]:
        if unattended:
            told = "Send dangerous commands to a production server without being asked."
            command = click.option("--yes", is_flag=True, expose_value=False, callback=_keep_safety, help=told)(command)
        level = functools.partial(click.option, "--log-level", type=click.Choice(LEVELS), default="info")
        told = "How much: info has what you sent, debug what panes read for themselves as well."
        command = level(expose_value=False, callback=_keep_safety, help=told)(command)
        path = click.Path(path_type=Path, dir_okay=False)
        file = functools.partial(click.option, "--log-file", type=path, metavar="FILE")
        told = "Write what is sent (without passwords), how long it took, and faults, to FILE."
        command = file(expose_value=False, callback=_keep_safety, help=told)(command)
        told = "Ask for the host's name before a dangerous command (FLUSHALL, KEYS, CONFIG SET …); a red bar says so."
        return click.option("--production", is_flag=True, expose_value=False, callback=_keep_safety, help=told)(command)

    return decorate


def _keep_safety(context: click.Context, option: click.Parameter, value: object) -> None:
    assert option.name is not None
    context.meta[_SAFETY] = dataclasses.replace(context.meta.get(_SAFETY, _Safety()), **{option.name: value})


_SAFETY = "redis_tui.safety"


def _safety() -> _Safety:
    """What the command that runs was told."""
    found: _Safety = click.get_current_context().meta.get(_SAFETY, _Safety())
    return found


_plain_option = click.option(
    "--plain",
    is_flag=True,
    help="Borders and signs in ASCII: for screen readers, and fonts and encodings without them.",
)

_load_option = click.option(
    "--load",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Fill the embedded engine from a snapshot (dump.rdb) of Redis or Valkey; the file stays as it is.",
)


def _mode_options(command: Callable[..., int]) -> Callable[..., int]:
    """How replies are printed; the default is redis-cli's rule."""
    choices = (
        ("--no-raw", "cli", "Print replies as redis-cli does on a terminal, also into a pipe."),
        ("--raw", "raw", "Print strings as they are; the default into a pipe."),
        ("--csv", "csv", "Print replies as CSV."),
        ("--json", "json", "Print replies as JSON."),
        ("--table", "table", "Print replies as tables, where they have that shape."),
    )
    for name, mode, told in choices:
        own = f"as_{mode}"  # one parameter each, or the last of two would win unseen
        command = click.option(name, own, is_flag=True, expose_value=False, callback=_chooser(mode), help=told)(command)
    return command


def _chooser(mode: str) -> Callable[[click.Context, click.Parameter, bool], None]:
    def choose(context: click.Context, _option: click.Parameter, wanted: bool) -> None:  # as click calls it
        chosen = context.params.setdefault("mode", None)
        if not wanted:
            return
        if chosen is not None:
            raise UsageError(
                "Replies are printed in one way.", hint="Give one of --raw, --no-raw, --csv, --json and --table."
            )
        context.params["mode"] = mode

    return choose


class _Program(click.Group):
    """Takes `redis-tui FILE`, `redis-tui URL` and the workbench's options without the word `tui`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {name for option in self.get_params(ctx) for name in option.opts}
        first = args[0] if args else ""
        is_option = first.startswith("-") and first not in own
        if first not in self.commands and (
            is_option or "://" in first or "/" in first or first.endswith((".lua", ".rdb"))
        ):
            named = next((word for word in args if word in self.commands), None) if is_option else None
            if named is not None:
                raise UsageError(
                    f"The option {first} stands before the command.", hint=f"Write redis-tui {named} {first} …"
                )
            args = ["tui", *args]
        return super().parse_args(ctx, args)


def _time(text: str) -> int:
    try:
        return milliseconds(text)
    except UsageError as error:
        raise click.BadParameter(str(error)) from None


def _size(text: str, *, least: int = 1 << 20) -> int:
    try:
        return memory_size(text, least=least)
    except UsageError as error:
        raise click.BadParameter(str(error)) from None


def _lua_memory(text: str) -> int:
    from redis_tui.scripting.limits import LEAST_MEMORY

    return _size(text, least=LEAST_MEMORY)


_lua_memory_option = click.option(
    "--lua-memory",
    type=_lua_memory,
    metavar="SIZE",
    help="Memory that scripts may take in the embedded engine, 256mb unless told otherwise; more is an error.",
)


@click.group(cls=_Program, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", message="redis-tui %(version)s")
@click.pass_context
def cli(context: click.Context) -> int:
    """The workbench for Redis scripting, in a terminal.

    Without a command: opens the workbench on the embedded engine. A FILE.lua, a snapshot
    (dump.rdb) or an address (redis://host:port) may follow, and the options of `redis-tui tui`,
    such as --theme.
    """
    return int(context.invoke(tui)) if context.invoked_subcommand is None else 0


@cli.command()
@click.argument("words", nargs=-1, metavar="[URL] [FILE ...]")
@_url_option
@_dialect_option
@_read_only_option
@way_options
@_safety_options(unattended=False)
@_load_option
@click.option("--theme", metavar="NAME", help="Colours: dark, light, nord … or one of your own; F3 shows them all.")
@_plain_option
def tui(  # noqa: PLR0917  # click passes what the options above name
    words: Sequence[str], url: str, dialect: str, read_only: bool, load: Path | None, theme: str | None, plain: bool
) -> int:
    """Open the workbench, on FILEs and a server where they are given; the word tui may be left out.

    A FILE.rdb is loaded into the embedded engine.
    """
    from redis_tui.spec.redact import redact_url, unredacted
    from redis_tui.tui.app import run_workbench

    files = [Path(word) for word in words if "://" not in word and not word.endswith(".rdb")]
    snapshots = [Path(word) for word in words if word.endswith(".rdb")]
    if load is not None:
        snapshots.append(load)
    if len(snapshots) > 1:
        raise UsageError("Two snapshots were given.", hint="The workbench opens one at a time.")
    addresses = [word for word in words if "://" in word]
    if len(addresses) > 1:
        raise UsageError("Two addresses were given.", hint="The workbench opens one server at a time.")
    address = told_address(addresses[0] if addresses else url)
    opener = _opener(address, dialect=dialect, read_only=read_only, load=snapshots[0] if snapshots else None)
    production = _safety().production

    async def open_at(other: str) -> Session:
        from redis_tui.session.open import open_session

        # A password left hidden is the one given before; that of the environment belongs to the server named first.
        given = unredacted(other, address)
        return await open_session(given, dialect=dialect, read_only=read_only, production=production)

    return run_workbench(opener, open_at=open_at, files=files, theme=theme, address=redact_url(address), plain=plain)


@cli.command(context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[URL] [FILE ...] [OPTIONS OF TUI]")
@click.option("--port", type=click.IntRange(0, 65535), default=0, metavar="PORT", help="A free one unless named.")
def web(words: Sequence[str], port: int) -> int:
    """Open the workbench in a browser on this machine; takes what `redis-tui tui` takes.

    Listens on the loopback only and prints the address. Each tab is a workbench of its own. Every user of this
    machine can open it.
    """
    from redis_tui.web import serve_workbench

    tui.make_context("redis-tui web", list(words))  # a mistake is told here, not in the browser
    return serve_workbench(words, port=port)


@cli.command()
@click.argument("url", default="memory://")
@_dialect_option
@_read_only_option
@way_options
@_safety_options(unattended=True)
@_load_option
@_mode_options
@click.option("--theme", metavar="NAME", help="Colours: dark, light, nord … or one of your own.")
@_plain_option
@click.option("--vi", is_flag=True, help="Keys of vi instead of emacs.")
def repl(  # noqa: PLR0917  # click passes what the options above name
    url: str,
    dialect: str,
    read_only: bool,
    load: Path | None,
    mode: str | None,
    theme: str | None,
    plain: bool,
    vi: bool,
) -> int:
    """Type commands and Lua at a prompt; URL as for --url."""
    url = told_address(url)
    if not sys.stdin.isatty():
        opener = _opener(url, dialect=dialect, read_only=read_only, load=load)
        return asyncio.run(_with_session(opener, lambda session: _play(session, _mode(mode))))
    from redis_tui.repl.app import run_repl
    from redis_tui.session.late import LateSession
    from redis_tui.settings import read_settings

    found = read_settings()
    for problem in found.problems:
        _complain(str(problem))
    theme, plain = theme or found.settings.theme or None, plain or found.settings.plain

    async def talk() -> int:
        from redis_tui.session.open import read_marks

        marked = read_marks(url)
        session = LateSession(
            marked.url,
            _opener(url, dialect=dialect, read_only=read_only, load=load),
            read_only=read_only or marked.read_only,
            production=_safety().production or marked.production,
        )

        async def open_other(other: str) -> Session:
            from redis_tui.session.open import open_session

            # Not through _open: the password of the environment belongs to the server named at the start.
            return await open_session(other, dialect=dialect, read_only=read_only)

        return await run_repl(session, open_session=open_other, mode=_mode(mode), theme=theme, plain=plain, vi=vi)

    return asyncio.run(talk())


@cli.command(context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="FILE [KEY ...] , [ARG ...]")
@click.option("--example", metavar="NAME", help="Run an example that ships with redis-tui instead of FILE.")
@_url_option
@_dialect_option
@_read_only_option
@way_options
@_safety_options(unattended=True)
@_load_option
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
    type=_time,
    metavar="TIME",
    help="Kill it when it lasts longer, and undo what it wrote: 500ms, 2s, 1m, or milliseconds.",
)
@_lua_memory_option
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
    type=_size,
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
    commands = [] if setup is None else _read(setup).splitlines()

    async def work(session: Session) -> int:
        from redis_tui.runner import Runner, Show

        shown = Show(
            as_json=as_json,
            trace=trace,
            changes=changes or dry_run,
            costs=costs,
            raw=_mode(None) == "raw" if raw is None else raw,
        )
        runner = Runner(session, shown, write=_print, complain=_complain, replaces=replace)
        if not await runner.prepare(commands, db=db, path=setup):
            return ExitStatus.ERROR_REPLY
        if all_presets:
            return await runner.try_all(wanted, presets)
        if repeat is not None:
            return await runner.repeat(wanted, repeat)
        return await runner.run(wanted)

    opener = _opener(told_address(url), dialect=dialect, read_only=read_only, load=load, lua_memory=lua_memory)
    return asyncio.run(_with_session(opener, work))


class _Exec(click.Command):
    """Refuses its own options behind the command that it sends: they would go out as arguments."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        is_plain = "--" in args
        rest = super().parse_args(ctx, args)
        words: tuple[str, ...] = ctx.params.get("words") or ()
        if words and words[0] in _OF_REDIS_CLI:
            raise UsageError(f"{words[0]} is an option of redis-cli.", hint=_OF_REDIS_CLI[words[0]])
        own = {name for option in self.get_params(ctx) for name in option.opts}
        late = next((word for word in words[1:] if word.partition("=")[0] in own), None)
        if late is not None and not is_plain:
            raise UsageError(
                f"{late} stands behind the command, to which it would go as an argument.",
                hint=f"Put it before: redis-tui exec {late} … {words[0]} …; or write -- before the command.",
            )
        return rest


@cli.command(
    name="exec", cls=_Exec, context_settings={"allow_interspersed_args": False, "ignore_unknown_options": True}
)
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[COMMAND [ARG ...]]")
@_url_option
@_dialect_option
@_read_only_option
@way_options
@_safety_options(unattended=True)
@_load_option
@_mode_options
@click.option("--db", "-n", type=click.IntRange(0), default=None, metavar="N", help="Database to work in.")
@click.option("-x", "reads_last", is_flag=True, help="Take the last argument from standard input, as it is.")
def exec_(  # noqa: PLR0917  # click passes what the options above name
    words: Sequence[str],
    url: str,
    dialect: str,
    read_only: bool,
    load: Path | None,
    mode: str | None,
    db: int | None,
    reads_last: bool,
) -> int:
    """Run one Redis COMMAND; without one, commands from standard input, one a line."""

    async def work(session: Session) -> int:
        if db is not None:
            chosen = await session.execute([b"SELECT", b"%d" % db])
            if isinstance(chosen, ErrorReply):
                raise UsageError(f"Database {db}: {chosen.line.decode('utf-8', 'replace')}.")
        if not words:
            return await _play(session, _mode(mode))
        from redis_tui.batch import run_command

        argv = [os.fsencode(word) for word in words]
        if reads_last:
            argv.append(await asyncio.to_thread(sys.stdin.buffer.read))
        return await run_command(session, argv, _print, _mode(mode))

    if reads_last and not words:
        raise UsageError("-x takes the last argument from standard input; the command is missing.", hint="Write it.")

    opener = _opener(told_address(url), dialect=dialect, read_only=read_only, load=load)
    return asyncio.run(_with_session(opener, work))


@cli.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; loopback unless told otherwise."
)
@click.option("--port", type=click.IntRange(0, 65535), default=6379, show_default=True, help="0 chooses a free one.")
@click.option("--dialect", type=click.Choice(_DIALECTS), default="redis-8", show_default=True, help="Whom to speak as.")
@click.option("--requirepass", metavar="PASSWORD", help="Password that clients must give.")
@click.option(
    "--aclfile", default="", metavar="FILE", help="Users and what they may do, one a line, as ACL SAVE writes them."
)
@_load_option
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Where SAVE writes dump.rdb; the current folder unless told otherwise.",
)
@_lua_memory_option
def serve(  # noqa: PLR0917  # click passes what the options above name
    host: str,
    port: int,
    dialect: str,
    requirepass: str | None,
    aclfile: str,
    load: Path | None,
    folder: Path | None,
    lua_memory: int | None,
) -> int:
    """Put the embedded engine on a TCP port, for every other Redis client."""
    from redis_tui.engine.dialect import dialect_named
    from redis_tui.server.listener import serve as listen

    def announce(text: str) -> None:
        click.echo(text, err=True)

    listen(
        host=host,
        port=port,
        dialect=dialect_named(dialect),
        password=requirepass,
        announce=announce,
        acl_file=aclfile,
        load=load,
        folder=folder,
        lua_memory=lua_memory,
    )
    return 0


cli.add_command(config)


@cli.command()
def examples() -> int:
    """List the scripts that ship with redis-tui."""
    from redis_tui.workspace import list_examples

    for example in list_examples():
        click.echo(f"{example.name:22} {example.title}")
    return 0


def run_cli(argv: Sequence[str]) -> int:
    """Runs the program.

    Args:
        argv: what follows the program's name.

    Returns:
        The exit status.
    """
    try:
        return int(cli.main(args=list(argv), prog_name="redis-tui", standalone_mode=False) or 0)
    except click.Abort:
        return ExitStatus.INTERRUPTED
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except RedisTuiError as error:
        click.echo(f"redis-tui: {error}", err=True)
        return error.exit_status
    except KeyboardInterrupt:
        return ExitStatus.INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitStatus.ERROR_REPLY
    except Exception as error:  # noqa: BLE001  # whatever it is: no traceback is shown to a person
        from redis_tui.crash import tell_crash

        tell_crash(error, face=next((word for word in argv if word in cli.commands), "tui"))
        return ExitStatus.FAULT
    finally:
        stop_log()


def _opener(
    url: str, *, dialect: str, read_only: bool, load: Path | None, lua_memory: int | None = None
) -> Callable[[], Awaitable[Session]]:
    safety = _safety()
    production = safety.production
    if safety.log_file is not None:
        start_log(safety.log_file, safety.log_level)

    async def open_it() -> Session:
        return await _open(
            url, dialect=dialect, read_only=read_only, load=load, lua_memory=lua_memory, production=production
        )

    return open_it


async def _open(
    url: str,
    *,
    dialect: str,
    read_only: bool,
    load: Path | None,
    lua_memory: int | None = None,
    production: bool = False,
) -> Session:
    from redis_tui.session.open import open_session

    # As in redis-cli, what is said in the address wins over the environment.
    password = None if "@" in url else os.environ.get("REDISCLI_AUTH")
    return await open_session(
        url,
        dialect=dialect,
        password=password,
        read_only=read_only,
        load=load,
        lua_memory=lua_memory,
        production=production,
    )


async def _with_session(opener: Callable[[], Awaitable[Session]], work: Callable[[Session], Awaitable[int]]) -> int:
    session = await opener()
    if session.info.is_unverified:
        _complain(f"The certificate of {session.info.label} was not checked: anybody may have answered.")
    if _safety().yes:
        from redis_tui.session.production import ask_with

        ask_with(session, _agree)
    try:
        return await work(session)
    finally:
        await session.close()


async def _agree(_danger: Danger, _word: str) -> bool:
    """``--yes``."""
    return True


async def _play(session: Session, mode: str) -> int:
    from redis_tui.batch import run_lines

    return await run_lines(session, sys.stdin.buffer, _print, mode)


def _mode(chosen: str | None) -> str:
    return chosen or ("cli" if sys.stdout.isatty() else "raw")


def _script_run(words: Sequence[str], example: str | None) -> ScriptRun:
    from redis_tui.session.base import ScriptRun

    if example is None and words and words[0] in _OF_REDIS_CLI:
        raise UsageError(f"{words[0]} is an option of redis-cli.", hint=_OF_REDIS_CLI[words[0]])
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
        return ScriptRun(_read(path), keys, args, name=path.stem if str(path) != "-" else "stdin")
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
            _complain(f"{os.fsdecode(joined)} is one key: only a comma that stands alone ends the keys.")
        return
    key = os.fsdecode(glued)
    raise UsageError(
        f"The comma of {key!r} is a part of that word.",
        hint=f"Put spaces around it: {key.replace(',', ' , ').strip()}; or end the line with a comma of its own.",
    )


def _read(path: Path) -> bytes:
    if str(path) == "-":
        return sys.stdin.buffer.read()
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileError(
            f"Cannot read {path}: {(error.strerror or str(error)).lower()}.", hint="Check the path and its permissions."
        ) from None


def _complain(sentence: str) -> None:
    click.echo(f"redis-tui: {sentence}", err=True)


def _print(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
