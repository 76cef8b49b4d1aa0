"""The keys of vi as transcripts: a text with the cursor at ``|``, what is typed, the text it becomes."""

from __future__ import annotations

import re

import pytest

from redis_tui.tui.vi.machine import Machine
from redis_tui.tui.vi.motion import Memory, Place
from redis_tui.tui.vi.step import Mode, Seen

_NAMES = {"esc": "escape", "cr": "enter", "bs": "backspace"}


class Screen:
    """An editor of a few lines, that types as a plain one does."""

    def __init__(self, text: str) -> None:
        before = text.partition("|")[0]
        self.lines = text.replace("|", "", 1).split("\n")
        self.cursor: Place = (before.count("\n"), len(before.rpartition("\n")[2]))
        self.machine = Machine(Memory(), lambda line: re.match(" *", line).group())  # type: ignore[union-attr]  # it matches
        self.wishes: list[tuple[str, str]] = []

    def type(self, keys: str) -> Screen:
        for found in re.finditer(r"<(esc|cr|bs|c-\w)>|(.)", keys, re.DOTALL):
            name = found[1] or ""
            self._press(found[2] or _NAMES.get(name) or f"ctrl+{name[2:]}")
        return self

    def _press(self, key: str) -> None:
        step = self.machine.press(key, Seen(self.lines, self.cursor, top=0, height=10))
        if step is None:
            self._replace(self.cursor, self.cursor, "\n" if key == "enter" else key)
            return
        for change in step.changes:
            self._replace(change.start, change.end, change.text)
        if step.cursor is not None:
            row = max(0, min(step.cursor[0], len(self.lines) - 1))
            self.cursor = (row, min(step.cursor[1], len(self.lines[row])))
        if self.machine.mode is Mode.NORMAL:
            row, column = self.cursor
            self.cursor = (row, max(0, min(column, len(self.lines[row]) - 1)))
        self.wishes += step.wishes

    def _replace(self, start: Place, end: Place, text: str) -> None:
        before, behind = self.lines[start[0]][: start[1]], self.lines[end[0]][end[1] :]
        new = (before + text + behind).split("\n")
        self.lines[start[0] : end[0] + 1] = new
        row = start[0] + text.count("\n")
        self.cursor = (row, len(new[-1]) - len(behind))

    @property
    def text(self) -> str:
        row, column = self.cursor
        lines = list(self.lines)
        lines[row] = lines[row][:column] + "|" + lines[row][column:]
        return "\n".join(lines)


@pytest.mark.parametrize(
    ("before", "keys", "after"),
    [
        ("|one two", "l", "o|ne two"),
        ("|one two", "3l", "one| two"),
        ("|one", "9l", "on|e"),
        ("one t|wo", "h", "one |two"),
        ("on|e\n\nthree", "jj", "one\n\nth|ree"),
        ("one|1\nx\nthree", "$jj", "one1\nx\nthre|e"),
        ("|foo(bar) baz", "w", "foo|(bar) baz"),
        ("|foo(bar) baz", "W", "foo(bar) |baz"),
        ("|one\n\ntwo", "w", "one\n|\ntwo"),
        ("|one\n\ntwo", "3w", "one\n\ntw|o"),
        ("|foo(bar) baz", "e", "fo|o(bar) baz"),
        ("fo|o bar", "e", "foo ba|r"),
        ("foo bar|", "b", "foo |bar"),
        ("a.b |c", "B", "|a.b c"),
        ("  one |two", "0", "|  one two"),
        ("  one |two", "^", "  |one two"),
        ("|a\nb\nc", "G", "a\nb\n|c"),
        ("a\nb\n|c", "gg", "|a\nb\nc"),
        ("|a\nb\nc", "2G", "a\n|b\nc"),
        ("|a\nb\nc", "50%", "a\n|b\nc"),
        ("|a,b,c", "f,", "a|,b,c"),
        ("|a,b,c", "2f,", "a,b|,c"),
        ("|a,b,c", "t,;", "a,|b,c"),
        ("|a,b,c", "f,;,", "a|,b,c"),
        ("a,b,|c", "F,", "a,b|,c"),
        ("a,b,|c", "2T,", "a,|b,c"),
        ("|f(a, {b})", "%", "f(a, {b}|)"),
        ("f(a, {b}|)", "%", "f|(a, {b})"),
        ("a\n|b\n\nc\n\nd", "}", "a\nb\n|\nc\n\nd"),
        ("a\nb\n\nc\n\n|d", "2{", "a\nb\n|\nc\n\nd"),
        ("a\n|b\nc", "H", "|a\nb\nc"),
        ("|a\nb\nc", "L", "a\nb\n|c"),
        ("|a\nb\nc", "M", "a\n|b\nc"),
        ("|one\ntwo\none", "*", "one\ntwo\n|one"),
        ("|one two one two", "/two<cr>", "one |two one two"),
        ("|one two one two", "/two<cr>n", "one two one |two"),
        ("|one two one two", "/two<cr>N", "one two one |two"),
        ("one two one |x", "?two<cr>", "one |two one x"),
        ("|One one", "/One<cr>", "|One one"),
        ("|a1 b22", r"/\d+<cr>", "a|1 b22"),
        ("|a (b", "/(b<cr>", "a |(b"),
        ("|a b", "/x<bs>b<cr>", "a |b"),
        ("|a b", "/x<bs><bs>w", "a |b"),
    ],
)
def test_motions(before: str, keys: str, after: str) -> None:
    assert Screen(before).type(keys).text == after


