"""Options that several commands have, and what was said with them.

Knows click and no session. What `safety_options` and `mode_options` take lies in click's context, not in the
parameters of each command: a command that only hands it on need not name it.
"""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path
from typing import TYPE_CHECKING

import click

from redis_tui.errors import UsageError
from redis_tui.log_file import LEVELS
from redis_tui.quantity import memory_size, milliseconds
from redis_tui.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


DIALECTS = ("redis-8", "redis-7.2", "valkey-9")
_WHERE = "Name the server as --url redis://user:password@host:port/db; --askpass asks for a password."
_AT_PROMPT = "Type it at a prompt, without the dashes and with a dot: redis-tui repl URL, then .{0}."
_OF_REDIS_CLI = {
    **dict.fromkeys(("-p", "-a", "-s", "--user", "--pass", "--port", "--host"), _WHERE),
    **{f"--{name}": _AT_PROMPT.format(name) for name in ("scan", "bigkeys", "memkeys", "stat", "latency")},
    "-r": "At a prompt, `5 INCR n` sends a command five times.",
    "-i": "At a prompt, `.every 2s CMD` sends a command again and again.",
    "--pipe": "Give the commands on standard input, one a line: they go out together.",
    "--eval": "Write redis-tui run FILE KEY … , ARG ….",
    "--ldb": "Write redis-tui run FILE --trace to see each call, or --dry-run to leave no mark.",
}
url_option = click.option(
    "--url",
    "-u",
    default="memory://",
    show_default=True,
    metavar="URL",
    help="memory:// for the embedded engine, or redis://, rediss://, valkey://, unix://, redis+cluster://, "
    "redis+sentinel://, or the name of a profile. A password may stand in REDISCLI_AUTH.",
)
dialect_option = click.option(
    "--dialect",
    type=click.Choice(DIALECTS),
    default="redis-8",
    show_default=True,
    help="Whom the embedded engine speaks as.",
)
read_only_option = click.option(
    "--read-only", is_flag=True, help="Refuse commands that write; scripts go out as EVAL_RO."
)


@dataclass(frozen=True, slots=True)
class Safety:
    """What the options of a command say about how careful to be."""

    production: bool = False
    yes: bool = False
    """Dangerous commands may go to production unasked."""
    log_file: Path | None = None
    log_level: str = "info"


def safety_options(*, unattended: bool) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """``--production``, ``--log-file`` and, where nobody may be there to ask, ``--yes``; `told_safety` has them."""

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
    context.meta[_SAFETY] = dataclasses.replace(context.meta.get(_SAFETY, Safety()), **{option.name: value})


_SAFETY = "redis_tui.safety"


def told_safety() -> Safety:
    """What the command that runs was told."""
    found: Safety = click.get_current_context().meta.get(_SAFETY, Safety())
    return found


plain_option = click.option(
    "--plain",
    is_flag=True,
    help="Borders and signs in ASCII: for screen readers, and fonts and encodings without them.",
)

load_option = click.option(
    "--load",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Fill the embedded engine from a snapshot (dump.rdb) of Redis or Valkey; the file stays as it is.",
)


def mode_options(command: Callable[..., int]) -> Callable[..., int]:
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


def as_time(text: str) -> int:
    """Milliseconds, from what a person wrote; click tells a mistake with the option's name."""
    try:
        return milliseconds(text)
    except UsageError as error:
        raise click.BadParameter(str(error)) from None


def as_size(text: str, *, least: int = 1 << 20) -> int:
    """Bytes, from what a person wrote; click tells a mistake with the option's name."""
    try:
        return memory_size(text, least=least)
    except UsageError as error:
        raise click.BadParameter(str(error)) from None


def _lua_memory(text: str) -> int:
    from redis_tui.scripting.limits import LEAST_MEMORY

    return as_size(text, least=LEAST_MEMORY)


lua_memory_option = click.option(
    "--lua-memory",
    type=_lua_memory,
    metavar="SIZE",
    help="Memory that scripts may take in the embedded engine, 256mb unless told otherwise; more is an error.",
)


def refuse_option_of_redis_cli(words: Sequence[str]) -> None:
    """Tells the way of redis-tui where the first word is an option of redis-cli.

    Raises:
        UsageError: it is one.
    """
    if words and words[0] in _OF_REDIS_CLI:
        raise UsageError(f"{words[0]} is an option of redis-cli.", hint=_OF_REDIS_CLI[words[0]])
