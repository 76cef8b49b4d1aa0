"""What an answer is not, where it came from one node of a cluster: said below it, so that a part is not taken for all.

Knows a session's facts; must not know who shows the lines. The decision a reader would question: it is said each time,
and not refused. What these commands do concerns the whole cluster; the answer alone does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redis_tui.render.spans import Line, text_line
from redis_tui.resp.types import ErrorReply, Reply
from redis_tui.session.nodes import named_node

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.session.base import Session

PUBLISHED: Final = "Counted at the node that took it; who listens at other nodes hears it and is not counted."
_NOTES: Final = {
    (b"PUBLISH",): PUBLISHED,
    (b"FUNCTION", b"DUMP"): "These are the libraries of one node; others may have others.",
    (b"ACL", b"LIST"): "These are the users of one node; others may have others.",
    (b"ACL", b"USERS"): "These are the users of one node; others may have others.",
    (b"ACL", b"GETUSER"): "This is the user as one node has it.",
}
_KEYLESS: Final = frozenset((b"EVAL", b"EVALSHA", b"EVAL_RO", b"EVALSHA_RO", b"FCALL", b"FCALL_RO"))
_RAN: Final = "It named no key, so it ran at any one node, and sees the keys of that node alone."


def one_node_note(session: Session, argv: Sequence[bytes], reply: Reply) -> list[Line]:
    """What there is to say of an answer; nothing where there is one server, or a node was named.

    Args:
        session: where it was sent.
        argv: the command.
        reply: its answer.
    """
    if named_node() or not session.info.is_cluster or isinstance(reply, ErrorReply) or session.in_transaction:
        return []
    words = tuple(word.upper() for word in argv[:2])
    note = _NOTES.get(words[:1]) or _NOTES.get(words)
    if words[0] in _KEYLESS and argv[2:3] == [b"0"]:
        note = _RAN
    return [text_line(note, "dim")] if note else []
