"""The program: its commands, and what it ends with.

What a status means, `exit_status` tells. The decision a reader would question: a command that opens no face is named
here and loaded when it is called. The workbench is opened by the bare program, and needs none of them.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING

import click

from redis_tui import __version__
from redis_tui.cli.faces import repl, tui, web
from redis_tui.cli.way_options import is_profile
from redis_tui.errors import RedisTuiError, UsageError
from redis_tui.exit_status import ExitStatus
from redis_tui.log_file import stop_log

if TYPE_CHECKING:
    from collections.abc import Sequence


_ELSEWHERE = {
    "config": ("redis_tui.settings_command", "config"),
    "exec": ("redis_tui.cli.send", "exec_"),
    "run": ("redis_tui.cli.script", "run"),
    "serve": ("redis_tui.cli.listen", "serve"),
}
"""The module of a command, and its name there."""


class _Program(click.Group):
    """Takes `redis-tui FILE`, `redis-tui URL` and the workbench's options without the word `tui`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *_ELSEWHERE})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in _ELSEWHERE and cmd_name not in self.commands:
            module, name = _ELSEWHERE[cmd_name]
            self.add_command(getattr(importlib.import_module(module), name))
        return super().get_command(ctx, cmd_name)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {name for option in self.get_params(ctx) for name in option.opts}
        known = self.list_commands(ctx)
        first = args[0] if args else ""
        is_option = first.startswith("-") and first not in own
        if first not in known and (
            is_option or "://" in first or "/" in first or first.endswith((".lua", ".rdb")) or is_profile(first)
        ):
            named = next((word for word in args if word in known), None) if is_option else None
            if named is not None:
                raise UsageError(
                    f"The option {first} stands before the command.", hint=f"Write redis-tui {named} {first} …"
                )
            args = ["tui", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Program, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", message="redis-tui %(version)s")
@click.pass_context
def cli(context: click.Context) -> int:
    """The workbench for Redis scripting, in a terminal.

    Without a command: opens the workbench on the embedded engine. A FILE.lua, a snapshot
    (dump.rdb), an address (redis://host:port) or the name of a profile may follow, and the
    options of `redis-tui tui`, such as --theme.
    """
    return int(context.invoke(tui)) if context.invoked_subcommand is None else 0


@click.command()
def examples() -> int:
    """List the scripts that ship with redis-tui."""
    from redis_tui.workspace import list_examples

    for example in list_examples():
        click.echo(f"{example.name:22} {example.title}")
    return 0


for _command in (examples, repl, tui, web):
    cli.add_command(_command)


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

        tell_crash(error, face=next((word for word in argv if word in (*cli.commands, *_ELSEWHERE)), "tui"))
        return ExitStatus.FAULT
    finally:
        stop_log()
