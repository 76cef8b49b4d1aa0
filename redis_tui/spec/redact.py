"""Commands with their secrets replaced: for histories, logs, traces and screens.

Knows which arguments are secrets from a table of its own, because a secret must be hidden
even where no catalog is at hand. This module must not know sessions or files.

The decision a reader would question: a line that cannot be split (an open quote) but
begins like a command with secrets is hidden from its second word on. Showing half a
password while somebody corrects a quote would be the same mistake.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from redis_tui.resp.inline import UnbalancedQuotes, join_inline, split_inline

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MASK = b"***"

# A password may hold a slash or an @: what is hidden ends at the last @ of the word.
_URL_PASSWORD = re.compile(
    rb"(?P<head>\b[a-z][a-z0-9+.-]*://[^\s/@:]*:(?=\S*@)|[?&](?:sentinel_)?password=)"
    rb"(?P<secret>(?:(?![?&]ssh=)\S)+(?=@)|(?<=password=)[^&\s]+)",
    re.IGNORECASE,
)
_SECRET_SETTINGS = frozenset(
    (b"requirepass", b"masterauth", b"tls-key-file-pass", b"tls-client-key-file-pass", b"sentinel-pass", b"auth-pass")
)
_ACL_SECRETS = (b">", b"<", b"#", b"!")
_MAY_HOLD_SECRETS = (b"auth", b"hello", b"acl", b"config", b"migrate", b"sentinel", b".connect")
_ESCAPED_NAME = re.compile(rb"\s*[\"']")


def redact(argv: Sequence[bytes]) -> list[bytes]:
    """The command with each secret replaced by ``***``; all else as it was."""
    words = list(argv)
    if words and (hide := _RULES.get(words[0].lower())):
        hide(words)
    elif words and words[0].startswith(b"."):  # `.every 2s AUTH pw`, `.at 7001 CONFIG SET requirepass pw`
        for at in (1, 2):
            words[at:] = redact(words[at:])
    return [_URL_PASSWORD.sub(rb"\g<head>***", word) if b"://" in word else word for word in words]


def redacted_line(argv: Sequence[bytes]) -> str:
    """A command as a person would type it, without its secrets."""
    return join_inline(redact(argv))


def redact_text(line: str) -> str:
    """A typed line with its secrets replaced; a line without secrets comes back unchanged."""
    data = line.encode("utf-8", "surrogateescape")
    try:
        argv = split_inline(data.replace(b"\0", b" "))
    except UnbalancedQuotes:
        return _redact_unfinished(data)
    clean = redact(argv)
    return line if clean == argv else join_inline(clean)


def redact_url(url: str) -> str:
    """A URL with its password replaced."""
    return _URL_PASSWORD.sub(rb"\g<head>***", url.encode("utf-8", "surrogateescape")).decode("utf-8", "replace")


def unredacted(shown: str, known: str) -> str:
    """An address that a person changed, with its hidden passwords put back.

    Args:
        shown: what `redact_url` made of ``known``, perhaps changed since.
        known: the address with its passwords.
    """
    for found in _URL_PASSWORD.finditer(known.encode("utf-8", "surrogateescape")):
        head, secret = (found[part].decode("utf-8", "surrogateescape") for part in ("head", "secret"))
        hidden = r"(:)\*\*\*(?=@)" if head.endswith(":") else rf"([?&]{head[1:]})\*\*\*(?=&|$)"
        shown = re.sub(hidden, lambda place, told=secret: f"{place[1]}{told}", shown, count=1)  # type: ignore[misc]
    return shown


def has_secret(line: str) -> bool:
    """Whether a typed line holds a secret."""
    return redact_text(line) != line


def _redact_unfinished(data: bytes) -> str:
    head, _, rest = data.lstrip().partition(b" ")
    if rest and (head.lower() in _MAY_HOLD_SECRETS or _ESCAPED_NAME.match(data)):
        return f"{head.decode('utf-8', 'replace')} ***"
    return _URL_PASSWORD.sub(rb"\g<head>***", data).decode("utf-8", "surrogateescape")


def _auth(words: list[bytes]) -> None:
    # AUTH password | AUTH username password; a third word is a mistake that may be part of the password.
    first = 2 if len(words) > 2 else 1
    words[first:] = [MASK] * len(words[first:])


def _hello(words: list[bytes]) -> None:
    for at, word in enumerate(words):
        if word.lower() == b"auth" and at + 2 < len(words):
            words[at + 2] = MASK
        elif word.lower() == b"auth" and at + 1 < len(words):
            words[at + 1] = MASK


def _acl(words: list[bytes]) -> None:
    if len(words) < 2 or words[1].lower() not in (b"setuser", b"dryrun"):
        return
    words[3:] = [word[:1] + MASK if word.startswith(_ACL_SECRETS) else word for word in words[3:]]


def _config(words: list[bytes]) -> None:
    if len(words) < 2 or words[1].lower() != b"set":
        return
    for at in range(2, len(words) - 1, 2):
        if words[at].lower() in _SECRET_SETTINGS:
            words[at + 1] = MASK


def _migrate(words: list[bytes]) -> None:
    for at, word in enumerate(words):
        option = word.lower()
        if option == b"keys":
            return
        if option == b"auth" and at >= 6:
            words[at + 1 : at + 2] = [MASK] * len(words[at + 1 : at + 2])
        elif option == b"auth2" and at >= 6:
            words[at + 2 : at + 3] = [MASK] * len(words[at + 2 : at + 3])


def _sentinel(words: list[bytes]) -> None:
    # SENTINEL SET master option value… and SENTINEL CONFIG SET option value…
    if len(words) < 2 or words[1].lower() not in (b"set", b"config"):
        return
    for at in range(2, len(words) - 1):
        if words[at].lower() in _SECRET_SETTINGS:
            words[at + 1] = MASK


_RULES: dict[bytes, Callable[[list[bytes]], None]] = {
    b"auth": _auth,
    b"hello": _hello,
    b"acl": _acl,
    b"config": _config,
    b"migrate": _migrate,
    b"sentinel": _sentinel,
}
