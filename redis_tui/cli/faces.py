"""``tui``, ``web`` and ``repl``: the commands that open a face for a person.

Each imports its face when it is called: the prompt loads no Textual, the workbench no prompt_toolkit.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from redis_tui.cli.opening import session_opener, told_password, with_session
from redis_tui.cli.options import (
    dialect_option,
    load_option,
    mode_options,
    plain_option,
    read_only_option,
    refuse_option_of_redis_cli,
    safety_options,
    told_safety,
    url_option,
)
from redis_tui.cli.stream import complain, play, print_mode
from redis_tui.cli.way_options import is_profile, open_other, told_address, told_profile, told_theme, way_options
from redis_tui.errors import UsageError
from redis_tui.garbage import collect_after_the_start, settle
from redis_tui.password import account

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.session.base import Session


@click.command()
@click.argument("words", nargs=-1, metavar="[URL] [FILE ...]")
@url_option
@dialect_option
@read_only_option
@way_options
@safety_options(unattended=False)
@load_option
@click.option("--theme", metavar="NAME", help="Colours: dark, light, nord … or one of your own; F3 shows them all.")
@plain_option
def tui(  # noqa: PLR0917  # click passes what the options above name
    words: Sequence[str], url: str, dialect: str, read_only: bool, load: Path | None, theme: str | None, plain: bool
) -> int:
    """Open the workbench, on FILEs and a server where they are given; the word tui may be left out.

    A FILE.rdb is loaded into the embedded engine.
    """
    collect_after_the_start()
    from redis_tui.spec.redact import redact_url, unredacted
    from redis_tui.tui.app import run_workbench

    addresses = [word for word in words if "://" in word or is_profile(word)]
    files = [Path(word) for word in words if word not in addresses and not word.endswith(".rdb")]
    snapshots = [Path(word) for word in words if word.endswith(".rdb")]
    if load is not None:
        snapshots.append(load)
    if len(snapshots) > 1:
        raise UsageError("Two snapshots were given.", hint="The workbench opens one at a time.")
    if len(addresses) > 1:
        raise UsageError("Two addresses were given.", hint="The workbench opens one server at a time.")
    address = told_address(addresses[0] if addresses else url)
    opener = session_opener(address, dialect=dialect, read_only=read_only, load=snapshots[0] if snapshots else None)
    production = told_safety().production
    given, password = address, told_password(address)

    async def open_at(other: str) -> Session:
        from redis_tui.session.open import open_session

        if is_profile(other):
            return await open_other(
                other, dialect=dialect, read_only=read_only, production=production, has_terminal=False
            )
        # A password left hidden is the one given before; one that was asked for belongs to the server named first.
        nonlocal given
        given = unredacted(other, given)
        asked = password if account(given) == account(address) else None
        return await open_session(given, dialect=dialect, read_only=read_only, production=production, password=asked)

    shown, theme = redact_url(address), told_theme(theme)
    return run_workbench(
        opener, open_at=open_at, files=files, theme=theme, address=shown, plain=plain, profile=told_profile()
    )


@click.command(context_settings={"ignore_unknown_options": True})
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


class _Repl(click.Command):
    """Knows the options that people's fingers have from redis-cli."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        for word in args:
            refuse_option_of_redis_cli([word])
        return super().parse_args(ctx, args)


@click.command(cls=_Repl)
@click.argument("url", default="")
@click.option("--url", "-u", "option", metavar="URL", default="", help="The same as URL, as run and exec have it.")
@dialect_option
@read_only_option
@way_options
@safety_options(unattended=True)
@load_option
@mode_options
@click.option("--db", "-n", type=click.IntRange(0), default=None, metavar="N", help="Database to begin in.")
@click.option("--theme", metavar="NAME", help="Colours: dark, light, nord … or one of your own.")
@plain_option
@click.option("--vi", is_flag=True, help="Keys of vi instead of emacs.")
def repl(  # noqa: PLR0917  # click passes what the options above name
    url: str,
    option: str,
    dialect: str,
    read_only: bool,
    load: Path | None,
    mode: str | None,
    db: int | None,
    theme: str | None,
    plain: bool,
    vi: bool,
) -> int:
    """Type commands and Lua at a prompt, on the embedded engine or the server at URL."""
    if url and option:
        from redis_tui.spec.redact import redact_url

        raise UsageError(f"Which server? {redact_url(url)} and {redact_url(option)} are named.", hint="Name one.")
    url = told_address(url or option or "memory://")
    opener = session_opener(url, dialect=dialect, read_only=read_only, load=load, db=db)
    if not sys.stdin.isatty():
        return asyncio.run(with_session(opener, lambda session: play(session, print_mode(mode))))
    collect_after_the_start()
    from redis_tui.repl.app import run_repl
    from redis_tui.session.late import LateSession
    from redis_tui.settings import read_settings

    found = read_settings()
    for problem in found.problems:
        complain(str(problem))
    theme, plain = told_theme(theme) or found.settings.theme or None, plain or found.settings.plain

    production = told_safety().production

    async def talk() -> int:
        from redis_tui.session.open import read_marks

        marked = read_marks(url)
        session = LateSession(
            marked.url,
            opener,
            read_only=read_only or marked.read_only,
            production=production or marked.production,
            db=db,
        )

        async def open_one(other: str) -> Session:
            return await open_other(other, dialect=dialect, read_only=read_only, production=production)

        return await run_repl(
            session, open_session=open_one, mode=print_mode(mode), theme=theme, plain=plain, vi=vi, on_ready=settle
        )

    return asyncio.run(talk())
