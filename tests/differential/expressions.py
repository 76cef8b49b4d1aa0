"""Calls of the library functions that scripts have, made up: values, JSON texts, packed bytes, formats, patterns.

Each is one Lua expression, so that a difference is told, and made smaller, as what a person would type. It must not know a
server. The decision a reader would question: texts are right more often than not and then damaged in one place, for what is
made of plain chance dies at its first byte and tests the first byte only.
"""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

EDGES = (
    *("0", "1", "-1", "2", "7", "-32", "-33", "127", "128", "-128", "-129", "255", "256", "65535", "65536", "-32769"),
    *("2^31", "2^31-1", "-2^31", "2^32", "2^32-1", "2^52", "2^53", "2^53+2", "-2^53", "2^63", "-2^63", "2^64", "-2^64"),
    *(
        "0.1",
        "1.5",
        "-1.5",
        "2.5",
        "0.5",
        "-0.5",
        "1e15",
        "1e14",
        "1e100",
        "-1e300",
        "5e-324",
        "1/3",
        "1/0",
        "-1/0",
        "0/0",
    ),
)
numbers = st.one_of(
    st.sampled_from(EDGES),
    st.integers(-40, 300).map(str),
    st.integers(-(2**64), 2**64).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
)
raw = st.one_of(
    st.binary(max_size=8), st.text(max_size=6).map(str.encode), st.sampled_from([b"", b"a\0b", b"12", b" 0x1F"])
)


def quoted(text: bytes) -> str:
    """A Lua literal of bytes."""
    plain = set(range(32, 127)) - set(b'"\\')
    return '"' + "".join(chr(byte) if byte in plain else f"\\{byte:03d}" for byte in text) + '"'


strings = raw.map(quoted)
scalars = st.one_of(numbers, strings, st.sampled_from(["true", "false", "cjson.null"]))
odd = st.one_of(scalars, st.sampled_from(["nil", "{}", "print == nil", "pairs"]))
small = st.integers(-2, 12).map(str)
keys = st.one_of(st.integers(-1, 14).map(str), strings, st.sampled_from(["1.5", "2^31", "true", "1e15"]))


def tables(inner: st.SearchStrategy[str], *, ordered: bool) -> st.SearchStrategy[str]:
    """Constructors of tables: arrays, arrays with holes, and as many other keys as have one order everywhere."""
    entries = st.tuples(keys, inner).map(lambda pair: f"[{pair[0]}]={pair[1]}")
    lists = st.lists(st.one_of(inner, inner, st.just("nil")), max_size=6)
    records = st.lists(entries, max_size=6 if ordered else 1)
    mixed = st.tuples(lists, records).map(lambda both: both[0] + both[1])
    return st.one_of(lists, records, mixed if ordered else lists).map(lambda parts: "{" + ",".join(parts) + "}")


def values(*, ordered: bool) -> st.SearchStrategy[str]:
    """Values of any depth."""
    return st.recursive(scalars, lambda inner: tables(inner, ordered=ordered), max_leaves=8)


@st.composite
def damaged(draw: st.DrawFn, texts: st.SearchStrategy[bytes], pieces: tuple[bytes, ...]) -> bytes:
    """A text as it is, or with something taken out or put in."""
    text = draw(texts)
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(text)))
        taken = draw(st.integers(0, 2))
        text = text[:at] + draw(st.sampled_from((b"", *pieces))) + text[at + taken :]
    return text


_JSON_PIECES = tuple(
    piece.encode()
    for piece in (
        *(
            '"',
            "\\",
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            " ",
            "\n",
            "\0",
            "0",
            "1",
            "-",
            "+",
            ".",
            "e",
            "E5",
            "x",
            "0x1f",
            "1e400",
        ),
        *(
            "nan",
            "inf",
            "-Infinity",
            "null",
            "true",
            "fals",
            "\\u00e9",
            "\\ud83d\\ude00",
            "\\ud83d",
            "\\u12",
            "\\q",
            "é",
            "/",
        ),
    )
)
_json = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**18), 10**18),
        st.floats(allow_nan=True),
        st.text(max_size=5),
        st.sampled_from(["/", "\x7f", "\x1f", "é€😀", '"\\']),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=3), inner, max_size=4)),
    max_leaves=8,
)


def _json_text(told: tuple[Any, bool, int | None]) -> bytes:
    value, is_ascii, indent = told
    return json.dumps(value, ensure_ascii=is_ascii, indent=indent).encode("utf-8", "replace")


json_texts = damaged(st.tuples(_json, st.booleans(), st.sampled_from([None, None, 1])).map(_json_text), _JSON_PIECES)


