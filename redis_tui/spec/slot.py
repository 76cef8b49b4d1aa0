"""The hash slot of a key: which part of a cluster it belongs to.

Knows no commands and no cluster. The decision a reader would question: the standard library has the very
checksum, under its old name (``crc_hqx`` is CRC-16/XMODEM), so there is no table here.
"""

from __future__ import annotations

from binascii import crc_hqx
from typing import Final

SLOTS: Final = 16_384


def hash_slot(key: bytes) -> int:
    """The slot of a key; only what stands in its first braces counts, where something stands there.

    Returns:
        0 to 16383, as CLUSTER KEYSLOT answers.
    """
    _, opened, rest = key.partition(b"{")
    tag, closed, _ = rest.partition(b"}")
    return crc_hqx(tag if opened and closed and tag else key, 0) % SLOTS
