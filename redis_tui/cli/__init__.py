"""The command line, and the composition root: the one place that puts the parts together.

Faces and sessions are imported by the command that needs them, so that `run`, `exec` and
`serve` load neither Textual nor prompt_toolkit, nor redis-py where no server is asked for.

A command is declared in the file named after what it does; `program` gathers them.
"""

from redis_tui.cli.program import run_cli

__all__ = ["run_cli"]
