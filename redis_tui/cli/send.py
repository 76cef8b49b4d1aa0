"""``exec``: one command, or those of standard input, to a server or the embedded engine."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING

import click

from redis_tui.cli.opening import session_opener, with_session
from redis_tui.cli.options import (
    dialect_option,
    load_option,
    mode_options,
    read_only_option,
    refuse_option_of_redis_cli,
    safety_options,
    url_option,
)
from redis_tui.cli.stream import play, print_bytes, print_mode
from redis_tui.cli.way_options import told_address, way_options
from redis_tui.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from redis_tui.session.base import Session


class _Exec(click.Command):
    """Refuses its own options behind the command that it sends: they would go out as arguments."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        is_plain = "--" in args
        rest = super().parse_args(ctx, args)
        words: tuple[str, ...] = ctx.params.get("words") or ()
        refuse_option_of_redis_cli(words)
        if words and words[0].startswith("-") and not is_plain:
            raise UsageError(
                f"{words[0]} is no option of exec.",
                hint="redis-tui exec --help lists them; -- sends what looks like one.",
            )
        own = {name for option in self.get_params(ctx) for name in option.opts}
        late = next((word for word in words[1:] if word.partition("=")[0] in own), None)
        if late is not None and not is_plain:
            raise UsageError(
                f"{late} stands behind the command, to which it would go as an argument.",
                hint=f"Put it before: redis-tui exec {late} … {words[0]} …; or write -- before the command.",
            )
        return rest


@click.command(
    name="exec", cls=_Exec, context_settings={"allow_interspersed_args": False, "ignore_unknown_options": True}
)
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[COMMAND [ARG ...]]")
@url_option
@dialect_option
@read_only_option
@way_options
@safety_options(unattended=True)
@load_option
@mode_options
@click.option("--db", "-n", type=click.IntRange(0), default=None, metavar="N", help="Database to work in.")
@click.option("--node", default="", metavar="NODE", help="Of a cluster: send it to this node, HOST:PORT or PORT.")
@click.option("-x", "reads_last", is_flag=True, help="Take the last argument from standard input, as it is.")
def exec_(  # noqa: PLR0917  # click passes what the options above name
    words: Sequence[str],
    url: str,
    dialect: str,
    read_only: bool,
    load: Path | None,
    mode: str | None,
    db: int | None,
    node: str,
    reads_last: bool,
) -> int:
    """Run one Redis COMMAND; without one, commands from standard input, one a line."""

    async def work(session: Session) -> int:
        if not node:
            return await send(session)
        from redis_tui.session.nodes import at_node, node_named

        with at_node(node_named(session, node)):
            return await send(session)

    async def send(session: Session) -> int:
        if not words:
            return await play(session, print_mode(mode))
        from redis_tui.batch import run_command

        argv = [os.fsencode(word) for word in words]
        if reads_last:
            argv.append(await asyncio.to_thread(sys.stdin.buffer.read))
        return await run_command(session, argv, print_bytes, print_mode(mode))

    if reads_last and not words:
        raise UsageError("-x takes the last argument from standard input; the command is missing.", hint="Write it.")

    opener = session_opener(told_address(url), dialect=dialect, read_only=read_only, load=load, db=db)
    return asyncio.run(with_session(opener, work))
