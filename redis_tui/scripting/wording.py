"""What differs between the servers in the texts of scripting, as data.

The engine's dialect picks one `Wording`; nothing else in this package asks which server is spoken.
The decision a reader would question: the version constants of the ``redis`` table stand here too,
because they are, to a script, nothing but words. Every text was read from a running server.
"""

from __future__ import annotations

from redis_tui.record import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The texts and constants of one server family and version."""

    api: bytes
    """How error texts name the table of calls: ``redis`` or ``server``."""
    no_arguments: bytes
    """Of ``redis.call()`` without any argument."""
    argument_types: bytes
    """Of ``redis.call`` with a table, a boolean or nil."""
    killed: bytes
    """Of a script that SCRIPT KILL ended, without code and tail."""
    killed_function: bytes
    """Of a function that FUNCTION KILL ended."""
    sha_in_tail: bool
    """Whether ``script: <sha>, on @user_script:1.`` names the sha."""
    unknown_engine: bytes
    """Of a shebang that names another engine; ``%s`` stands for the name."""
    engine_ignores_case: bool
    """Whether ``#!LUA`` is good."""
    environments: bool
    """Whether scripts have getfenv, setfenv and newproxy and may change the metatable of strings, all of which later
    releases took away."""
    os_clock: bool
    """Whether scripts have ``os``, with nothing but ``os.clock`` in it."""
    function_names: bytes = b"Library %s"
    """Whose names a function's bad name is said to be one of; a known slip of the servers."""
    function_names_checked_at_once: bool = True
    """Whether register_function itself refuses a bad or a repeated name; else FUNCTION LOAD does in the end."""
    bad_log_level: bytes = b"Invalid log level."
    """Of a level of ``redis.log`` that there is not."""
    engine_comes_last: bool = False
    """Whether a shebang's options are judged before its engine."""
    runtime_errors_on_one_line: bool = False
    """Whether line breaks in the text of a failed run become spaces."""
    library_ends_at_zero: bool = False
    """Whether a library of functions is compiled up to its first zero byte only."""
    big_number_ends_at_zero: bool = False
    """Whether a returned big number ends at its first zero byte."""
    errors_trimmed: bool = True
    """Whether error_reply cuts line ends off the end of its text."""
    cmsgpack_copyright: bytes = b"Copyright (C) 2012, Salvatore Sanfilippo"
    """Of ``cmsgpack._COPYRIGHT``."""
    aliases: tuple[bytes, ...] = ()
    """Other global names of the ``redis`` table."""
    constants: tuple[tuple[bytes, bytes | int], ...] = ()
    """Entries of the ``redis`` table beside those that every server has."""

    def tail(self, sha: bytes, source: bytes, line: int) -> bytes:
        """The end of an error text that tells where it came from."""
        who = sha + b", on " if self.sha_in_tail else b"on "
        return b" script: %s%s:%d." % (who, source, line)


def version_number(version: str) -> int:
    """``8.2.3`` as ``0x00080203``, the form of REDIS_VERSION_NUM."""
    major, minor, patch = (int(part) for part in version.split("."))
    return major << 16 | minor << 8 | patch


def redis_wording(version: str) -> Wording:
    """Redis of the given version, 7.0 or later."""
    return Wording(
        api=b"redis",
        no_arguments=b"Please specify at least one argument for this redis lib call",
        argument_types=b"Lua redis lib command arguments must be strings or integers",
        killed=b"Script killed by user with SCRIPT KILL...",
        killed_function=b"Script killed by user with SCRIPT KILL...",
        sha_in_tail=True,
        unknown_engine=b"Unexpected engine in script shebang: #!%s",
        engine_ignores_case=False,
        environments=version_number(version) < version_number("7.2.11"),
        os_clock=version_number(version) >= version_number("7.4.0"),
        bad_log_level=b"Invalid %s level."
        % (b"log" if version_number(version) >= version_number("7.4.0") else b"debug"),
        constants=((b"REDIS_VERSION", version.encode()), (b"REDIS_VERSION_NUM", version_number(version))),
    )


def valkey_wording(version: str) -> Wording:
    """Valkey of the given version; to scripts it is also Redis 7.2.4."""
    return Wording(
        api=b"server",
        no_arguments=b"Please specify at least one argument for this call",
        argument_types=b"Command arguments must be strings or integers",
        killed=b"Script killed by user with SCRIPT KILL.",
        killed_function=b"Script killed by user with FUNCTION KILL.",
        sha_in_tail=False,
        unknown_engine=b"Could not find scripting engine '%s'",
        engine_ignores_case=True,
        environments=False,
        os_clock=True,
        function_names=b"Function %s",
        function_names_checked_at_once=False,
        engine_comes_last=True,
        runtime_errors_on_one_line=True,
        library_ends_at_zero=True,
        big_number_ends_at_zero=True,
        errors_trimmed=False,
        cmsgpack_copyright=b"Copyright (C) 2012, Redis Ltd.",
        aliases=(b"server",),
        constants=(
            (b"REDIS_VERSION", b"7.2.4"),
            (b"REDIS_VERSION_NUM", version_number("7.2.4")),
            (b"SERVER_NAME", b"valkey"),
            (b"VALKEY_VERSION", version.encode()),
            (b"VALKEY_VERSION_NUM", version_number(version)),
        ),
    )


REDIS_8 = redis_wording("8.2.3")
REDIS_7_2 = redis_wording("7.2.6")
VALKEY_9 = valkey_wording("9.1.2")
