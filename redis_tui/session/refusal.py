"""Why no connection came about, in a sentence for people, and what to do about it: one table.

Knows neither wire nor face. The decision a reader would question: it goes by texts of errors, which differ between
systems and versions. There is nothing else to go by, and a text that no row knows is told as it is.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from redis_tui.errors import ConnectError


class _Row(NamedTuple):
    needles: tuple[str, ...]
    """Any of these in what was said, in small letters."""
    message: str
    hint: str


_TABLE: Final = (
    _Row(
        ("protected mode",),
        "{target} is in protected mode: it talks to its own machine only, as it has no password.",
        "Connect from there (an SSH tunnel does), or have a password or `protected-mode no` set in its configuration.",
    ),
    _Row(
        ("max number of clients",),
        "{target} takes no more clients: its limit (maxclients) is reached.",
        "Try again once somebody has left, or have the limit raised.",
    ),
    _Row(
        ("http/1.", "http/2", "<html", "<!doctype"),
        "{target} speaks HTTP: a web server listens there, not Redis.",
        "Check the port; Redis listens at 6379 unless told otherwise.",
    ),
    _Row(
        ("\\x15\\x03", "\x15\x03"),
        "{target} wants TLS.",
        "Write rediss:// instead of redis://.",
    ),
    _Row(
        ("protocol error", "ssh-"),
        "What listens at {target} is not Redis: it does not speak its protocol.",
        "Check the port; Redis listens at 6379 unless told otherwise.",
    ),
    _Row(
        ("certificate has expired",),
        "The certificate of {target} has expired.",
        "Have it renewed, or the clock of this machine set right.",
    ),
    _Row(
        ("certificate is not yet valid",),
        "The certificate of {target} is not valid yet.",
        "Check the clock of this machine, and the certificate's dates.",
    ),
    _Row(
        ("hostname mismatch", "ip address mismatch"),
        "The certificate of {target} is for another host.",
        "Connect by the name that it is for, or tell that name: --sni NAME, ?sni=NAME behind the address.",
    ),
    _Row(
        ("unable to get local issuer", "unable to get issuer", "self-signed", "self signed"),
        "The certificate of {target} is from an authority that this machine does not know.",
        "Name the authority's file: --cacert FILE, ?cacert=FILE behind the address.",
    ),
    _Row(
        ("certificate_verify_failed", "certificate verify failed"),
        "The certificate of {target} is not trusted: {said}.",
        "Name its authority with --cacert FILE, ?cacert=FILE behind the address.",
    ),
    _Row(
        ("certificate_required", "certificate required", "handshake_failure", "handshake failure"),
        "{target} wants a certificate of yours.",
        "Name it with its key: --cert FILE --key FILE, ?cert=FILE&key=FILE behind the address.",
    ),
    _Row(
        ("unknown_ca", "unknown ca", "alert bad certificate", "alert_bad_certificate"),
        "{target} does not accept the certificate that it was shown.",
        "Check that --cert names one of the authority that the server trusts.",
    ),
    _Row(
        ("wrong_version_number", "wrong version number", "record layer failure", "ssl handshake"),
        "{target} does not speak TLS.",
        "Write redis:// instead of rediss://.",
    ),
    _Row(
        ("ssl", "tls"),
        "TLS with {target} failed: {said}.",
        "Check the files behind --cacert, --cert and --key.",
    ),
    _Row(
        ("no such file",),
        "There is no socket {target}.",
        "Check the path (`unixsocket` in the server's configuration), and that the server runs.",
    ),
    _Row(
        ("permission denied",),
        "This user may not open the socket {target}.",
        "Ask for the rights to it (`unixsocketperm`), or connect by host and port.",
    ),
    _Row(
        (
            "name or service not known",
            "nodename nor servname",
            "no address associated",
            "name resolution",
            "getaddrinfo",
        ),
        "There is no host of that name: {target}.",
        "Check the spelling, and that this machine can resolve it.",
    ),
    _Row(
        ("connect call failed", "connection refused"),
        "Could not connect to {target}: connection refused.",
        "Check that a server is running there, or start one with `redis-tui serve`.",
    ),
    _Row(
        ("connection lost", "closed the connection", "connection reset", "connection closed"),
        "{target} closed the connection at once.",
        "If it wants TLS, write rediss:// instead of redis://; else its own log tells why.",
    ),
)


_HUNG_UP: Final = _TABLE[-1]
_HUNG_UP_IN_TLS: Final = "It may speak no TLS (write redis://), or want a certificate of yours (--cert, --key)."


def no_connection(target: str, said: str, *, is_tls: bool = False) -> ConnectError:
    """What is raised where no connection came about.

    Args:
        target: host and port, or the path of a socket.
        said: an exception's text, or the server's own words.
        is_tls: TLS was tried.
    """
    low = said.lower()
    for row in _TABLE:
        if any(needle in low for needle in row.needles):
            hint = _HUNG_UP_IN_TLS if is_tls and row is _HUNG_UP else row.hint
            return ConnectError(row.message.format(target=target, said=said), hint=hint)
    return ConnectError(f"Could not connect to {target}: {said}.", hint="Check the address, and the server's own log.")


def no_answer(target: str, seconds: float, *, is_tls: bool) -> ConnectError:
    """What is raised where nobody answered in time.

    Args:
        target: host and port.
        seconds: how long was waited.
        is_tls: TLS was tried; a server that speaks none waits for ever.
    """
    hint = "If it speaks no TLS, write redis:// instead of rediss://." if is_tls else ""
    wait = f"{target} did not answer within {seconds:.0f} s."
    return ConnectError(wait, hint=f"Check the address and any firewall between. {hint}".rstrip())


def no_words(target: str, seconds: float) -> ConnectError:
    """What is raised where a connection was taken, and then nothing was said on it.

    Args:
        target: host and port.
        seconds: how long was waited.
    """
    return ConnectError(
        f"{target} took the connection, but has not answered for {seconds:.0f} s.",
        hint="It may hang, or run a script for longer than its busy-reply-threshold lets it answer: try again later.",
    )
