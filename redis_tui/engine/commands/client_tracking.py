"""CLIENT TRACKING and its kin: help for a cache on the client's side. The table is `engine.tracking`."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from redis_tui.engine.registry import command
from redis_tui.engine.tracking import Tracking
from redis_tui.errors import CommandError, SyntaxFault
from redis_tui.resp.types import OK, Map, Reply, SetReply
from redis_tui.spec.command import CommandFlag
from redis_tui.spec.decode import Options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.engine.context import Ctx
    from redis_tui.spec.bind import Rest

_SUB = CommandFlag.NOSCRIPT | CommandFlag.LOADING | CommandFlag.STALE
_OPTIONS = {b"BCAST": "broadcast", b"OPTIN": "opt_in", b"OPTOUT": "opt_out", b"NOLOOP": "no_loop"}
_SWITCH = (
    "ERR You can't switch {} mode {}before disabling tracking for this client, and then re-enabling it with a "
    "different mode."
)


@command(
    "CLIENT TRACKING <ON | OFF> [REDIRECT client-id] [PREFIX prefix [PREFIX prefix ...]] [BCAST] [OPTIN] [OPTOUT] "
    "[NOLOOP]",
    since="6.0.0",
    flags=_SUB,
    complexity="O(1). Some options may introduce additional complexity.",
    group="connection",
)
def client_tracking(ctx: Ctx, rest: Rest) -> Reply:
    """Controls server-assisted client-side caching for the connection."""
    wish, prefixes = _parse(ctx, rest[1:])
    word = rest[0].lower()
    if word == b"off":
        ctx.engine.tracking.disable(ctx.client)
    elif word == b"on":
        _check(ctx.client.tracking, wish, prefixes)
        wish.prefixes = dict.fromkeys(prefixes)
        ctx.engine.tracking.enable(ctx.client, wish)
    else:
        raise SyntaxFault
    ctx.engine.refresh()
    return OK


@command("CLIENT CACHING <YES | NO>", since="6.0.0", flags=_SUB, complexity="O(1)", group="connection")
def client_caching(ctx: Ctx, mode: bytes) -> Reply:
    """Instructs the server whether to track the keys in the next request."""
    wish, word = ctx.client.tracking, mode.lower()
    if wish is None:
        raise CommandError(
            "ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT "
            "mode enabled"
        )
    if word not in (b"yes", b"no"):
        raise SyntaxFault
    if word == b"yes" and not wish.opt_in:
        raise CommandError("ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.")
    if word == b"no" and not wish.opt_out:
        raise CommandError("ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.")
    wish.caching = True
    return OK


@command("CLIENT GETREDIR", since="6.0.0", flags=_SUB, complexity="O(1)", group="connection")
def client_getredir(ctx: Ctx) -> Reply:
    """Returns the client ID to which the connection's tracking notifications are redirected."""
    return -1 if ctx.client.tracking is None else ctx.client.tracking.redirect


@command("CLIENT TRACKINGINFO", since="6.2.0", flags=_SUB, complexity="O(1)", group="connection")
def client_trackinginfo(ctx: Ctx) -> Reply:
    """Returns information about server-assisted client-side caching for the connection."""
    wish = ctx.client.tracking
    words = [b"off"]
    if wish is not None:
        told = (
            (b"on", True),
            (b"bcast", wish.broadcast),
            (b"optin", wish.opt_in),
            (b"caching-yes", wish.opt_in and wish.caching),
            (b"optout", wish.opt_out),
            (b"caching-no", wish.opt_out and wish.caching),
            (b"noloop", wish.no_loop),
            (b"broken_redirect", wish.broken),
        )
        words = [word for word, holds in told if holds]
    return Map(
        [
            (b"flags", SetReply(words)),
            (b"redirect", -1 if wish is None else wish.redirect),
            (b"prefixes", [] if wish is None else sorted(wish.prefixes)),
        ]
    )


def _parse(ctx: Ctx, words: Sequence[bytes]) -> tuple[Tracking, list[bytes]]:
    wish, options = Tracking(), Options(words)
    prefixes: list[bytes] = []
    while options:
        word = options.take().upper()
        if word == b"REDIRECT" and options:
            if wish.redirect:
                raise CommandError("ERR A client can only redirect to a single other client")
            wish.redirect = options.take_int()
            if wish.redirect not in ctx.engine.clients:
                raise CommandError("ERR The client ID you want redirect to does not exist")
        elif word == b"PREFIX" and options:
            prefixes.append(options.take())
        elif word in _OPTIONS:
            setattr(wish, _OPTIONS[word], True)
        else:
            raise SyntaxFault
    return wish, prefixes


def _check(before: Tracking | None, wish: Tracking, prefixes: list[bytes]) -> None:
    """Raises `CommandError` for options that exclude each other, or what holds already."""
    if prefixes and not wish.broadcast:
        raise CommandError("ERR PREFIX option requires BCAST mode to be enabled")
    if before is not None and before.broadcast != wish.broadcast:
        raise CommandError(_SWITCH.format("BCAST", "on/off "))
    if wish.broadcast and (wish.opt_in or wish.opt_out):
        raise CommandError("ERR OPTIN and OPTOUT are not compatible with BCAST")
    if wish.opt_in and wish.opt_out:
        raise CommandError("ERR You can't specify both OPTIN mode and OPTOUT mode")
    if before is not None and ((wish.opt_in and before.opt_out) or (wish.opt_out and before.opt_in)):
        raise CommandError(_SWITCH.format("OPTIN/OPTOUT", ""))
    for prefix in prefixes:
        for known in () if before is None else before.prefixes:
            _refuse_overlap(prefix, known, b"an existing")
    for one, other in combinations(prefixes, 2):
        _refuse_overlap(one, other, b"another provided")


def _refuse_overlap(one: bytes, other: bytes, which: bytes) -> None:
    if one.startswith(other) or other.startswith(one):
        raise CommandError(
            b"ERR Prefix '%b' overlaps with %b prefix '%b'. Prefixes for a single client must not overlap."
            % (one, which, other)
        )
