"""`python -m redis_tui` and the `redis-tui` program."""

from __future__ import annotations

import sys


def main() -> None:
    """Runs the program and exits with its status."""
    if sys.argv[1:] in (["--version"], ["-V"]):  # asked by scripts and completions: nothing else is loaded
        from redis_tui import __version__

        sys.stdout.write(f"redis-tui {__version__}\n")
        return
    from redis_tui.garbage import collect_seldom

    collect_seldom()
    from redis_tui.cli import run_cli
    from redis_tui.process_title import hide_passwords

    hide_passwords(sys.argv)
    sys.exit(run_cli(sys.argv[1:]))


if __name__ == "__main__":
    main()
