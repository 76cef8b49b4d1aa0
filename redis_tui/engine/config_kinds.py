"""What a value of each kind of parameter looks like: text in, canonical text or a refusal out.

It knows kinds and limits, no values in force but the one to be replaced. A refusal is a
`ValueError` with the server's own words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redis_tui.engine.notify import parse_classes, render_classes
from redis_tui.errors import CommandError
from redis_tui.late_pattern import late_pattern
from redis_tui.spec.decode import decode_int

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis_tui.engine.config_settings import Setting
    from redis_tui.engine.dialect import Dialect

_UNITS: Final = {"": 1, "b": 1, "k": 1000, "kb": 1024, "m": 1000**2, "mb": 1024**2, "g": 1000**3, "gb": 1024**3}
_WORD_MAX: Final = 2**64 - 1
_LONG_MAX: Final = 2**63 - 1
_BUFFER_CLASSES: Final = {"normal": 0, "slave": 1, "replica": 1, "pubsub": 2}
_HOSTNAME: Final = late_pattern(r"[A-Za-z0-9.-]*")
_PERCENTILE: Final = late_pattern(r"\d+(\.\d*)?|\.\d+|-\d.*")
_TITLE: Final = late_pattern(r"\{([^{}]*)\}")
_TITLE_WORDS: Final = frozenset(
    "title listen-addr server-mode port tls-port unixsocket config-file bind".split()  # noqa: SIM905  # a table of words
)


def parse_memory(text: str) -> int:
    """``"64mb"`` -> 67108864; no text at all is 0, as in Redis.

    Raises:
        ValueError: it is no amount of memory.
    """
    lowered = text.lower()
    digits = lowered.rstrip("bkmg")
    unit = lowered[len(digits) :]
    if not (digits.isascii() and digits.isdigit()) and lowered:
        raise ValueError(text)
    if unit not in _UNITS:
        raise ValueError(text)
    return int(digits or "0") * _UNITS[unit]


def canonical(setting: Setting, text: str, current: str, dialect: Dialect) -> str:
    """A value as CONFIG GET will show it.

    Args:
        setting: of which parameter.
        text: as it was given.
        current: the value in force; some kinds change a part of it only.
        dialect: whose words a refusal has.

    Raises:
        ValueError: it is no value of that kind; the message is the server's.
    """
    return _KINDS[setting.kind](setting, text, current, dialect)


def _flag(_setting: Setting, text: str, _current: str, _dialect: Dialect) -> str:
    if text.lower() not in ("yes", "no"):
        raise ValueError("argument must be 'yes' or 'no'")
    return text.lower()


def _choice(setting: Setting, text: str, _current: str, _dialect: Dialect) -> str:
    by_word = {choice.lower(): choice for choice in setting.choices}
    if text.lower() not in by_word:
        raise ValueError("argument(s) must be one of the following: " + ", ".join(setting.choices))
    return by_word[text.lower()]


def _flags(setting: Setting, text: str, _current: str, dialect: Dialect) -> str:
    words = {_choice(setting, word, "", dialect) for word in text.split(" ")}
    if {"save", "nosave"} <= words:
        raise ValueError("shutdown options SAVE and NOSAVE can't be used simultaneously")
    kept = [choice for choice in setting.choices if choice in words and choice != "default"]
    return " ".join(kept) or "default"


def _number(setting: Setting, text: str, _current: str, dialect: Dialect) -> str:
    try:
        number = decode_int(text.encode("latin-1"))
    except CommandError:
        raise ValueError("argument couldn't be parsed into an integer") from None
    return _within(setting, number, dialect)


def _memory(setting: Setting, text: str, _current: str, dialect: Dialect) -> str:
    signed = setting.low < 0 and text.startswith("-")
    try:
        number = -parse_memory(text[1:]) if signed else parse_memory(text)
    except ValueError:
        raise ValueError("argument must be a memory value") from None
    if number > _WORD_MAX and dialect.is_valkey:
        raise ValueError("argument must be a memory value")
    return _within(setting, min(number, _WORD_MAX), dialect)


def _percent(setting: Setting, text: str, current: str, dialect: Dialect) -> str:
    if not text.endswith("%"):
        try:
            return _memory(setting, text, current, dialect)
        except ValueError:
            raise ValueError("argument must be a memory or percent value") from None
    if not text[:-1].isdigit():
        raise ValueError("argument must be a memory or percent value")
    if int(text[:-1]) > 100:
        raise ValueError("percentage argument must be less or equal to 100")
    return f"{int(text[:-1])}%"


def _within(setting: Setting, number: int, dialect: Dialect) -> str:
    """The text of a number within its setting's limits."""
    # Redis 8 looks at the sign ahead of the limits; an amount past 2^63 is negative to it.
    if setting.unsigned and not 0 <= number <= _LONG_MAX and dialect.at_least("8.0.0", valkey="99"):
        raise ValueError("argument must be greater or equal to 0")
    if not setting.low <= number <= setting.high:
        raise ValueError(f"argument must be between {setting.low} and {setting.high} inclusive")
    return str(number if setting.clamp is None else min(max(number, setting.clamp[0]), setting.clamp[1]))


