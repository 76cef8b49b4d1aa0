"""redis-tui: the workbench for Redis scripting, in a terminal.

Nothing is imported here but the version, so that `redis-tui --version` stays quick.
"""

__version__ = "0.1.0"
