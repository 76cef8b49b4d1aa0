"""Where redis-tui keeps things on this machine: configuration, data and state, by the platform's rules.

Knows no format and creates nothing by asking: a folder is made by whoever writes into it.
The decision a reader would question: one environment variable, ``REDIS_TUI_HOME``, moves
all three places under one folder. Tests and portable installations need exactly that, and
the XDG variables cannot give it on macOS and Windows.
"""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

APP = "redis-tui"
HOME_VARIABLE = "REDIS_TUI_HOME"


def _place(kind: str) -> Path:
    home = os.environ.get(HOME_VARIABLE)
    if home:
        return expanded(home) / kind
    finders = {
        "config": platformdirs.user_config_path,
        "data": platformdirs.user_data_path,
        "state": platformdirs.user_state_path,
    }
    return finders[kind](APP, appauthor=False)


def expanded(path: str | Path) -> Path:
    """A path with ``~`` and ``~name`` written out; one of somebody whom this machine does not know stays as it is."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


def config_dir() -> Path:
    """Where the user writes: settings and themes."""
    return _place("config")


def data_dir() -> Path:
    """What the program keeps for the user: presets of scripts."""
    return _place("data")


def state_dir() -> Path:
    """What may be lost without harm: histories, recent files, unsaved text after a crash."""
    return _place("state")


def user_themes_dir() -> Path:
    """Where the user's own theme files are looked for."""
    return config_dir() / "themes"


def settings_file() -> Path:
    """The user's settings."""
    return config_dir() / "config.toml"


def history_file(face: str) -> Path:
    """The command history of one face.

    Args:
        face: ``repl``, whose history the console of the workbench shares.
    """
    return state_dir() / f"{face}_history"


def packaged_themes_dir() -> Path:
    """The themes that ship with the program: in the wheel, or ``themes/`` of a checkout."""
    package = Path(__file__).parent
    packed = package / "_themes"
    return packed if packed.is_dir() else package.parent / "themes"
