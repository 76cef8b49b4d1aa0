"""Bytes of a value as people want to read them: JSON, MessagePack, text, a hex dump, after unpacking.

Pure; knows no session. gzip and zlib are Python's own; zstd, lz4 and MessagePack are read where their
libraries are installed (``pip install redis-tui[decoders]``), and where they are not it says which
one is missing. The decision a reader would question: what is unpacked is cut at `UNPACKED_LIMIT`, since a
few kilobytes can hold gigabytes; a cut text is told as cut and never parsed. More than that is not parsed at
all: each parser works in one go, and nothing else can be done meanwhile.
"""

from __future__ import annotations

import base64
import importlib
import json
import zlib
from typing import TYPE_CHECKING, Any

from redis_tui.record import dataclass
from redis_tui.render.export import hex_lines
from redis_tui.render.spans import Line, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

VIEWS = ("auto", "text", "json", "msgpack", "hex")
"""The ways to look at bytes, in the order a key goes through them."""
UNPACKED_LIMIT = 1 << 20
"""Bytes that are unpacked."""
_SLACK = 1 << 16
"""By which bytes may be more when they are packed."""
_STEP = "  "
_MAPS_AND_ARRAYS = frozenset((*range(0x80, 0xA0), 0xDC, 0xDD, 0xDE, 0xDF))


@dataclass(frozen=True, slots=True)
class Decoded:
    """Bytes made readable."""

    name: str
    """``json``, ``gzip → json``, ``hex``…"""
    lines: list[Line]
    note: str = ""
    """What a person should know: cut, or a library is missing."""


@dataclass(frozen=True, slots=True)
class Decoding:
    """The same, while its lines are made."""

    name: str
    lines: Iterator[Line]
    note: str = ""


def decode(data: bytes, view: str = "auto", *, whole: bool = True) -> Decoded:
    """Bytes by one of the `VIEWS`.

    Args:
        data: what to show.
        view: ``auto`` finds out what it is.
        whole: whether these are all bytes there are; a part is not unpacked or parsed.
    """
    found = decode_slowly(data, view, whole=whole)
    return Decoded(found.name, list(found.lines), found.note)


def decode_slowly(data: bytes, view: str = "auto", *, whole: bool = True) -> Decoding:
    """As `decode`, but the lines are made one at a time; of more than `UNPACKED_LIMIT` bytes only the first are read.

    Args:
        data: what to show.
        view: as for `decode`.
        whole: as for `decode`.
    """
    if view == "hex":
        return Decoding("hex", hex_lines(data))
    if view == "text" or not whole:
        return (
            Decoding("text", text_lines(data)) if view != "auto" or is_text(data) else Decoding("hex", hex_lines(data))
        )
    packing, inner, note = _unpacked(data)
    names = [packing] if packing else []
    if len(inner) > UNPACKED_LIMIT:
        inner = inner[:UNPACKED_LIMIT]
        note = note or f"too large to be unpacked here; the first {UNPACKED_LIMIT:,} bytes, raw shows all"
        kind = "text" if is_text(whole_characters(inner)) else "hex"
        return Decoding(kind, text_lines(whole_characters(inner)) if kind == "text" else hex_lines(inner), note)
    if view in ("auto", "json") and (lines := _json(inner)) is not None:
        return Decoding(" → ".join([*names, "json"]), lines, note)
    if view in ("auto", "msgpack") and inner[:1] and (view == "msgpack" or inner[0] in _MAPS_AND_ARRAYS):
        lines, trouble = _msgpack(inner)
        if lines is not None:
            return Decoding(" → ".join([*names, "msgpack"]), lines, note)
        note = note or (trouble if view == "msgpack" or not is_text(inner) else "")
    if view in ("json", "msgpack") and not note:
        note = f"this is no {view}"
    kind = "text" if is_text(inner) else "hex"
    return Decoding(" → ".join([*names, kind]), text_lines(inner) if kind == "text" else hex_lines(inner), note)


def whole_characters(data: bytes) -> bytes:
    """Bytes that were cut anywhere, without the beginning of a UTF-8 character at their end."""
    for back in range(1, min(4, len(data) + 1)):
        byte = data[-back]
        if byte >= 0xC0:
            return data[:-back] if back < (2 if byte < 0xE0 else 3 if byte < 0xF0 else 4) else data
        if byte < 0x80:
            break
    return data


