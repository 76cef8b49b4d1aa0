"""``serve``: the embedded engine on a port. No session stands between."""

from __future__ import annotations

from pathlib import Path

import click

from redis_tui.cli.options import DIALECTS, load_option, lua_memory_option


@click.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; loopback unless told otherwise."
)
@click.option("--port", type=click.IntRange(0, 65535), default=6379, show_default=True, help="0 chooses a free one.")
@click.option("--dialect", type=click.Choice(DIALECTS), default="redis-8", show_default=True, help="Whom to speak as.")
@click.option("--requirepass", metavar="PASSWORD", help="Password that clients must give.")
@click.option(
    "--aclfile", default="", metavar="FILE", help="Users and what they may do, one a line, as ACL SAVE writes them."
)
@load_option
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Where SAVE writes dump.rdb; the current folder unless told otherwise.",
)
@lua_memory_option
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