@pytest.mark.parametrize(
    ("before", "keys", "after"),
    [
        ("|one two three", "dw", "|two three"),
        ("|one two three", "d2w", "|three"),
        ("|one two three", "2dw", "|three"),
        ("one |two\nthree", "dw", "one| \nthree"),
        ("on|e two", "cwX<esc>", "on|X two"),
        ("|one two", "cwX<esc>", "|X two"),
        ("one| two", "cwX<esc>", "one|Xtwo"),
        ("one |two three", "d$", "one| "),
        ("one |two three", "D", "one| "),
        ("one |two", "CX<esc>", "one |X"),
        ("one two|", "db", "one |o"),
        ("a\n|b\nc", "dd", "a\n|c"),
        ("a\nb\n|c", "dd", "a\n|b"),
        ("|a", "dd", "|"),
        ("|a\nb\nc", "2dd", "|c"),
        ("a\n|b\nc", "dG", "|a"),
        ("a\n|b\nc\nd", "dj", "a\n|d"),
        ("a\nb\n|c", "dk", "|a"),
        ("a\nb\n|c", "dj", "a\nb\n|c"),
        ("  |one\nb", "ccX<esc>", "  |X\nb"),
        ("|one\ntwo", "SX<esc>", "|X\ntwo"),
        ("o|ne", "x", "o|e"),
        ("on|e", "x", "o|n"),
        ("o|ne", "X", "|ne"),
        ("|one", "2sX<esc>", "|Xe"),
        ("|one", "rX", "|Xne"),
        ("|one", "2rX", "X|Xe"),
        ("|one", "9rX", "|one"),
        ("a|b", "r<cr>", "a\n|"),
        ("|one", "RXY<esc>", "X|Ye"),
        ("|one\n  two\nthree", "J", "one| two\nthree"),
        ("|one\n  two\nthree", "3J", "one two| three"),
        ("|one\n  two", "gJ", "one|  two"),
        ("|aB", "~~", "A|b"),
        ("|one", "gUw", "|ONE"),
        ("oN|e", "guu", "on|e"),
        ("|a\nb", "2>>", "  |a\n  b"),
        ("    |a", "<<", "  |a"),
        ("|a\n\nb\n", ">G", "  |a\n\n  b\n"),
        ("|a,b,c", "dt,", "|,b,c"),
        ("|a,b,c", "df,", "|b,c"),
        ("a,b|,c", "dF,", "a|,c"),
        ("|f(a)", "d%", "|"),
        ("|f(a) x", "d%", "| x"),
        ("|one two", "d/two<cr>", "|two"),
        ("|a\nb\n\nc", "d}", "|\nc"),
        ("|x y", "dfz", "|x y"),
    ],
)
def test_changes(before: str, keys: str, after: str) -> None:
    assert Screen(before).type(keys).text == after


