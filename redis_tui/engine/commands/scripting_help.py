"""SCRIPT HELP and FUNCTION HELP, in the servers' own words.

The decision a reader would question: the texts are written out, where other containers' are derived. They explain more
than a usage line and a summary can, and each server words a few lines its own way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redis_tui.engine.registry import command
from redis_tui.resp.types import Reply, Status
from redis_tui.spec.command import CommandFlag

if TYPE_CHECKING:
    from redis_tui.engine.context import Ctx

_HELP: Final = CommandFlag.LOADING | CommandFlag.STALE

_DEBUG: Final = """\
DEBUG (YES|SYNC|NO)
    Set the debug mode for subsequent scripts executed.
"""
_DEBUG_VALKEY: Final = """\
DEBUG (YES|SYNC|NO) [<engine_name>]
    Set the debug mode for subsequent scripts executed of the specified engine.
    Default engine name: 'lua'
"""
_LAZY: Final = """\
    When called without the optional mode argument, the behavior is determined by the
    lazyfree-lazy-user-flush configuration directive. Valid modes are:
"""
_LAZY_VALKEY: Final = """\
    When called without the optional mode argument, the behavior is determined
     by the lazyfree-lazy-user-flush configuration directive. Valid modes are:
"""
_SHOW_VALKEY: Final = """\
SHOW <sha1>
    Show a script from the scripts cache.
"""
_SCRIPT: Final = """\
SCRIPT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:
{debug}EXISTS <sha1> [<sha1> ...]
    Return information about the existence of the scripts in the script cache.
FLUSH [ASYNC|SYNC]
    Flush the Lua scripts cache. Very dangerous on replicas.
{lazy}    * ASYNC: Asynchronously flush the scripts cache.
    * SYNC: Synchronously flush the scripts cache.
KILL
    Kill the currently executing Lua script.
LOAD <script>
    Load a script into the scripts cache without executing it.
{show}HELP
    Print this help.
"""
_FUNCTION: Final = """\
FUNCTION <subcommand> [<arg> [value] [opt] ...]. Subcommands are:
LOAD [REPLACE] <FUNCTION CODE>
    Create a new library with the given library name and code.
DELETE <LIBRARY NAME>
    Delete the given library.
LIST [LIBRARYNAME PATTERN] [WITHCODE]
    Return general information on all the libraries:
    * Library name
    * The engine used to run the Library
{description}    * Functions list
    * Library code (if WITHCODE is given)
    It also possible to get only function that matches a pattern using LIBRARYNAME argument.
STATS
    Return information about the current function running:
    * Function name
    * Command used to run the function
    * Duration in MS that the function is running
    If no function is running, return nil
    In addition, returns a list of available engines.
KILL
    Kill the current running function.
FLUSH [ASYNC|SYNC]
    Delete all the libraries.
{lazy}    * ASYNC: Asynchronously flush the libraries.
    * SYNC: Synchronously flush the libraries.
DUMP
    Return a serialized payload representing the current libraries, can be restored using FUNCTION RESTORE command
RESTORE <PAYLOAD> [FLUSH|APPEND|REPLACE]
    Restore the libraries represented by the given payload, it is possible to give a restore policy to
    control how to handle existing libraries (default APPEND):
    * FLUSH: delete all existing libraries.
    * APPEND: appends the restored libraries to the existing libraries. On collision, abort.
    * REPLACE: appends the restored libraries to the existing libraries, On collision, replace the old
      libraries with the new libraries (notice that even on this option there is a chance of failure
      in case of functions name collision with another library).
HELP
    Print this help.
"""


@command("SCRIPT HELP", since="5.0.0", flags=_HELP, complexity="O(1)", group="scripting")
def script_help(ctx: Ctx) -> Reply:
    """Returns helpful text about the different subcommands."""
    if ctx.dialect.is_valkey:
        return _lines(_SCRIPT.format(debug=_DEBUG_VALKEY, lazy=_LAZY_VALKEY, show=_SHOW_VALKEY))
    return _lines(_SCRIPT.format(debug=_DEBUG, lazy=_LAZY, show=""))


@command("FUNCTION HELP", since="7.0.0", flags=_HELP, complexity="O(1)", group="scripting")
def function_help(ctx: Ctx) -> Reply:
    """Returns helpful text about the different subcommands."""
    # Libraries lost their description ahead of Redis 7.0; the help told of it for years.
    described = not ctx.dialect.at_least("7.4.0", valkey="8.0.0")
    return _lines(_FUNCTION.format(description="    * Library description\n" if described else "", lazy=_LAZY))


def _lines(text: str) -> Reply:
    return [Status(line.encode()) for line in text.splitlines()]
