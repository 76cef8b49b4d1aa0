"""Presets in a file beside the script: read and written by people and by the program, and tried."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from redis_tui.cli import run_cli
from redis_tui.errors import SettingsError, UsageError
from redis_tui.presets import Preset, presets_beside, read_presets, write_presets
from redis_tui.workspace import Workspace

BY_HAND = r"""# why these: see the ticket
[[preset]]
name = 'first'   # the usual one
keys = 'counter "a b"'

[[preset]]
name = 'bytes'
keys = 'k'
args = '"\x00\xff" plain'
limit = '2s'
reply = '(integer) 1'
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    path = tmp_path / "counter.presets.toml"
    path.write_text(BY_HAND)
    return path


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "data", tmp_path / "state")


def test_a_file_that_somebody_wrote_is_read(place: Path) -> None:
    assert read_presets(place) == (
        Preset("first", (b"counter", b"a b")),
        Preset("bytes", (b"k",), (b"\x00\xff", b"plain"), "2s", "(integer) 1"),
    )


def test_it_stands_beside_the_script() -> None:
    assert presets_beside(Path("lua/counter.lua")) == Path("lua/counter.presets.toml")


def test_comments_and_order_stay_where_something_is_added_changed_renamed_and_taken_away(place: Path) -> None:
    first, other = read_presets(place)
    write_presets(place, (first, other, Preset("third", (b"\x01'",))), script="counter.lua")
    added = '\n[[preset]]\nname = \'third\'\nkeys = "\\"\\\\x01\'\\""\n'
    assert place.read_text() == BY_HAND + added
    write_presets(place, (Preset("one", first.keys, (b"7",)),), script="counter.lua", renamed=("first", "one"))
    text = place.read_text()
    assert text.startswith("# why these: see the ticket\n[[preset]]\nname = 'one'   # the usual one\n")
    assert read_presets(place) == (Preset("one", first.keys, (b"7",)),)
    write_presets(place, (), script="counter.lua")
    assert not place.exists()