@pytest.mark.parametrize(
    ("before", "keys", "after"),
    [
        ("one t|wo three", "diw", "one | three"),
        ("one t|wo three", "daw", "one |three"),
        ("one tw|o", "daw", "on|e"),
        ("a.|b c", "diW", "| c"),
        ("f('a|b')", "di'", "f('|')"),
        ("f('a|b', 1)", "da'", "f(|, 1)"),
        ('|f("a b")', 'ci"X<esc>', 'f("|X")'),
        ("f(a, |b)", "di(", "f(|)"),
        ("f(a, g(|b))", "dib", "f(a, g(|))"),
        ("f(a, g(b)|)", "di(", "f(|)"),
        ("f(a, |b) x", "da(", "f| x"),
        ("t = {\n  |a,\n  b,\n}", "di{", "t = {\n|}"),
        ("t[|a]", "ci]b<esc>", "t[|b]"),
        ("a\n\n|b\nc\n\nd", "dip", "a\n\n|\nd"),
        ("a\n\n|b\nc\n\nd", "dap", "a\n\n|d"),
        ("|x", "di(", "|x"),
    ],
)
def test_text_objects(before: str, keys: str, after: str) -> None:
    assert Screen(before).type(keys).text == after


@pytest.mark.parametrize(
    ("before", "keys", "after"),
    [
        ("|one two", "ywP", "one| one two"),
        ("|a\nb", "yyp", "a\n|a\nb"),
        ("a\n|b", "yykP", "|b\na\nb"),
        ("|a\nb", "yy3p", "a\n|a\na\na\nb"),
        ("|ab", "xp", "b|a"),
        ("|one two", "dwp", "tone| wo"),
        ("|a b", 'yw"aywwD"ap', "a a| "),
        ("|a\nb\nc", "ddjp", "b\nc\n|a"),
        ("|one", "yiwA <esc>p", "one on|e"),
        ("|a", '"_yyp', "|a"),
        ("|a b", "yiwwviwp", "a |a"),
    ],
)
def test_registers(before: str, keys: str, after: str) -> None:
    assert Screen(before).type(keys).text == after


@pytest.mark.parametrize(
    ("before", "keys", "after"),
    [
        ("|b", "iA<esc>", "|Ab"),
        ("a|b", "aX<esc>", "ab|X"),
        ("  |ab", "IX<esc>", "  |Xab"),
        ("|ab", "AX<esc>", "ab|X"),
        ("  |a\nb", "oX<esc>", "  a\n  |X\nb"),
        ("  |a", "OX<esc>", "  |X\n  a"),
        ("  |a", "o<esc>", "  a\n|"),
        ("|b", "3iab<esc>", "ababa|bb"),
        ("|a", "2oX<esc>", "a\nX|X"),
    ],
)
def test_inserting(before: str, keys: str, after: str) -> None:
    assert Screen(before).type(keys).text == after


@pytest.mark.parametrize(
    ("before", "keys", "after"),
    [
        ("|a b c d", "dw.", "|c d"),
        ("|a b c d e", "dw2.", "|d e"),
        ("|one two one", "cwX<esc>w.", "X |X one"),
        ("|a\nb", "A;<esc>j.", "a;\nb|;"),
        ("|a\nb", "oX<esc>j.", "a\nX\nb\n|X"),
        ("|abcdef", "x..", "|def"),
        ("|a\nb\nc", ">>j.", "  a\n  |b\nc"),
        ("|a\nb\nc\nd", "Vjd.", "|"),
        ("|abcdef", "vld.", "|ef"),
        ("|ab cd", "rXw.", "Xb |Xd"),
        ("|a b", "i1<esc>u", "|1a b"),
        ("|a x a x", "fxcwY<esc>;.", "a Y a |Y"),
        ("|abc", "ylp.", "aa|abc"),
    ],
)
def test_the_last_change_is_made_again(before: str, keys: str, after: str) -> None:
    assert Screen(before).type(keys).text == after