def is_text(data: bytes) -> bool:
    """Whether bytes are UTF-8 without control characters but line ends and tabs."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return False
    return text.replace("\n", "").replace("\r", "").replace("\t", "").isprintable()


def text_lines(data: bytes) -> Iterator[Line]:
    r"""The lines of a text; ``\xHH`` for bytes that are no UTF-8."""
    if not data:
        yield [Span('""', "dim")]
        return
    for line in data.decode("utf-8", "backslashreplace").split("\n"):
        yield [Span(line, "reply.string")]


def _json(data: bytes) -> Iterator[Line] | None:
    """Only objects and arrays: a number or a word alone reads better as it is."""
    if data.lstrip()[:1] not in (b"{", b"["):
        return None
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return _json_lines(value, lambda inner: inner)


@dataclass(slots=True)
class _Open:
    """An object or array whose parts are being written."""

    parts: Iterator[tuple[Any, Any]]
    left: int
    """Parts still to come."""
    end: str


def _json_lines(value: Any, native: Callable[[Any], Any]) -> Iterator[Line]:
    """As JSON, two spaces a level, a line at a time.

    Args:
        value: what a parser made.
        native: makes of each value what JSON has, when its turn comes.
    """
    value = native(value)
    opened = _opened(value)
    if opened is None:
        yield [_leaf(value)]
        return
    yield [Span("{" if opened.end == "}" else "[", "dim")]
    above = [opened]
    while above:
        inside = above[-1]
        part = next(inside.parts, None)
        if part is None:
            above.pop()
            yield [Span(_STEP * len(above) + inside.end + ("," if above and above[-1].left else ""), "dim")]
            continue
        inside.left -= 1
        head = [Span(_STEP * len(above), "dim")]
        if inside.end == "}":
            name = part[0] if isinstance(part[0], str) else repr(part[0])
            head += [Span(json.dumps(name, ensure_ascii=False), "key"), Span(": ", "dim")]
        value = native(part[1])
        opened = _opened(value)
        if opened is not None:
            yield [*head, Span("{" if opened.end == "}" else "[", "dim")]
            above.append(opened)
        else:
            yield [*head, _leaf(value), *([Span(",", "dim")] if inside.left else [])]


def _opened(value: Any) -> _Open | None:
    """An object or array that is not empty."""
    if not value or not isinstance(value, dict | list | tuple):
        return None
    if isinstance(value, dict):
        return _Open(iter(value.items()), len(value), "}")
    return _Open(((None, part) for part in value), len(value), "]")


def _leaf(value: Any) -> Span:
    text = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str):
        return Span(text, "reply.string")
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and text[-1:].isdigit()
    return Span(text, "reply.integer" if is_number else "dim" if text in ("{}", "[]") else "accent")


def _foreign(value: Any) -> Any:
    """What MessagePack holds and JSON does not."""
    if isinstance(value, bytes):
        return value.decode() if is_text(value) else {"base64": base64.b64encode(value).decode()}
    return repr(value)


def _msgpack(data: bytes) -> tuple[Iterator[Line] | None, str]:
    library = _library("msgpack")
    if library is None:
        return None, "MessagePack? pip install msgpack reads it"
    try:
        value = library.unpackb(data, raw=False, strict_map_key=False, unicode_errors="surrogateescape")
    except (ValueError, RecursionError, library.exceptions.UnpackException):
        return None, ""
    return _json_lines(value, _native), ""


def _native(value: Any) -> Any:
    if value is None or isinstance(value, int | float | dict | list | tuple):
        return value
    if isinstance(value, str):
        if value.isascii():
            return value
        raw = value.encode("utf-8", "surrogateescape")
        return value if is_text(raw) else _foreign(raw)
    return _foreign(value)


def _unpacked(data: bytes) -> tuple[str, bytes, str]:
    """How it was packed, what was in it, and what to tell."""
    for name, magic, unpack in _PACKINGS:
        if not data.startswith(magic):
            continue
        try:
            inner = unpack(data[: UNPACKED_LIMIT + _SLACK])
        except ImportError as error:
            return "", data, f"{name}? pip install {error.name} unpacks it"
        except Exception:  # noqa: BLE001  # each library has an error of its own, and bytes may only look packed
            return "", data, ""
        is_cut = len(inner) >= UNPACKED_LIMIT or len(data) > UNPACKED_LIMIT + _SLACK
        cut = f"first {min(len(inner), UNPACKED_LIMIT):,} bytes unpacked" if is_cut else ""
        return name, inner[:UNPACKED_LIMIT], cut
    return "", data, ""


def _gzip(data: bytes) -> bytes:
    return zlib.decompressobj(31).decompress(data, UNPACKED_LIMIT)


def _zlib(data: bytes) -> bytes:
    return zlib.decompressobj().decompress(data, UNPACKED_LIMIT)


def _zstd(data: bytes) -> bytes:
    with importlib.import_module("zstandard").ZstdDecompressor().stream_reader(data) as stream:
        return bytes(stream.read(UNPACKED_LIMIT))


def _lz4(data: bytes) -> bytes:
    return bytes(importlib.import_module("lz4.frame").LZ4FrameDecompressor().decompress(data, UNPACKED_LIMIT))


def _library(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


_PACKINGS: tuple[tuple[str, bytes | tuple[bytes, ...], Callable[[bytes], bytes]], ...] = (
    ("gzip", b"\x1f\x8b", _gzip),
    ("zstd", b"\x28\xb5\x2f\xfd", _zstd),
    ("lz4", b"\x04\x22\x4d\x18", _lz4),
    ("zlib", (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda"), _zlib),
)
