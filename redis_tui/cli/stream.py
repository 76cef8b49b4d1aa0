"""Standard input, output and error, as the commands read and write them. Knows neither options nor servers."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from redis_tui.errors import FileError

if TYPE_CHECKING:
    from pathlib import Path

    from redis_tui.session.base import Session


async def play(session: Session, mode: str) -> int:
    """Runs the commands of standard input, one a line, and tells the exit status."""
    from redis_tui.batch import run_lines

    return await run_lines(session, sys.stdin.buffer, print_bytes, mode)


def print_mode(chosen: str | None) -> str:
    """The way replies are printed: the chosen one, or redis-cli's rule."""
    return chosen or ("cli" if sys.stdout.isatty() else "raw")


def read_bytes(path: Path) -> bytes:
    """A file, or standard input for ``-``.

    Raises:
        FileError: it cannot be read.
    """
    if str(path) == "-":
        return sys.stdin.buffer.read()
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileError(
            f"Cannot read {path}: {(error.strerror or str(error)).lower()}.", hint="Check the path and its permissions."
        ) from None


def complain(sentence: str) -> None:
    """Says a sentence on standard error."""
    click.echo(f"redis-tui: {sentence}", err=True)


def print_bytes(data: bytes) -> None:
    """Prints at once: a pipe gets each reply when it is there."""
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
