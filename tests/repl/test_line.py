from __future__ import annotations

from typing import TYPE_CHECKING

from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from redis_tui.render.spans import Span, plain
from redis_tui.repl import line
from redis_tui.repl.line import CommandCompleter, CommandLexer, folded, open_history

if TYPE_CHECKING:
    from pathlib import Path

    from redis_tui.repl.shell import Shell


def hint(shell: Shell, text: str, cursor: int) -> str:
    return plain([line.hint(shell, text, cursor)])


def completions(shell: Shell, text: str) -> list[str]:
    return [found.text for found in CommandCompleter(shell).get_completions(Document(text), CompleteEvent())]


def test_commands_and_seen_keys_are_completed(shell: Shell) -> None:
    assert completions(shell, "ge") == ["get"]
    shell.note_keys([b"user:1", b"other"])
    assert completions(shell, "GET us") == ["user:1"]


def test_dot_commands_their_files_and_words_are_completed(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "a.lua").write_text("return 1")
    assert completions(shell, ".scr") == [".scripts"]
    assert completions(shell, f".run {tmp_path}/a") == [".lua"]
    assert completions(shell, f".repeat 5 {tmp_path}/a") == [".lua"]
    assert completions(shell, f".repeat 5 --dry {tmp_path}/a") == [".lua"]
    assert completions(shell, f".repeat {tmp_path}/a") == []
    assert completions(shell, ".output j") == ["json"]
    assert "dark" in completions(shell, ".theme ")


def test_without_a_catalog_nothing_is_completed_and_nothing_fails(shell: Shell) -> None:
    shell.catalog = None
    assert completions(shell, "ge") == []
    assert hint(shell, "GET ", 4) == ""


def test_a_password_is_hidden_while_it_is_typed() -> None:
    typed = "AUTH ann hunter2"
    assert "".join(text for _, text, *_ in CommandLexer().lex_document(Document(typed))(0)) == "AUTH ann •••••••"


def test_a_long_hint_is_folded_at_spaces_and_says_where_it_is_cut() -> None:
    text = [Span("SET key value "), Span("[NX | XX] [GET] [EX seconds]", "hint")]
    assert plain(folded(text, 80)) == "SET key value [NX | XX] [GET] [EX seconds]"
    assert plain(folded(text, 20)).split("\n") == ["SET key value [NX | ", "XX] [GET] [EX ", "seconds]"]
    assert plain(folded(text, 12)).split("\n") == ["SET key ", "value [NX | ", "XX] [GET] …"]
    assert folded([], 80) == [[]]


def test_the_hint_tells_what_is_still_to_be_typed(shell: Shell) -> None:
    assert hint(shell, "GET ", 4).startswith("GET key · since")
    assert hint(shell, ".run x", 6) == (
        ".run [--fcall NAME] FILE [key ...] [, arg ...] · run a Lua file, or a function of a library"
    )
    assert ".help" in hint(shell, "", 0)
    assert hint(shell, ".zzz", 4) == "Type .help for the dot commands."


def test_the_line_is_coloured_by_classes_of_the_theme() -> None:
    fragments = CommandLexer().lex_document(Document("GET 1"))(0)
    assert fragments == [("class:tui-command-name", "GET"), ("class:tui-text", " "), ("class:tui-command-number", "1")]


def test_what_a_server_will_refuse_is_marked_and_told(shell: Shell) -> None:
    fragments = CommandLexer(shell).lex_document(Document("GET a\nb"))(1)
    assert fragments == [("class:tui-fault", "b")]
    assert hint(shell, "GTE a", 5) == "⚠ GTE is no command of this server"
    assert hint(shell, "GET a b | sort", 14) == "the reply goes to: sort"


def test_the_history_keeps_no_secret_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "state" / "history"
    history = open_history(path)
    for typed in ("GET a", "AUTH hunter2", ".connect redis://u:hunter2@h"):
        history.append_string(typed)
    text = path.read_text()
    assert "hunter2" not in text
    assert history.get_strings() == ["GET a", "AUTH ***", ".connect redis://u:***@h"]
    assert list(open_history(path).load_history_strings()) == [".connect redis://u:***@h", "AUTH ***", "GET a"]
    assert path.stat().st_mode & 0o077 == 0


def test_a_command_behind_a_dot_command_is_completed_and_explained_as_one(shell: Shell) -> None:
    assert completions(shell, ".every 2s ge") == ["get"]
    assert completions(shell, ".page ge") == ["get"]
    assert hint(shell, ".every 2s GET ", 14) == hint(shell, "GET ", 4) != ""
    assert hint(shell, ".every 2s", 9).startswith(".every TIME COMMAND")
    assert completions(shell, ".every g") == []