@pytest.mark.parametrize(
    "preset",
    [
        Preset("quotes", (b"it's", b'a"b', b"\\"), (b"", b"\xe9\x00\n")),
        Preset("long", reply="1) (integer) 1\n2) 'x'"),
        Preset("end", reply="it's\n'"),
        Preset("three", reply="'''\n\x1b"),
        Preset("nothing", reply=""),
    ],
)
def test_any_bytes_come_back(tmp_path: Path, preset: Preset) -> None:
    write_presets(tmp_path / "a.presets.toml", (preset,), script="a.lua")
    assert read_presets(tmp_path / "a.presets.toml") == (preset,)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[preset]\n", ":1: is not TOML"),
        ("[[preset]]\nname = 'a'\n\n[[preset]]\nkeys = 'a'\n", ":4: name is missing"),
        ("[[preset]]\nname = 'a'\nkeys = '\"a'\n", ":3: keys leaves a quote open"),
        ("[[preset]]\nname = 'a'\nlimit = 'soon'\n", ":3: limit is no time"),
        ("[[preset]]\nname = 'a'\nargs = 5\n", ":3: args is not a text"),
        ("[[preset]]\nname = 'a'\nkey = 'b'\n", ":3: key is not known"),
        ("[[preset]]\nname = 'a'\n[[preset]]\nname = 'a'\n", ":4: name 'a' is there twice"),
        ("name = 'a'\n", "holds more than presets"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_never_written_over(
    workspace: Workspace, tmp_path: Path, text: str, told: str
) -> None:
    script, place = tmp_path / "a.lua", tmp_path / "a.presets.toml"
    script.write_text("return 1")
    place.write_text(text)
    buffer = workspace.open(script)
    assert told in buffer.presets_problem
    with pytest.raises(SettingsError):
        workspace.keep_preset(buffer, Preset("new"))
    assert place.read_text() == text


def test_what_is_kept_goes_behind_the_others_and_takes_the_place_of_its_name(
    workspace: Workspace, tmp_path: Path
) -> None:
    script = tmp_path / "a.lua"
    script.write_text("return 1")
    buffer = workspace.open(script)
    for preset in (Preset("one", (b"1",)), Preset("two"), Preset("one", (b"3",))):
        buffer = workspace.keep_preset(buffer, preset)
    assert [(preset.name, preset.keys) for preset in read_presets(presets_beside(script))] == [
        ("one", (b"3",)),
        ("two", ()),
    ]
    with pytest.raises(UsageError, match="named two already"):
        workspace.rename_preset(buffer, "one", "two")
    buffer = workspace.rename_preset(buffer, "one", "first")
    assert buffer.preset == "first"
    assert [preset.name for preset in workspace.delete_preset(buffer, "two").presets] == ["first"]


def test_presets_of_an_example_are_kept_in_the_data_folder(workspace: Workspace, tmp_path: Path) -> None:
    buffer = workspace.open_example("counter")
    workspace.keep_preset(buffer, Preset("mine", (b"k",)))
    assert (tmp_path / "data" / "presets" / "counter.presets.toml").exists()
    assert workspace.open_example("counter").presets[-1] == Preset("mine", (b"k",))


def test_presets_follow_a_script_to_its_file(workspace: Workspace, tmp_path: Path) -> None:
    buffer = workspace.keep_preset(workspace.new(1), Preset("mine", (b"k",)))
    workspace.save(buffer, tmp_path / "new.lua")
    assert read_presets(tmp_path / "new.presets.toml") == (Preset("mine", (b"k",)),)


def test_presets_of_before_are_found_and_move_when_one_is_written(workspace: Workspace, tmp_path: Path) -> None:
    script, old = tmp_path / "a.lua", tmp_path / "data" / "presets.json"
    script.write_text("return 1")
    old.parent.mkdir()
    old.write_text(json.dumps({str(script): [{"name": "old", "keys": "k", "args": "1", "limit": ""}], "/b.lua": []}))
    buffer = workspace.open(script)
    assert (buffer.preset, buffer.keys_text) == ("old", "k")
    workspace.keep_preset(buffer, Preset("new"))
    assert [preset.name for preset in read_presets(presets_beside(script))] == ["old", "new"]
    assert json.loads(old.read_text()) == {"/b.lua": []}


def test_a_key_that_is_not_known_is_told_whatever_its_signs(tmp_path: Path) -> None:
    path = tmp_path / "s.presets.toml"
    path.write_text("[[preset]]\nname = 'a'\n'a(' = 'x'\n")
    with pytest.raises(SettingsError, match=r"a\( is not known"):
        read_presets(path)


def test_presets_on_one_line_become_tables_when_one_is_added(tmp_path: Path) -> None:
    path = tmp_path / "s.presets.toml"
    path.write_text("# mine\npreset = [{name = 'a', keys = 'k'}]\n")
    presets = (*read_presets(path), Preset("b", (b"l",)))
    write_presets(path, presets, script="s.lua")
    assert read_presets(path) == presets
    assert path.read_text().startswith("# mine\n")


# ── the command line ─────────────────────────────────────────────────────────


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REDIS_TUI_HOME", str(tmp_path / "home"))
    path = tmp_path / "add.lua"
    path.write_text("return redis.call('incrby', KEYS[1], ARGV[1])")
    presets_beside(path).write_text(
        "[[preset]]\nname = 'one'\nkeys = 'n'\nargs = '1'\nreply = '(integer) 1'\n\n"
        "[[preset]]\nname = 'two'\nkeys = 'n'\nargs = '2'\n"
    )
    return path


def test_a_preset_gives_a_run_its_keys_and_arguments(script: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run_cli(["run", str(script), "--preset", "two", "--no-raw"]) == 0
    assert capsysbinary.readouterr().out == b"(integer) 2\n"
    assert run_cli(["run", str(script), "--preset", "three"]) == 2
    assert b"no preset named 'three'" in capsysbinary.readouterr().err
    assert run_cli(["run", str(script), "--preset", "two", "key"]) == 2


def test_all_presets_begin_alike_and_a_reply_that_nobody_expects_ends_with_1(
    script: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run_cli(["run", str(script), "--all-presets"]) == 0
    out = capsysbinary.readouterr().out.decode().splitlines()
    assert [line.split()[:4] for line in out[1:3]] == [
        ["✓", "one", "(integer)", "1"],
        ["two", "(integer)", "2", *out[2].split()[3:4]],
    ]
    assert out[-1] == " 1 as expected · 1 without an expected reply"
    assert [line.split()[-2:] for line in out[1:3]] == [["1", "key"], ["1", "key"]]
    text = presets_beside(script).read_text()
    presets_beside(script).write_text(text.replace("(integer) 1", "(integer) 9"))
    assert run_cli(["run", str(script), "--all-presets"]) == 1
    out = capsysbinary.readouterr().out.decode().splitlines()
    assert [line.strip() for line in out[2:4]] == ["- expected (integer) 9", "+ is       (integer) 1"]
    assert out[-1] == " 1 not as expected · 1 without an expected reply"
    assert run_cli(["run", str(script), "--all-presets", "--json"]) == 1
    found = json.loads(capsysbinary.readouterr().out)
    assert found["passed"] is False
    assert [(one["preset"], one["passed"], one["reply"]) for one in found["presets"]] == [
        ("one", False, "(integer) 1"),
        ("two", None, "(integer) 2"),
    ]


def test_all_presets_of_a_function_have_its_library(
    tmp_path: Path, script: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    library = tmp_path / "l.lua"
    library.write_text("#!lua name=l\nredis.register_function('f', function(keys) return keys[1] end)")
    presets_beside(library).write_text("[[preset]]\nname = 'one'\nkeys = 'k'\nreply = '\"k\"'\n")
    assert run_cli(["run", str(library), "--fcall", "f", "--all-presets"]) == 0
    assert b"1 as expected" in capsysbinary.readouterr().out


def test_an_example_has_presets_as_well(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run_cli(["run", "--example", "counter", "--preset", "count", "--no-raw"]) == 0
    assert capsysbinary.readouterr().out == b"(integer) 1\n"
