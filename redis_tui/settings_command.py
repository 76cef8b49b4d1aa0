"""``redis-tui config``: where the settings are, what they say, and an editor on them.

The workbench's table of actions is imported only where keys are to be judged or listed.
"""

from __future__ import annotations

import click

from redis_tui.errors import FileError
from redis_tui.exit_status import ExitStatus
from redis_tui.external import call_editor
from redis_tui.profile import profile_lines
from redis_tui.settings import ReadSettings, entries, read_settings, template, toml_value
from redis_tui.whole_file import write_whole


@click.group(invoke_without_command=True)
@click.pass_context
def config(context: click.Context) -> int:
    """Show the settings, or edit them in $EDITOR; without a command: show."""
    return int(context.invoke(show)) if context.invoked_subcommand is None else ExitStatus.OK


@config.command()
def path() -> int:
    """Print where the settings file is, or would be."""
    click.echo(str(read_settings().path))
    return ExitStatus.OK


@config.command()
def show() -> int:
    """Print every setting as it holds, as TOML; mistakes in the file go to standard error, with status 2."""
    found = read_settings()
    at = str(found.path) if found.path.exists() else f"{found.path} (not there yet: redis-tui config edit writes it)"
    click.echo(f"# {at}")
    for entry in entries():
        value = getattr(found.settings, entry.name)
        told = "" if value == entry.default else f"  (default {entry.sample})"
        click.echo(f"\n# {entry.about}{told}\n{entry.name} = {toml_value(value)}")
    for line in profile_lines(tuple(found.profiles.values())):
        click.echo(line)
    return _told(found)


@config.command()
def edit() -> int:
    """Open the settings in $EDITOR, written with all defaults where there are none yet; tells mistakes afterwards."""
    place = read_settings().path
    if not place.exists():
        try:
            write_whole(place, template().encode())
        except OSError as error:
            raise FileError(
                f"Cannot write {place}: {(error.strerror or '').lower()}.", hint="Check the folder's permissions."
            ) from None
    call_editor(str(place))
    return _told(read_settings())


@config.command()
def actions() -> int:
    """Print every action by the name that [keys] takes, with its keys as they hold."""
    from redis_tui.tui.keymap import Keymap

    found = read_settings()
    for action in Keymap(found).actions:
        click.echo(f"{action.setting:24} {action.keys or '-':24} {action.about}")
    return _told(found)


def _told(found: ReadSettings) -> int:
    problems = list(found.problems)
    if found.settings.keys:
        from redis_tui.tui.keymap import Keymap

        problems += Keymap(found).problems
    for problem in problems:
        click.echo(f"redis-tui: {problem}", err=True)
    return ExitStatus.USAGE if problems else ExitStatus.OK