@pytest.mark.parametrize(
    ("before", "keys", "after"),
    [
        ("|one two", "vey", "|one two"),
        ("|one two", "ved", "| two"),
        ("one tw|o", "vbd", "one| "),
        ("|one two", "vecX<esc>", "|X two"),
        ("|a\nb\nc", "Vjd", "|c"),
        ("|a\nb\nc", "VjJ", "a| b\nc"),
        ("|a\nb\nc", "Vj>", "  |a\n  b\nc"),
        ("|a\nb\nc", "Vj2>", "    |a\n    b\nc"),
        ("a|b", "vU", "a|B"),
        ("|one two", "vlrx", "|xxe two"),
        ("f(a|, b)", "vi(d", "f(|)"),
        ("one t|wo", "viwy0P", "tw|oone two"),
        ("|one two", "vlod", "|e two"),
        ("|one", "v<esc>x", "|ne"),
        ("|one two", "vl<esc>wgvd", "|e two"),
        ("|a\nb", "v$d", "|\nb"),
        ("|a\nb\nc", "Vj:s/^/x/<cr>", "xa\n|xb\nc"),
    ],
)
def test_visual_mode(before: str, keys: str, after: str) -> None:
    assert Screen(before).type(keys).text == after


@pytest.mark.parametrize(
    ("before", "keys", "after"),
    [
        ("|a\nb\nc", ":3<cr>", "a\nb\n|c"),
        ("|a\nb\nc", ":$<cr>", "a\nb\n|c"),
        ("|aa a", ":s/a/b/<cr>", "|ba a"),
        ("|aa a", ":s/a/b/g<cr>", "|bb b"),
        ("|a\na", ":%s/a/<&>/<cr>", "<a>\n|<a>"),
        ("|k1 k2", r":s/k(\d)/\1k/g<cr>", "|1k 2k"),
        ("|a/b", r":s/a\/b/c/<cr>", "|c"),
        ("|a\nb\nc\nd", ":2,3d<cr>", "a\n|d"),
        ("|a\nb\nc", ":.,$><cr>", "  a\n  b\n  |c"),
        ("|a,b", r":s/,/\n/<cr>", "a\n|b"),
    ],
)
def test_colon_commands(before: str, keys: str, after: str) -> None:
    assert Screen(before).type(keys).text == after


@pytest.mark.parametrize(
    ("keys", "wishes"),
    [
        (":w<cr>", [("save", "")]),
        (":w other.lua<cr>", [("save", "other.lua")]),
        (":wq<cr>", [("save_close", "")]),
        ("ZZ", [("save_close", "")]),
        (":q!<cr>", [("drop", "")]),
        (":e a b.lua<cr>", [("open", "a b.lua")]),
        ("3u", [("undo", "")] * 3),
        ("<c-r>", [("redo", "")]),
        ("zz", [("place", "center")]),
        ('"+yy', [("copy", "text\n")]),
        ("/nowhere<cr>", [("tell", "nowhere is not found.")]),
        (
            ":frob<cr>",
            [("tell", ":frob is not known here. :w :q :wq :e FILE :N :s/a/b/g :d :y :> :< are.")],
        ),
    ],
)
def test_what_only_the_workbench_can_do_is_passed_on(keys: str, wishes: list[tuple[str, str]]) -> None:
    assert Screen("|text").type(keys).wishes == wishes


def test_the_mode_and_what_is_half_typed_are_told() -> None:
    screen = Screen("|one two")
    machine = screen.machine
    seen = []
    for key in ("2", "d", "<esc>", "v", "<esc>", "i", "<esc>", ":", "w"):
        screen.type(key)
        seen.append((machine.mode.value, machine.typed, machine.is_asking))
    assert seen == [
        ("NORMAL", "2", False),
        ("NORMAL", "2d", False),
        ("NORMAL", "", False),
        ("VISUAL", "", False),
        ("NORMAL", "", False),
        ("INSERT", "", False),
        ("NORMAL", "", False),
        ("NORMAL", ":", True),
        ("NORMAL", ":w", True),
    ]


def test_keys_of_the_workbench_pass_through() -> None:
    machine = Machine(Memory(), lambda _line: "")
    assert machine.press("f5", Seen(["a"], (0, 0))) is None
    assert machine.press("ctrl+s", Seen(["a"], (0, 0))) is None
