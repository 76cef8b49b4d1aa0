"""The command line, as a person or a script uses it."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from redis_tui import __version__
from redis_tui.cli import run_cli
from redis_tui.quantity import memory_size, milliseconds

if TYPE_CHECKING:
    from pathlib import Path

COUNTER = """\
local current = redis.call('get', KEYS[1])
if not current then
  redis.call('set', KEYS[1], 1)
  return 1
else
  local new_value = tonumber(current) + 1
  redis.call('set', KEYS[1], new_value)
  return new_value
end
"""


class Shell:
    """Runs the program in this process and keeps what it printed."""

    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self._capfd = capfd

    def __call__(self, *argv: str) -> tuple[int, str, str]:
        status = run_cli(argv)
        out, err = self._capfd.readouterr()
        return status, out, err


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capfd)


@pytest.fixture
def counter(tmp_path: Path) -> str:
    path = tmp_path / "counter.lua"
    path.write_text(COUNTER)
    return str(path)


def test_run_calls_a_function_of_a_library(shell: Shell, tmp_path: Path) -> None:
    code = "#!lua name=l\nredis.register_function('f', function(keys, args) return redis.call('set', keys[1], args[1]) end)"
    (tmp_path / "l.lua").write_text(code)
    library = str(tmp_path / "l.lua")
    status, out, _ = shell("run", library, "--fcall", "f", "k", ",", "v", "--trace", "--no-raw")
    assert (status, out.splitlines()[0], "set k v" in out) == (0, "OK", True)
    status, _, err = shell("run", library, "--fcall", "g", "k", ",", "v")
    assert (status, err) == (2, "redis-tui: The library l has no function g. It has f.\n")
    status, _, err = shell("run", library)
    assert (status, "--fcall NAME" in err) == (1, True)
    status, out, _ = shell("run", library, "--fcall", "f", "k", ",", "v", "--repeat", "3")
    assert (status, out.splitlines()[0]) == (0, "3 runs, 0 errors")


def test_a_script_is_no_library(shell: Shell, counter: str) -> None:
    status, _, err = shell("run", counter, "--fcall", "f")
    assert (status, err) == (
        2,
        "redis-tui: This is a script and no library. A library begins with #!lua name=NAME.\n",
    )


def test_run_prints_the_reply_raw_into_a_pipe_as_redis_cli_does(shell: Shell, counter: str) -> None:
    assert shell("run", counter, "counter", ",") == (0, "1\n", "")
    assert shell("run", counter, "counter", ",", "--no-raw") == (0, "(integer) 1\n", "")


def test_run_takes_keys_before_the_comma_and_arguments_behind(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "echo.lua"
    path.write_text("return {#KEYS, #ARGV, KEYS[1], ARGV[1], ARGV[2]}")
    status, out, _ = shell("run", str(path), "--no-raw", "k1", "k2", ",", "-1", "b c")
    assert (status, out) == (0, '1) (integer) 2\n2) (integer) 2\n3) "k1"\n4) "-1"\n5) "b c"\n')


def test_run_json_is_one_object_with_all_there_is_to_know(shell: Shell, counter: str) -> None:
    status, out, _ = shell("run", counter, "counter", ",", "--json")
    told: dict[str, Any] = json.loads(out)
    assert status == 0
    assert told["reply"] == 1
    assert len(told["sha"]) == 40
    assert told["duration_ms"] > 0
    assert [(row["line"], row["command"], row["reply"]) for row in told["trace"]] == [
        (1, ["get", "counter"], None),
        (3, ["set", "counter", "1"], "OK"),
    ]
    assert all(row["duration_us"] > 0 for row in told["trace"])
    [change] = told["changes"]
    assert (change["db"], change["key"], change["before"], change["after"]) == (0, "counter", None, "1")
    assert (told["log"], told["error"]) == ([], None)


def test_run_json_tells_an_error_with_its_line(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "bad.lua"
    path.write_text("local a = 1\nreturn redis.call('nosuch', a) + 1\n")
    status, out, _ = shell("run", "--json", str(path))
    told = json.loads(out)
    assert status == 1
    assert told["reply"] is None
    assert told["error"] == {
        "code": "ERR",
        "message": "Unknown Redis command called from script",
        "line": 2,
        "source": "return redis.call('nosuch', a) + 1",
    }


def test_a_setup_file_is_run_first(shell: Shell, counter: str, tmp_path: Path) -> None:
    setup = tmp_path / "setup.redis"
    setup.write_text('# the counter stands at 41\n\nSET counter "41"\n')
    assert shell("run", counter, "counter", ",", "--setup", str(setup)) == (0, "42\n", "")


def test_a_setup_line_that_fails_is_named_and_the_script_not_run(shell: Shell, counter: str, tmp_path: Path) -> None:
    setup = tmp_path / "setup.redis"
    setup.write_text("SET counter 41\nLPUSH counter x\n")
    status, out, err = shell("run", counter, "counter", ",", "--setup", str(setup))
    assert (status, out) == (1, "")
    assert "setup.redis, line 2: WRONGTYPE" in err
    assert "The script was not run." in err


def test_a_dry_run_shows_the_change(shell: Shell, counter: str) -> None:
    status, out, _ = shell("run", counter, "counter", ",", "--dry-run", "--no-raw")
    assert status == 0
    assert "(integer) 1" in out
    assert "counter" in out.partition("Changes (1)")[2]


def test_a_trace_shows_each_call_with_its_line(shell: Shell, counter: str) -> None:
    _, out, _ = shell("run", counter, "counter", ",", "--trace")
    first, second = out.partition("Trace (2)\n")[2].splitlines()
    assert re.fullmatch(r" +1 +[\d.]+ µs  get counter  →  \(nil\)", first)
    assert re.fullmatch(r" +3 +[\d.]+ µs  set counter 1  →  OK", second)


@pytest.mark.parametrize(
    "name",
    [
        "counter",
        "push_if_exists",
        "delete_if_equal",
        "rate_limit",
        "token_bucket",
        "lock",
        "aggregate",
        "move_between_lists",
    ],
)
def test_every_example_runs_by_name(shell: Shell, name: str) -> None:
    status, out, err = shell("run", "--example", name)
    assert status == 0
    assert [line for line in err.splitlines() if not line.startswith("Would fail in a cluster: the keys ")] == []
    assert out


def test_a_lua_syntax_error_shows_its_line(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "broken.lua"
    path.write_text("local a = 1\nif a then\nreturn a\n")
    status, out, err = shell("run", str(path))
    assert status == 1
    assert "Error compiling script" in out
    assert err.startswith("Line 4:\n")


def test_numkeys_are_counted_from_the_comma(shell: Shell, tmp_path: Path) -> None:
    status, out, _ = shell("exec", "--no-raw", "EVAL", "return 1", "2", "k")
    assert (status, out) == (1, "(error) ERR Number of keys can't be greater than number of args\n")


def test_exec_runs_one_command(shell: Shell) -> None:
    assert shell("exec", "ECHO", "hello") == (0, "hello\n", "")
    assert shell("exec", "--no-raw", "ECHO", "hello") == (0, '"hello"\n', "")


def test_exec_prints_json_when_told(shell: Shell) -> None:
    assert shell("exec", "--json", "ECHO", "hello") == (0, '"hello"\n', "")


def test_an_error_reply_is_status_1(shell: Shell) -> None:
    status, out, _ = shell("exec", "--no-raw", "NOSUCH", "x")
    assert (status, out) == (1, "(error) ERR unknown command 'NOSUCH', with args beginning with: 'x' \n")


def test_a_wrong_number_of_arguments_is_told(shell: Shell) -> None:
    assert shell("exec", "--no-raw", "GET")[:2] == (1, "(error) ERR wrong number of arguments for 'get' command\n")


def test_an_unreadable_file_is_a_sentence(shell: Shell) -> None:
    assert shell("run", "/no/such.lua") == (
        2,
        "",
        "redis-tui: Cannot read /no/such.lua: no such file or directory. Check the path and its permissions.\n",
    )


def test_a_missing_file_name_is_a_sentence(shell: Shell) -> None:
    status, out, err = shell("run")
    assert (status, out) == (2, "")
    assert err.startswith("redis-tui: Which script? FILE is missing.")


def test_an_unknown_example_lists_those_there_are(shell: Shell) -> None:
    status, _, err = shell("run", "--example", "nope")
    assert status == 2
    assert "There is no example named 'nope'. Choose one of aggregate, counter" in err


def test_a_refused_connection_is_status_3(shell: Shell) -> None:
    status, out, err = shell("exec", "--url", "redis://127.0.0.1:1", "PING")
    assert (status, out) == (3, "")
    assert err == (
        "redis-tui: Could not connect to 127.0.0.1:1: connection refused. "
        "Check that a server is running there, or start one with `redis-tui serve`.\n"
    )


def test_an_unknown_option_is_status_2(shell: Shell) -> None:
    status, _, err = shell("serve", "--nonsense")
    assert status == 2
    assert "No such option" in err


def test_the_version_is_told_without_loading_anything_else() -> None:
    probe = (
        "import sys; sys.argv[1:] = ['--version']\n"
        "from redis_tui.__main__ import main; main()\n"
        "heavy = {'click', 'lupa', 'textual', 'prompt_toolkit', 'redis', 'pygments', 'hiredis'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout == f"redis-tui {__version__}\n[]\n"


@pytest.mark.parametrize(
    ("argv", "forbidden"),
    [
        (["exec", "PING"], {"textual", "prompt_toolkit", "redis"}),
        (["run", "--example", "counter"], {"textual", "prompt_toolkit", "redis"}),
        (["serve", "--help"], {"textual", "prompt_toolkit", "redis", "lupa"}),
    ],
)
def test_the_headless_commands_load_no_face_and_no_client(argv: list[str], forbidden: set[str]) -> None:
    probe = f"import sys\nfrom redis_tui.cli import run_cli\nrun_cli({argv!r})\nprint(sorted({forbidden!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_control_characters_of_a_script_do_not_reach_the_terminal(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "escape.lua"
    path.write_text("return nosuch .. '\x1b]0;owned\x07'")
    _, _, err = shell("run", str(path))
    assert "owned" in err
    assert not {"\x1b", "\x07"} & set(err)


def test_without_a_terminal_the_workbench_says_so(shell: Shell, tmp_path: Path) -> None:
    status, _, said = shell("tui", str(tmp_path / "new.lua"))
    assert status == 2
    assert "The workbench needs a terminal." in said


def test_a_refused_line_of_many_is_named_and_the_others_run() -> None:
    lines = b"SET k v\nSUBSCRIBE c\nGET k\n"
    done = subprocess.run(
        [sys.executable, "-m", "redis_tui", "exec"], input=lines, capture_output=True, timeout=60, check=False
    )
    assert done.stdout == b"OK\nv\n"
    assert b"Line 2: SUBSCRIBE would take over this connection." in done.stderr
    assert done.returncode != 0


def test_run_with_a_timeout_ends_a_script_that_spins_and_undoes_what_it_wrote(shell: Shell, tmp_path: Path) -> None:
    spin = tmp_path / "spin.lua"
    spin.write_text("redis.call('set', 'k', 'v')\nwhile true do end\n")
    status, out, err = shell("run", str(spin), "--timeout", "20ms")
    assert status == 124
    assert out.startswith("ERR Script killed after 20 ms, its time limit. script: ")
    assert "its writes were rolled back" in err
    status, out, _ = shell("run", str(spin), "--timeout", "0.02s", "--json")
    assert status == 124
    assert json.loads(out)["timed_out"] is True


@pytest.mark.parametrize(("text", "expected"), [("1500", 1500), ("500ms", 500), ("2s", 2000), ("1.5 M", 90_000)])
def test_a_time_is_read_with_its_unit(text: str, expected: int) -> None:
    assert milliseconds(text) == expected


@pytest.mark.parametrize("text", ["", "0", "0.1ms", "-1s", "2h", "s", "1e3", "9" * 400])
def test_what_is_no_time_is_refused(shell: Shell, counter: str, text: str) -> None:
    status, _, err = shell("run", counter, "k", ",", "--timeout", text)
    assert status == 2
    assert "Invalid value for '--timeout'" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("k,", "v"), "The comma of 'k,' is a part of that word.\nPut spaces around it: k ,"),
        (("k", ",v"), "The comma of ',v' is a part of that word.\nPut spaces around it: , v"),
    ],
)
def test_a_comma_glued_to_a_word_is_hinted_at(shell: Shell, counter: str, words: tuple[str, ...], said: str) -> None:
    status, out, err = shell("run", counter, *words)
    assert (status, out) == (2, "")
    assert " ".join(err.split()).startswith(" ".join(f"redis-tui: {said}".split()))


def test_a_comma_inside_a_key_or_beside_the_lone_one_is_left_alone(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "echo.lua"
    path.write_text("return {KEYS[1], ARGV[1]}")
    assert shell("run", str(path), "a,b")[1] == "a,b\n"
    assert shell("run", str(path), "k,", ",", ",v")[1] == "k,\n,v\n"


@pytest.mark.parametrize("command", ["exec", "repl"])
@pytest.mark.parametrize("options", [("--csv", "--json"), ("--json", "--raw"), ("--raw", "--no-raw")])
def test_two_ways_to_print_are_refused(shell: Shell, command: str, options: tuple[str, str]) -> None:
    status, out, err = shell(command, *options, *(["PING"] if command == "exec" else []))
    assert (status, out) == (2, "")
    assert err.startswith("redis-tui: Replies are printed in one way.")


def test_a_set_up_that_fails_names_file_line_and_command(shell: Shell, counter: str, tmp_path: Path) -> None:
    setup = tmp_path / "setup.txt"
    setup.write_text("# first\nSET s text\n\nINCR s\nSET never 1\n")
    status, out, err = shell("run", counter, "c", ",", "--setup", str(setup))
    assert (status, out) == (1, "")
    assert err == (
        f"redis-tui: {setup}, line 4: ERR value is not an integer or out of range.\n  INCR s\nThe script was not run.\n"
    )
    setup.write_text("SET s 'open\n")
    assert f"{setup}, line 1: a quote is not closed." in shell("run", counter, "c", ",", "--setup", str(setup))[2]


def test_costs_tell_instructions_memory_and_the_keys_that_were_named(shell: Shell, counter: str) -> None:
    status, out, err = shell("run", counter, "hits", ",", "--costs")
    assert (status, err) == (0, "")
    reply, _, title, summary, *keys = out.splitlines()
    assert (reply, title) == ("1", "Costs")
    assert re.fullmatch(r"\S+ ms · \d+ instructions · \S+ K?B memory · 1 key · others waited \S+ ms", summary)
    assert keys == ["slot  4994  written  in KEYS       hits"]


def test_run_bounds_the_memory_of_a_script(shell: Shell, tmp_path: Path) -> None:
    hungry = tmp_path / "hungry.lua"
    hungry.write_text("local t = {}\nfor i = 1, 100 do t[i] = string.rep('x', 1e6) .. i end\nreturn #t\n")
    assert shell("run", str(hungry), "--lua-memory", "256mb") == (0, "100\n", "")
    status, out, _ = shell("run", str(hungry), "--lua-memory", "48mb")
    assert status == 1
    assert "not enough memory" in out
    status, _, err = shell("run", str(hungry), "--lua-memory", "1mb")
    assert status == 2
    assert "'1mb' is too little. Give at least 32mb." in err


@pytest.mark.parametrize(("text", "expected"), [("1000", 1000), ("1k", 1000), ("1.5kb", 1536), ("2 GB", 2 << 30)])
def test_an_amount_of_memory_is_read_as_the_servers_read_theirs(text: str, expected: int) -> None:
    assert memory_size(text, least=1000) == expected


@pytest.mark.parametrize("text", ["", "1x", "99999999999gb", "9" * 400])
def test_what_is_no_amount_of_memory_is_refused(shell: Shell, counter: str, text: str) -> None:
    status, _, err = shell("run", counter, "k", ",", "--lua-memory", text)
    assert status == 2
    assert "is no amount of memory" in err


@pytest.mark.parametrize("late", ["--url", "--db", "--json", "-n", "--url=redis://h"])
def test_an_option_behind_the_command_is_not_sent_as_its_argument(shell: Shell, late: str) -> None:
    status, out, err = shell("exec", "DEL", "k", late, "x")
    assert (status, out) == (2, "")
    assert err == (
        f"redis-tui: {late} stands behind the command, to which it would go as an argument. "
        f"Put it before: redis-tui exec {late} … DEL …; or write -- before the command.\n"
    )


def test_two_dashes_send_what_looks_like_an_option(shell: Shell) -> None:
    assert shell("exec", "--raw", "--", "ECHO", "--url") == (0, "--url\n", "")


def test_exec_works_in_the_database_that_is_named(shell: Shell) -> None:
    status, out, err = shell("exec", "-n", "3", "CLIENT", "INFO")
    assert (status, err) == (0, "")
    assert " db=3 " in out
    status, out, err = shell("exec", "--db", "99", "PING")
    assert (status, out, err) == (2, "", "redis-tui: Database 99: ERR DB index is out of range.\n")


def test_a_prompt_without_a_terminal_takes_url_and_database_as_exec_does(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"CLIENT INFO\n")))
    status, out, err = shell("repl", "--url", "memory://", "-n", "3")
    assert (status, err) == (0, "")
    assert " db=3 " in out
    assert shell("repl", "-u", "redis://:secret@h", "memory://")[::2] == (
        2,
        "redis-tui: Which server? memory:// and redis://:***@h are named. Name one.\n",
    )


def test_a_mistyped_option_of_run_is_no_key_of_the_script(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "echo.lua"
    path.write_text("return {KEYS[1], ARGV[1]}")
    status, out, err = shell("run", str(path), "--chnages", "k")
    assert (status, out) == (2, "")
    assert err == (
        "redis-tui: --chnages is no option of run. Is --changes meant? Write -- before it if it is an argument.\n"
    )
    assert shell("run", str(path), "k", ",", "--", "--chnages")[:2] == (0, "k\n--chnages\n")
    assert shell("run", str(path), "k", ",", "--colour")[:2] == (0, "k\n--colour\n")


@pytest.mark.parametrize("url", ["redis://h/abc", "h:1/c.lua", "valkeys://u:p@h/1/2"])
def test_what_is_no_number_of_a_database_is_not_taken_for_the_first(shell: Shell, url: str) -> None:
    status, _, err = shell("exec", "--url", url, "SET", "k", "v")
    assert status == 2
    assert " is no database. Write its number: " in err


def test_an_option_that_exec_has_not_is_no_command(shell: Shell) -> None:
    status, out, err = shell("exec", "--jsn", "GET", "k")
    assert (status, out) == (2, "")
    assert (
        err
        == "redis-tui: --jsn is no option of exec. redis-tui exec --help lists them; -- sends what looks like one.\n"
    )
    assert shell("exec", "ECHO", "-1") == (0, "-1\n", "")


@pytest.mark.parametrize("command", ["exec", "repl", "run"])
def test_an_option_of_redis_cli_says_what_to_write(shell: Shell, command: str) -> None:
    status, _, err = shell(command, "-p", "6379", "PING")
    assert status == 2
    assert err.startswith("redis-tui: -p is an option of redis-cli. Name the server as --url redis://")


def test_a_comma_within_a_word_is_told(shell: Shell, tmp_path: Path) -> None:
    script = tmp_path / "s.lua"
    script.write_text("return #KEYS")
    status, out, err = shell("run", str(script), "a", "b,tok", "10", "--raw")
    assert (status, out) == (0, "3\n")
    assert err == "redis-tui: b,tok is one key: only a comma that stands alone ends the keys.\n"


def test_exec_takes_its_last_argument_from_standard_input(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "redis_tui", "exec", "-x", "ECHO"], input=b"a b\n\xff", capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, b"a b\n\xff\n")


def test_exec_says_where_what_redis_cli_has_is(shell: Shell) -> None:
    status, _, err = shell("exec", "--bigkeys")
    assert (status, err.endswith("with a dot: redis-tui repl URL, then .bigkeys.\n")) == (2, True)
    assert shell("exec", "-x") == (
        2,
        "",
        "redis-tui: -x takes the last argument from standard input; the command is missing. Write it.\n",
    )
