"""A dry run for a real server: its declared keys are copied to an engine of our own.

Nothing on the server is changed, or even run. What the copy cannot know is said: keys that
the script touches without declaring them are missing there. A stream is copied with its groups,
as the server dumps it; other types beyond the five basic ones are not copied.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from redis_tui.errors import NotSupportedError
from redis_tui.resp.types import ErrorReply, Map
from redis_tui.session.inspect import Pipeline, snapshots

if TYPE_CHECKING:
    from redis_tui.session.base import ScriptRun, Session, Snapshot

_ADD = {"list": b"RPUSH", "set": b"SADD", "hash": b"HSET", "zset": b"ZADD"}


async def rehearse(pipeline: Pipeline, scratch: Session, run: ScriptRun) -> str:
    """Copies the run's declared keys into a scratch session.

    Args:
        pipeline: to the real server.
        scratch: an empty embedded session.

    Returns:
        A sentence for people: on what the dry run ran.

    Raises:
        NotSupportedError: a declared key is too large, or of a type that cannot be copied.
    """
    images = await snapshots(pipeline, run.keys, now_ms=time.time_ns() // 1_000_000)
    for key, image in images.items():
        if image.cut:
            raise NotSupportedError(
                f"The key {key.decode('utf-8', 'replace')!r} ({image.type}, {image.size} elements or bytes) "
                "is too large, or of a type, to be copied for a dry run.",
                hint="Try the script on a smaller key, or on the embedded engine.",
            )
        for argv in await _making(pipeline, key, image):
            reply = await scratch.execute(argv)
            if isinstance(reply, ErrorReply):
                raise NotSupportedError(f"The copy for the dry run failed: {reply.line.decode('utf-8', 'replace')}.")
    count = sum(image.type != "none" for image in images.values())
    keys = "key that exists" if count == 1 else "keys that exist"
    return (
        f"Ran on a local copy of the {count} declared {keys}; the server was not touched. "
        "Keys that the script does not declare are missing in the copy."
    )


async def _making(pipeline: Pipeline, key: bytes, image: Snapshot) -> list[list[bytes]]:
    """The commands that make a key anew: from its snapshot where that holds all, else from the server's own dump."""
    if image.type in ("none", "string", *_ADD):
        return commands_for(key, image)
    payload = (await pipeline([[b"DUMP", key]]))[0]
    expires = b"%d" % (image.expires_at_ms or 0)
    return [[b"RESTORE", key, expires, payload, b"ABSTTL"]] if isinstance(payload, bytes) else []


def commands_for(key: bytes, image: Snapshot) -> list[list[bytes]]:
    """The commands that make a key anew from its snapshot."""
    if image.type == "none":
        return []
    if image.type == "string" and isinstance(image.value, bytes):
        made = [[b"SET", key, image.value]]
    else:
        made = [[_ADD[image.type], key, *_elements(image)]]
    if image.expires_at_ms is not None:
        made.append([b"PEXPIREAT", key, b"%d" % image.expires_at_ms])
    return made


def _elements(image: Snapshot) -> list[bytes]:
    value = image.value
    if isinstance(value, Map):
        words = [word for field, content in value.pairs for word in (_words(image.type, field, content))]
    else:
        words = list(value) if isinstance(value, list) else []
    return [word for word in words if isinstance(word, bytes)]


def _words(kind: str, field: object, content: object) -> tuple[object, object]:
    return (repr(content).encode(), field) if kind == "zset" else (field, content)
