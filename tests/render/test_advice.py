from __future__ import annotations

import pytest

from redis_tui.render.advice import advise


@pytest.mark.parametrize(
    ("code", "message", "begins"),
    [
        ("WRONGTYPE", "Operation against a key holding the wrong kind of value", "The key holds another type"),
        ("BUSY", "Redis is busy running a script.", "Another script has been running"),
        ("UNKILLABLE", "Sorry the script already executed write commands", "The script has already written"),
        ("OOM", "command not allowed when used memory > 'maxmemory'.", "The server has reached maxmemory"),
        ("READONLY", "You can't write against a read only replica.", "This server is a replica"),
        ("NOPERM", "User default has no permissions", "The user of this connection may not"),
        ("CROSSSLOT", "Keys in request don't hash to the same slot", "The keys belong to different slots"),
        ("MISCONF", "Errors writing to the AOF file: No space left", "The server cannot write its append-only"),
        ("NOAUTH", "Authentication required.", "The server wants a password"),
        ("WRONGPASS", "invalid username-password pair", "The user name or the password is wrong"),
        ("ERR", "Error compiling script (new function): '=' expected near '1'", "The script has a syntax error"),
        ("ERR", "Attempt to modify a readonly table", "Scripts may not create or change global"),
        ("ERR", "attempt to index local 't' (a nil value)", "A value here is not of the type"),
        ("ERR", "Lua redis lib command arguments must be strings or integers", "redis.call takes strings and numbers"),
        ("ERR", "Wrong number of args calling Redis command from script", "The command was called with too few"),
        ("ERR", "Unknown Redis command called from script", "The server has no command of that name"),
        ("ERR", "This Redis command is not allowed from script", "This command may not be called inside"),
        ("ERR", "This Valkey command is not allowed from script", "This command may not be called inside"),
        ("ERR", "Write commands are not allowed from read-only scripts.", "The script was run read-only"),
        ("ERR", "Script killed by user with SCRIPT KILL...", "The script was killed"),
        ("ERR", "stack overflow", "A function calls itself"),
        ("NOSCRIPT", "No matching script. Please use EVAL.", "The server's script cache does not hold"),
        ("LOADING", "Redis is loading the dataset in memory", "The server is still loading"),
        (
            "MASTERDOWN",
            "Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
            "This replica has lost",
        ),
        ("EXECABORT", "Transaction discarded because of previous errors.", "A command was refused while"),
        ("NOREPLICAS", "Not enough good replicas to write.", "Fewer replicas are connected"),
        ("TRYAGAIN", "Multiple keys request during rehashing of slot", "The keys' slot is on its way"),
        ("CLUSTERDOWN", "The cluster is down", "The cluster cannot serve"),
        ("NOGROUP", "No such key 's' or consumer group 'g'", "The stream does not exist"),
        ("BUSYGROUP", "Consumer Group name already exists", "The stream has a consumer group"),
        (
            "DENIED",
            "Redis is running in protected mode because protected mode is enabled",
            "The server is in protected",
        ),
        ("ERR", "Script attempted to access keys that do not hash to the same slot", "In a cluster a script may"),
        ("ERR", "increment or decrement would overflow", "The result would be larger"),
        ("ERR", "Function not found", "No library that is loaded"),
        ("ERR", "Library 'mylib' already exists", "A library of that name"),
        ("ERR", "Expected value but found invalid token at character 1", "The text is not sound JSON"),
        ("ERR", "Unexpected engine in script shebang: js", "The first line of the script"),
    ],
)
def test_known_errors_are_explained(code: str, message: str, begins: str) -> None:
    advice = advise(code, message)
    assert advice is not None
    assert advice.meaning.startswith(begins)
    assert advice.action


def test_an_unknown_error_gets_no_guess() -> None:
    assert advise("MYERR", "whatever") is None


def test_a_code_with_several_reasons_is_explained_by_the_one_that_is_told() -> None:
    told = {
        advise(code, message)
        for code, message in (
            ("BUSY", "Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE."),
            ("BUSY", "Redis is busy running a module command."),
            ("UNKILLABLE", "Sorry the script already executed write commands against the dataset."),
            ("UNKILLABLE", "The busy script was sent by a master instance in the context of replication"),
            ("OOM", "command not allowed when used memory > 'maxmemory'."),
            ("OOM", "allow-oom flag is not set on the script, can not run it when used memory > 'maxmemory'"),
            ("READONLY", "You can't write against a read only replica."),
            ("READONLY", "Can not run script with write flag on readonly replica"),
            ("CLUSTERDOWN", "The cluster is down"),
            ("CLUSTERDOWN", "Hash slot not served"),
        )
    }
    assert None not in told
    assert len(told) == 10


def test_a_library_that_is_run_as_a_script_is_told_how_to_call_it() -> None:
    advice = advise("ERR", "Unknown lua shebang option: name=mylib")
    assert advice is not None
    assert advice.meaning == "This is a library of functions, not a script."
    assert "FCALL" in advice.action
