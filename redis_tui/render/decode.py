"""Bytes of a value as people want to read them: JSON, MessagePack, text, a hex dump, after unpacking.

Pure; knows no session. gzip and zlib are Python's own; zstd, lz4 and MessagePack are read where their
libraries are installed (``pip install redis-tui[decoders]``), and where they are not it says which
one is missing. The decision a reader would question: what is unpacked is cut at `UNPACKED_LIMIT`, since a
few kilobytes can hold gigabytes; a cut text is told as cut and never parsed.
"""

from __future__ import annotations

import base64
import importlib
import json
import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from redis_tui.render.export import hex_lines
from redis_tui.render.spans import Line, Span

if TYPE_CHECKING:
    from collections.abc import Callable

VIEWS = ("auto", "text", "json", "msgpack", "hex")
"""The ways to look at bytes, in the order a key goes through them."""
UNPACKED_LIMIT = 1 << 20
"""Bytes that are unpacked."""
_MAPS_AND_ARRAYS = frozenset((*range(0x80, 0xA0), 0xDC, 0xDD, 0xDE, 0xDF))
_JSON_PART = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*")(?=\s*:)|(?P<string>"(?:[^"\\]|\\.)*")|(?P<number>-?\d[\d.eE+-]*)'
    r"|(?P<word>true|false|null|NaN|-?Infinity)|(?P<rest>[^\"\d\-tfnNI]+|.)"
)
_JSON_STYLE = {"key": "key", "string": "reply.string", "number": "reply.integer", "word": "accent", "rest": "dim"}


@dataclass(frozen=True, slots=True)
class Decoded:
    """Bytes made readable."""

    name: str
    """``json``, ``gzip → json``, ``hex``…"""
    lines: list[Line]
    note: str = ""
    """What a person should know: cut, or a library is missing."""


def decode(data: bytes, view: str = "auto", *, whole: bool = True) -> Decoded:
    """Bytes by one of the `VIEWS`.

    Args:
        data: what to show.
        view: ``auto`` finds out what it is.
        whole: whether these are all bytes there are; a part is not unpacked or parsed.
    """
    if view == "hex":
        return Decoded("hex", list(hex_lines(data)))
    if view == "text" or not whole:
        return Decoded("text", text_lines(data)) if view != "auto" or is_text(data) else _hex(data)
    packing, inner, note = _unpacked(data)
    names = [packing] if packing else []
    if view in ("auto", "json") and (lines := _json(inner)) is not None:
        return Decoded(" → ".join([*names, "json"]), lines, note)
    if view in ("auto", "msgpack") and inner[:1] and (view == "msgpack" or inner[0] in _MAPS_AND_ARRAYS):
        lines, trouble = _msgpack(inner)
        if lines is not None:
            return Decoded(" → ".join([*names, "msgpack"]), lines, note)
        note = note or (trouble if view == "msgpack" or not is_text(inner) else "")
    if view in ("json", "msgpack") and not note:
        note = f"this is no {view}"
    if is_text(inner):
        return Decoded(" → ".join([*names, "text"]), text_lines(inner), note)
    shown = _hex(inner)
    return Decoded(" → ".join([*names, "hex"]), shown.lines, note)


def is_text(data: bytes) -> bool:
    """Whether bytes are UTF-8 without control characters but line ends and tabs."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return False
    return all(char.isprintable() or char in "\n\r\t" for char in text)


def text_lines(data: bytes) -> list[Line]:
    r"""The lines of a text; ``\xHH`` for bytes that are no UTF-8."""
    if not data:
        return [[Span('""', "dim")]]
    return [[Span(line, "reply.string")] for line in data.decode("utf-8", "backslashreplace").split("\n")]


def _hex(data: bytes) -> Decoded:
    return Decoded("hex", list(hex_lines(data)))


def _json(data: bytes) -> list[Line] | None:
    """Only objects and arrays: a number or a word alone reads better as it is."""
    if data.lstrip()[:1] not in (b"{", b"["):
        return None
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return _json_lines(value)


def _json_lines(value: Any) -> list[Line]:
    text = json.dumps(value, ensure_ascii=False, indent=2, default=_foreign)
    return [
        [Span(found.group(), _JSON_STYLE[found.lastgroup or "rest"]) for found in _JSON_PART.finditer(line)]
        for line in text.split("\n")
    ]


def _foreign(value: Any) -> Any:
    """What MessagePack holds and JSON does not."""
    if isinstance(value, bytes):
        return value.decode() if is_text(value) else {"base64": base64.b64encode(value).decode()}
    return repr(value)


def _msgpack(data: bytes) -> tuple[list[Line] | None, str]:
    library = _library("msgpack")
    if library is None:
        return None, "MessagePack? pip install msgpack reads it"
    try:
        value = library.unpackb(data, raw=False, strict_map_key=False, unicode_errors="surrogateescape")
        return _json_lines(_string_keys(value)), ""
    except (ValueError, RecursionError, library.exceptions.UnpackException):
        return None, ""


def _string_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {key if isinstance(key, str) else repr(key): _string_keys(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_string_keys(each) for each in value]
    if isinstance(value, str) and not value.isascii():
        raw = value.encode("utf-8", "surrogateescape")
        return value if is_text(raw) else _foreign(raw)
    return value


def _unpacked(data: bytes) -> tuple[str, bytes, str]:
    """How it was packed, what was in it, and what to tell."""
    for name, magic, unpack in _PACKINGS:
        if not data.startswith(magic):
            continue
        try:
            inner = unpack(data)
        except ImportError as error:
            return "", data, f"{name}? pip install {error.name} unpacks it"
        except Exception:  # noqa: BLE001  # each library has an error of its own, and bytes may only look packed
            return "", data, ""
        cut = f"first {UNPACKED_LIMIT:,} bytes unpacked" if len(inner) >= UNPACKED_LIMIT else ""
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
