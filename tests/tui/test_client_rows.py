"""A row of the clients: in a cluster, who is connected to which node."""

from __future__ import annotations

from redis_tui.session.facts import ClientFacts
from redis_tui.tui.panes.clients import _row


def test_a_client_of_a_cluster_names_its_node_and_keeps_its_whole_id() -> None:
    row = _row(ClientFacts({"id": "7@127.0.0.1:7000", "addr": "127.0.0.1:50782"}), {"127.0.0.1:7000": ":7000"})
    assert row.key == "7@127.0.0.1:7000"
    assert row.cells[:3] == ("7", ":7000", "127.0.0.1:50782")


def test_a_client_of_one_server_names_none() -> None:
    assert _row(ClientFacts({"id": "7", "addr": "127.0.0.1:50782"}, is_own=True), {}).cells[:2] == (
        "7",
        "127.0.0.1:50782 (you)",
    )
