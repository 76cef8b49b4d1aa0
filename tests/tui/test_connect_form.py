"""The form of the screen Connect as a value: what of an address belongs where, and where its password may go."""

from __future__ import annotations

import pytest

from redis_tui.tui.connect_form import ConnectForm, absorbed, is_whole, with_password


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("redis://h:1", "redis://:s%40c@h:1"),
        ("redis://ann@h:1/2", "redis://ann:s%40c@h:1/2"),
        ("redis://h:1?ssh=ann@bastion", "redis://:s%40c@h:1?ssh=ann@bastion"),
        ("redis+cluster://ann@h:1,h:2?ssh=b@c:22", "redis+cluster://ann:s%40c@h:1,h:2?ssh=b@c:22"),
        ("redis://h:1?cacert=/etc/a@b.pem", "redis://:s%40c@h:1?cacert=/etc/a@b.pem"),
        ("unix:///run/a@b.sock", "unix://:s%40c@/run/a@b.sock"),
    ],
)
def test_a_password_is_for_the_server_and_not_for_a_host_that_an_option_names(url: str, told: str) -> None:
    assert with_password(url, "s@c") == told


@pytest.mark.parametrize("address", ["unix:///run/a@b.sock", "/run/a@b.sock"])
def test_a_letter_in_the_path_of_a_socket_is_no_user(address: str) -> None:
    assert not is_whole(address)
    assert absorbed(ConnectForm(), address) == (ConnectForm(address=address), "")


def test_a_socket_may_have_a_user_all_the_same() -> None:
    assert is_whole("unix://ann:pw@/run/redis.sock")
    form, password = absorbed(ConnectForm(), "unix://ann:pw@/run/redis.sock?read_only=yes")
    assert (form.address, form.user, form.read_only, password) == ("unix:///run/redis.sock", "ann", True, "pw")