def _head(code: int, width: int, count: int) -> bytes:
    return bytes([code]) + count.to_bytes(width, "big")


def _packed(inner: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    lists = st.lists(inner, max_size=4)
    pairs = st.lists(st.tuples(inner, inner).map(b"".join), max_size=3)
    heads = st.sampled_from([(0x90, 0), (0xDC, 2), (0xDD, 4)])
    map_heads = st.sampled_from([(0x80, 0), (0xDE, 2), (0xDF, 4)])
    return st.one_of(st.tuples(heads, lists).map(_held), st.tuples(map_heads, pairs).map(_held))


def _held(told: tuple[tuple[int, int], list[bytes]]) -> bytes:
    (code, width), items = told
    head = _head(code, width, len(items)) if width else bytes([code + len(items)])
    return head + b"".join(items)


_FIXED = {
    0xC0: 0,
    0xC2: 0,
    0xC3: 0,
    0xCA: 4,
    0xCB: 8,
    0xCC: 1,
    0xCD: 2,
    0xCE: 4,
    0xCF: 8,
    0xD0: 1,
    0xD1: 2,
    0xD2: 4,
    0xD3: 8,
}
_plain = st.one_of(
    st.integers(0, 0x7F).map(lambda code: bytes([code])),
    st.integers(0xE0, 0xFF).map(lambda code: bytes([code])),
    st.sampled_from(sorted(_FIXED)).flatmap(
        lambda code: st.binary(min_size=_FIXED[code], max_size=_FIXED[code]).map(lambda rest: bytes([code]) + rest)
    ),
    raw.map(lambda text: bytes([0xA0 + len(text)]) + text if len(text) < 32 else b"\xc0"),
    raw.map(lambda text: _head(0xD9, 1, len(text)) + text),
    raw.map(lambda text: _head(0xDA, 2, len(text)) + text),
    raw.map(lambda text: _head(0xDB, 4, len(text)) + text),
)
_PACKED_PIECES = (b"\xc1", b"\xc0", b"\xcb", b"\xdc", b"\x81", b"\x91", b"\xa3", b"\xff", b"\x00", b"\xd9\xff", b"\xc7")
packed = damaged(st.lists(st.recursive(_plain, _packed, max_leaves=6), max_size=3).map(b"".join), _PACKED_PIECES)

_widths = st.integers(0, 33).map(lambda width: str(width) if width else "")
_options = st.one_of(
    st.sampled_from(list("bBhHlLTfdxs")),
    st.tuples(st.sampled_from("iI"), _widths).map("".join),
    st.tuples(st.just("c"), st.integers(0, 9).map(str)).map("".join),
    st.sampled_from(["<", ">", "!", "!1", "!2", "!4", "!8", "!16", " ", "!3", "z", "c0", "bc0"]),
)


@st.composite
def _pack(draw: st.DrawFn) -> str:
    options = draw(st.lists(_options, max_size=6))
    arguments = [quoted("".join(options).encode())]
    for option in options:
        if option[0] in "cs" or option == "bc0":
            arguments.append(draw(strings))
        elif option[0] in "bBhHlLTfdiI":
            arguments.append(draw(numbers))
    if draw(st.integers(0, 9)) == 0:
        arguments.append(draw(odd))
    return f"struct.pack({','.join(arguments)})"


@st.composite
def _unpack(draw: st.DrawFn) -> str:
    options = "".join(draw(st.lists(_options, max_size=6)))
    data = draw(st.one_of(st.binary(max_size=40), st.binary(min_size=30, max_size=60), st.just(b"2\0abc")))
    start = draw(st.one_of(st.just(""), st.just(""), small.map(lambda at: f",{at}")))
    return f"struct.unpack({quoted(options.encode())},{quoted(data)}{start})"


@st.composite
def _format(draw: st.DrawFn) -> str:
    flags = "".join(draw(st.lists(st.sampled_from("-+ #0"), max_size=2)))
    width = draw(st.sampled_from(["", "", "5", "12", "1", "100"]))
    precision = draw(st.sampled_from(["", "", ".0", ".", ".3", ".17", ".50", ".100"]))
    kind = draw(st.sampled_from("dddiuoxXceEfgGqsss%ypaA"))
    return (
        f"string.format({quoted(f'<%{flags}{width}{precision}{kind}>'.encode())},{draw(st.one_of(scalars, numbers))})"
    )


_ITEMS = (
    "a",
    "b",
    ".",
    "%a",
    "%d",
    "%s",
    "%w",
    "%x",
    "%p",
    "%W",
    "%%",
    "[ab]",
    "[^a]",
    "[a-c%d]",
    "[]a]",
    "(",
    ")",
    "()",
    "^",
)
_ENDS = ("$", "%b()", "%f[%a]", "%1", "[", "%", "%z", "[^", "-", "*", "%b", "(a)", "(.)%1")
_patterns = st.tuples(
    st.lists(
        st.tuples(st.sampled_from(_ITEMS), st.sampled_from(["", "", "", "*", "+", "-", "?"])).map("".join),
        max_size=4,
    ).map("".join),
    st.sampled_from(["", "", *_ENDS]),
).map("".join)
_subjects = st.text(alphabet="ab1 ().%z\0é", max_size=10).map(str.encode).map(quoted)
_replacements = st.one_of(
    st.sampled_from(
        ['"x"', '"%0%0"', '"%1"', '"%2"', '"%"', '"%%"', "{a=1,b=false}", "function(c) return c..'!' end", "7"]
    ),
    odd,
)
_BITS = ("band", "bor", "bxor", "lshift", "rshift", "arshift", "rol", "ror", "bnot", "bswap", "tobit", "tohex")
_MATHS = ("floor", "ceil", "abs", "sqrt", "fmod", "modf", "max", "min", "frexp", "ldexp", "pow", "exp")
_numerals = damaged(numbers.map(str.encode), (b"0x", b" ", b"e", b".", b"-", b"f", b"z", b"p1", b"_", b"\0")).map(
    quoted
)


def _call(name: str, *arguments: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*arguments).map(lambda words: f"{name}({','.join(words)})")


def _some(names: tuple[str, ...], library: str, most: int) -> st.SearchStrategy[str]:
    return st.tuples(st.sampled_from(names), st.lists(st.one_of(numbers, numbers, strings), max_size=most)).map(
        lambda told: f"{library}.{told[0]}({','.join(told[1])})"
    )


def expressions(*, ordered: bool) -> dict[str, st.SearchStrategy[str]]:
    """Calls, by what they test.

    Args:
        ordered: whether the keys of a table come in the order that they have here.
    """
    value = values(ordered=ordered)
    lists = st.lists(st.one_of(numbers, small, strings), max_size=7).map(lambda items: "{" + ",".join(items) + "}")
    sortable = st.lists(small, max_size=12).map(lambda items: "{" + ",".join(items) + "}")
    data = packed.map(quoted)
    offsets = st.one_of(small, numbers)
    return {
        "cjson": st.one_of(
            _call("cjson.encode", value),
            _call("cjson.decode", json_texts.map(quoted)),
            value.map(lambda told: f"cjson.decode(cjson.encode({told}))"),
            *([json_texts.map(quoted).map(lambda text: f"cjson.encode(cjson.decode({text}))")] if ordered else []),
        ),
        "cmsgpack": st.one_of(
            st.lists(value, min_size=1, max_size=3).map(lambda several: f"cmsgpack.pack({','.join(several)})"),
            value.map(lambda told: f"cmsgpack.unpack(cmsgpack.pack({told}))"),
            _call("cmsgpack.unpack", data),
            _call("cmsgpack.unpack_one", data, offsets),
            _call("cmsgpack.unpack_limit", data, offsets, offsets),
        ),
        "struct": st.one_of(_pack(), _unpack(), st.lists(_options, max_size=6).map("".join).map(_size)),
        "bit": _some(_BITS, "bit", 3),
        "strings": st.one_of(
            _format(),
            _call("string.find", _subjects, _patterns.map(str.encode).map(quoted), small),
            _call("string.match", _subjects, _patterns.map(str.encode).map(quoted)),
            _call("string.gsub", _subjects, _patterns.map(str.encode).map(quoted), _replacements),
            _call("string.sub", _subjects, numbers, numbers),
            _call("string.byte", _subjects, small, small),
            _call("string.rep", _subjects, small),
            _call("tonumber", _numerals),
            _call("tonumber", _numerals, st.sampled_from(["2", "8", "10", "16", "36", "1", "37"])),
            _call("tostring", numbers),
        ),
        "tables": st.one_of(
            _call("table.concat", lists, strings, small, small),
            _call("unpack", lists, small, small),
            st.tuples(lists, offsets).map(lambda told: f"do local t={told[0]} return table.remove(t,{told[1]}),t end"),
            st.tuples(lists, small).map(lambda told: f"do local t={told[0]} table.insert(t,{told[1]},0) return t end"),
            sortable.map(lambda told: f"do local t={told} table.sort(t,function(a,b) return a>b end) return t end"),
            lists.map(lambda told: f"do local t={told} table.sort(t) return t end"),
            lists.map(lambda told: f"#{told}"),
            _some(_MATHS, "math", 2),
        ),
    }


def _size(options: str) -> str:
    return f"struct.size({quoted(options.encode())})"