def _text(_setting: Setting, text: str, _current: str, _dialect: Dialect) -> str:
    return text


def _save(_setting: Setting, text: str, _current: str, _dialect: Dialect) -> str:
    words = text.split()
    if len(words) % 2 or not all(word.isascii() and word.isdigit() for word in words):
        raise ValueError("Invalid save parameters")
    return " ".join(words)


def _buffers(_setting: Setting, text: str, current: str, _dialect: Dialect) -> str:
    words = text.split(" ")
    if len(words) % 4:
        raise ValueError("Wrong number of arguments in buffer limit configuration.")
    limits = current.split()
    for at in range(0, len(words), 4):
        place = _BUFFER_CLASSES.get(words[at].lower())
        if place is None:
            raise ValueError("Invalid client class specified in buffer limit configuration.")
        try:
            sizes = [parse_memory(word) for word in words[at + 1 : at + 3]]
            seconds = int(words[at + 3])
        except ValueError:
            seconds = -1
        if seconds < 0:
            raise ValueError("Error in hard, soft or soft_seconds setting in buffer limit configuration.")
        limits[place * 4 + 1 : place * 4 + 4] = [*map(str, sizes), str(seconds)]
    return " ".join(limits)


def _events(_setting: Setting, text: str, _current: str, _dialect: Dialect) -> str:
    try:
        return render_classes(parse_classes(text))
    except ValueError:
        raise ValueError("Invalid event class character. Use 'Ag$lshzxeKEtmdn'.") from None


def _oom(_setting: Setting, text: str, _current: str, _dialect: Dialect) -> str:
    words = text.split(" ")
    if len(words) != 3:
        raise ValueError("wrong number of arguments")
    try:
        numbers = [int(word) for word in words]
    except ValueError:
        numbers = [9999]
    if not all(-2000 <= number <= 2000 for number in numbers):
        raise ValueError("Invalid oom-score-adj-values, elements must be between -2000 and 2000.")
    return " ".join(map(str, numbers))


def _percentiles(_setting: Setting, text: str, _current: str, _dialect: Dialect) -> str:
    words = text.split()
    if not all(_PERCENTILE.fullmatch(word) for word in words):
        raise ValueError("Invalid latency-tracking-info-percentiles parameters")
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        raise ValueError("Invalid latency-tracking-info-percentiles parameters") from None
    if not all(0.0 <= number <= 100.0 for number in numbers):
        raise ValueError("latency-tracking-info-percentiles parameters should sit between [0.0,100.0]")
    return " ".join(f"{number:.17g}" if number != round(number, 6) else f"{number:g}" for number in numbers)


def _hostname(_setting: Setting, text: str, _current: str, _dialect: Dialect) -> str:
    if len(text) >= 256:
        raise ValueError("Hostnames must be less than 256 characters")
    if not _HOSTNAME.fullmatch(text):
        raise ValueError("Hostnames may only contain alphanumeric characters, hyphens or dots")
    return text


def _address(version: int) -> Callable[[Setting, str, str, Dialect], str]:
    def check(_setting: Setting, text: str, _current: str, _dialect: Dialect) -> str:
        import ipaddress  # takes milliseconds, and few ever announce an address

        try:
            right = not text or ipaddress.ip_address(text).version == version
        except ValueError:
            right = False
        if not right:
            raise ValueError(f"Invalid IPv{version} address")
        return text

    return check


def _locale(_setting: Setting, text: str, _current: str, _dialect: Dialect) -> str:
    """Every system has the C locale; others would change the order of SORT ALPHA, which follows bytes here."""
    if text not in ("", "C", "POSIX", "C.UTF-8"):
        raise ValueError("Invalid locale name")
    return text


def _title(_setting: Setting, text: str, _current: str, _dialect: Dialect) -> str:
    if not set(_TITLE.findall(text)) <= _TITLE_WORDS:
        raise ValueError("template format is invalid or contains unknown variables")
    return text


_KINDS: Final[dict[str, Callable[[Setting, str, str, Dialect], str]]] = {
    "buffers": _buffers,
    "choice": _choice,
    "events": _events,
    "flag": _flag,
    "flags": _flags,
    "hostname": _hostname,
    "ipv4": _address(4),
    "ipv6": _address(6),
    "locale": _locale,
    "memory": _memory,
    "number": _number,
    "oom": _oom,
    "percent": _percent,
    "percentiles": _percentiles,
    "save": _save,
    "text": _text,
    "title": _title,
}
