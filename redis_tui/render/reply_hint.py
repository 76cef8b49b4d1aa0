"""What a person should know of a reply and cannot see in it: that it is packed, and what cjson has done to it.

Pure. The decision a reader would question: hints on cjson are given only where the script names it. The same text
may come from anywhere else, and there it means what it says.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from redis_tui.render.reply_node import node_at, nodes_of
from redis_tui.render.reply_text import packed_note

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redis_tui.resp.types import Reply

_NODES, _BYTES = 1_000, 65_536
"""That are looked at."""
_EMPTY = re.compile(rb"(?<![^\s:,\[])\{\}(?![^\s,\]}])")
_ROUNDED = re.compile(rb"(?<![\w\".])-?\d\.\d{9,13}e\+\d+")


def reply_hints(reply: Reply, source: bytes = b"") -> list[str]:
    """Sentences about a reply.

    Args:
        reply: what was answered.
        source: the script that answered it.
    """
    hints = []
    if packed := packed_note(reply):
        hints.append(f"Packed ({packed}): the view unpacked reads it.")
    if b"cjson" not in source:
        return hints
    texts = list(_texts(reply))
    if any(map(_EMPTY.search, texts)):
        hints.append(
            "{} may be an empty list: cjson writes every empty table so. Write '[]' yourself where one is meant."
        )
    if found := next(filter(None, map(_ROUNDED.search, texts)), None):
        number = found.group().decode()
        hints.append(f"{number} may have lost digits: cjson keeps 14 of a number. Send longer ones as strings.")
    return hints


def _texts(reply: Reply) -> Iterator[bytes]:
    for path, _ in islice(nodes_of(reply), _NODES):
        value = node_at(reply, path)
        if isinstance(value, bytes):
            yield value[:_BYTES]
