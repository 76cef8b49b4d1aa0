"""The timeout of a command that waits, in seconds with a fraction, as BLPOP and its kin take it.

It knows neither clients nor types. The decision a reader would question: a fraction of a
millisecond counts as a whole one, upwards: ``0.0001`` is no way to say "for ever", but
``-0.0001`` is, on the servers as well.
"""

from __future__ import annotations

from redis_tui.engine.types.string import is_infinite, parse_long_double
from redis_tui.errors import CommandError
from redis_tui.spec.decode import INT64_MAX

_NOT_A_FLOAT = "ERR timeout is not a float or out of range"
_NEGATIVE = "ERR timeout is negative"
_TOO_LONG = "ERR timeout is out of range"
_FRACTION_BITS = 48


def decode_timeout(text: bytes, now_ms: int) -> int:
    """Reads a timeout.

    Args:
        text: seconds, ``0.5``.
        now_ms: the moment at which waiting begins; the end must fit into 64 bits.

    Returns:
        Milliseconds; 0 is for ever.

    Raises:
        CommandError: it is none.
    """
    seconds = parse_long_double(text)
    if seconds is None:
        raise CommandError(_NOT_A_FLOAT)
    mantissa, scale = seconds
    if is_infinite(seconds):
        raise CommandError(_NEGATIVE if mantissa < 0 else _TOO_LONG)
    timeout_ms = _upwards(mantissa * 1000, scale)
    if timeout_ms < 0:
        raise CommandError(_NEGATIVE)
    if timeout_ms + now_ms > INT64_MAX:
        raise CommandError(_TOO_LONG)
    return timeout_ms


def _upwards(mantissa: int, scale: int) -> int:
    """``mantissa / 2**scale`` to the next whole number, what lies below the last bits of a long double left out."""
    if scale <= _FRACTION_BITS:
        return -(-mantissa >> scale) if scale >= 0 else mantissa << -scale
    spare = scale - _FRACTION_BITS
    # 0.05 is a little more than a twentieth, and must not become 51 milliseconds.
    rounded = (mantissa + (1 << (spare - 1))) >> spare
    return -(-rounded >> _FRACTION_BITS)
