"""CONFIG's table against the parameters that real servers show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.conformance.wire import tree

if TYPE_CHECKING:
    from tests.conformance.conftest import Ours
    from tests.conformance.wire import RawClient

OF_THE_PROCESS = {b"port", b"bind", b"dir", b"enable-debug-command", b"protected-mode"}
"""What a server's command line and its folder decide, and what a listener without protected mode shows."""


def test_config_get_shows_the_same_parameters_with_the_same_values(ours: Ours, theirs: RawClient) -> None:
    ours.ask(b"HELLO", b"3")
    theirs.ask(b"HELLO", b"3")
    here, there = (_parameters(one.ask(b"CONFIG", b"GET", b"*")) for one in (ours, theirs))
    assert here == there


def _parameters(raw: bytes) -> dict[bytes, bytes]:
    reply: Any = tree(raw)
    mark, pairs = reply
    assert mark == b"%"
    found = {name.split(b"\r\n")[1]: value.split(b"\r\n")[1] for name, value in pairs}
    return {name: value for name, value in found.items() if name not in OF_THE_PROCESS}
