"""Buffers, presets, recent files, unsaved text, and the examples."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from redis_tui.arguments import format_arguments, key_use, parse_arguments
from redis_tui.errors import FileError, UsageError
from redis_tui.presets import Preset
from redis_tui.workspace import Buffer, Workspace, list_examples, load_example

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "data", tmp_path / "state")


def test_the_examples_come_in_the_order_of_their_lesson() -> None:
    assert [example.name for example in list_examples()] == [
        "counter",
        "push_if_exists",
        "delete_if_equal",
        "rate_limit",
        "token_bucket",
        "lock",
        "aggregate",
        "move_between_lists",
    ]


def test_an_example_brings_keys_arguments_and_set_up() -> None:
    example = load_example("delete-if-equal.lua")
    assert (example.keys, example.args) == ((b"mykey",), (b"some_value",))
    assert example.setup == ((b"SET", b"mykey", b"some_value"),)


def test_every_example_tells_its_use_and_reads_no_more_than_its_presets_give() -> None:
    for example in list_examples():
        text = example.source.decode()
        assert text.startswith("-- "), example.name
        for preset in example.presets:
            assert key_use(text).keys <= len(preset.keys), (example.name, preset.name)


def test_an_unknown_example_names_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"no example named 'cuonter'.*counter"):
        load_example("cuonter")


def test_an_example_name_cannot_leave_the_folder() -> None:
    with pytest.raises(UsageError):
        load_example("../workspace")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", ()),
        ("a b", (b"a", b"b")),
        ('"a b" c', (b"a b", b"c")),
        (r'"\x00\xff"', (b"\x00\xff",)),
        ("'it\\'s'", (b"it's",)),
        ("ключ", ("ключ".encode(),)),
    ],
)
def test_arguments_are_quoted_as_in_redis_cli(text: str, values: tuple[bytes, ...]) -> None:
    assert parse_arguments(text) == values
    assert parse_arguments(format_arguments(values)) == values


def test_readable_text_stays_readable_in_a_field() -> None:
    assert format_arguments([b"user:1", "ключ".encode(), b"", b"a b"]) == 'user:1 ключ "" "a b"'


def test_an_open_quote_is_told() -> None:
    with pytest.raises(UsageError, match="A quote is left open"):
        parse_arguments('"a')


@pytest.mark.parametrize(
    ("text", "keys", "args", "open_ended"),
    [
        ("return KEYS[2] .. ARGV[ 1 ]", 2, 1, False),
        ("for i=1,#KEYS do x(KEYS[i]) end", 0, 0, True),
        ("-- KEYS[9]\nreturn 1", 0, 0, False),
        ("return unpack(ARGV)", 0, 0, True),
    ],
)
def test_which_keys_a_script_reads_is_found(text: str, keys: int, args: int, open_ended: bool) -> None:
    use = key_use(text)
    assert (use.keys, use.args, use.open_ended) == (keys, args, open_ended)


def test_a_file_that_is_not_utf_8_is_saved_as_it_was(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "old.lua"
    path.write_bytes(b"return '\xe9'")
    buffer = workspace.open(path)
    assert buffer.source == b"return '\xe9'"
    workspace.save(buffer)
    assert path.read_bytes() == b"return '\xe9'"


def test_a_missing_file_is_told_in_a_sentence(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"Cannot read .*nowhere.lua: No such file"):
        workspace.open(tmp_path / "nowhere.lua")


def test_saving_into_a_missing_folder_and_a_file_in_the_way_are_told(workspace: Workspace, tmp_path: Path) -> None:
    buffer = replace(workspace.new(1), text="return 1")
    with pytest.raises(FileError, match="There is no folder"):
        workspace.save(buffer, tmp_path / "new" / "a.lua")
    assert not (tmp_path / "new").exists()
    saved = workspace.save(buffer, tmp_path / "a.lua")
    assert (tmp_path / "a.lua").read_text() == "return 1"
    assert not saved.dirty
    with pytest.raises(FileError, match="There is no folder"):
        workspace.save(saved, tmp_path / "a.lua" / "b.lua")


def test_unsaved_text_comes_back_after_a_crash(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "a.lua"
    path.write_text("return 1")
    buffer = replace(workspace.open(path), text="return 2", keys_text="k1")
    workspace.autosave(buffer)
    (again,) = Workspace(tmp_path / "data", tmp_path / "state").recover()
    assert (again.text, again.saved_text, again.keys_text) == ("return 2", "return 1", "k1")
    assert again.recovered
    assert again.dirty


def test_unsaved_text_of_a_workbench_that_still_runs_stays_its_own(workspace: Workspace, tmp_path: Path) -> None:
    program = (
        "import pathlib, sys, time; from redis_tui.workspace import Buffer, Workspace;"
        "w = Workspace(*map(pathlib.Path, sys.argv[1:]));"
        "w.autosave(Buffer(name='a', text='return 2')); print('kept', flush=True); sys.stdin.read()"
    )
    argv = [sys.executable, "-c", program, str(tmp_path / "data"), str(tmp_path / "state")]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"kept\n"
        assert workspace.recover() == []
        workspace.autosave(Buffer(name="a", text="return 3"))
        other.kill()
    assert sorted(buffer.text for buffer in workspace.recover()) == ["return 2", "return 3"]


def test_saved_text_is_not_kept(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "a.lua"
    path.write_text("return 1")
    buffer = replace(workspace.open(path), text="return 2")
    workspace.autosave(buffer)
    workspace.save(buffer)
    assert workspace.recover() == []


def test_a_broken_record_of_unsaved_text_is_passed_over(workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "state" / "unsaved"
    folder.mkdir(parents=True)
    (folder / "x.json").write_text("{")
    assert workspace.recover() == []


def test_presets_of_a_file_are_kept_in_their_order(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "a.lua"
    path.write_text("return 1")
    buffer = workspace.open(path)
    buffer = workspace.keep_preset(buffer, Preset("one", (b"k 1",), ()))
    workspace.keep_preset(buffer, Preset("two", (b"k2",), (b"\x00",), limit="2s"))
    opened = workspace.open(path)
    assert [preset.name for preset in opened.presets] == ["one", "two"]
    assert (opened.preset, opened.keys_text) == ("one", '"k 1"')
    assert (opened.presets[1].args, opened.presets[1].limit) == ((b"\x00",), "2s")


def test_recent_files_come_last_first_and_lost_ones_are_left_out(workspace: Workspace, tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        path = tmp_path / f"{name}.lua"
        path.write_text("return 1")
        workspace.open(path)
    (tmp_path / "b.lua").unlink()
    assert [path.name for path in workspace.recent()] == ["c.lua", "a.lua"]


def test_an_argument_with_a_default_is_not_missed() -> None:
    assert key_use("local n = tonumber(ARGV[3]) or 5; local m = ARGV[2] or 1; return ARGV[1]").args == 1


def test_a_latin_1_buffer_takes_any_character() -> None:
    assert Buffer("price", text="return '5 \u20ac'", encoding="latin-1").source == "return '5 \u20ac'".encode()


def test_a_script_stays_where_its_presets_cannot_go_along(workspace: Workspace, tmp_path: Path) -> None:
    script = tmp_path / "a.lua"
    script.write_text("return 1")
    (tmp_path / "a.presets.toml").write_text("[[preset]]\nname = 'one'\n")
    (tmp_path / "b.presets.toml").mkdir()
    with pytest.raises(FileError, match=r"Cannot rename a\.lua"):
        workspace.rename(workspace.open(script), tmp_path / "b.lua")
    assert (script.read_text(), (tmp_path / "b.lua").exists()) == ("return 1", False)
