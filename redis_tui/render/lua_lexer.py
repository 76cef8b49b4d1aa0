"""The Lua scanner of `render.lua` as a pygments lexer, for whatever speaks pygments.

A module of its own because importing pygments costs more than running a small script.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pygments.lexer import Lexer
from pygments.token import Comment, Error, Keyword, Name, Number, Operator, String, Text, _TokenType

from redis_tui.render.lua import START, highlight_line

if TYPE_CHECKING:
    from collections.abc import Iterator


class RedisLuaLexer(Lexer):
    """The same scanner for whatever speaks pygments."""

    name = "Redis Lua"
    aliases: ClassVar[list[str]] = ["redis-lua"]
    filenames: ClassVar[list[str]] = ["*.lua"]

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, _TokenType, str]]:
        """Position, token and text, as pygments asks for them."""
        at = 0
        state = START
        for number, line in enumerate(text.split("\n")):
            if number:
                yield at, Text, "\n"
                at += 1
            spans, state = highlight_line(line, state)
            for span in spans:
                yield at, _TOKENS[span.style], span.text
                at += len(span.text)


_TOKENS: dict[str, _TokenType] = {
    "text": Text,
    "lua.keyword": Keyword,
    "lua.builtin": Name.Builtin,
    "lua.keys": Name.Variable.Global,
    "lua.redis": Name.Function,
    "lua.name": Name,
    "lua.number": Number,
    "lua.string": String,
    "lua.comment": Comment,
    "lua.operator": Operator,
    "lua.error": Error,
}
