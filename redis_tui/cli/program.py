"""The program: its commands, and what it ends with.

What a status means, `exit_status` tells.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from redis_tui import __version__
from redis_tui.cli.faces import repl, tui, web
from redis_tui.cli.listen import serve
from redis_tui.cli.script import run
from redis_tui.cli.send import exec_
from redis_tui.cli.way_options import is_profile
from redis_tui.errors import RedisTuiError, UsageError
from redis_tui.exit_status import ExitStatus
from redis_tui.log_file import stop_log
from redis_tui.settings_command import config

if TYPE_CHECKING:
    from collections.abc import Sequence


class _Program(click.Group):
    """Takes `redis-tui FILE`, `redis-tui URL` and the workbench's options without the word `tui`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {name for option in self.get_params(ctx) for name in option.opts}
        first = args[0] if args else ""
        is_option = first.startswith("-") and first not in own
        if first not in self.commands and (
            is_option or "://" in first or "/" in first or first.endswith((".lua", ".rdb")) or is_profile(first)
        ):
            named = next((word for word in args if word in self.commands), None) if is_option else None
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


for _command in (config, exec_, examples, repl, run, serve, tui, web):
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

        tell_crash(error, face=next((word for word in argv if word in cli.commands), "tui"))
        return ExitStatus.FAULT
    finally:
        stop_log()
