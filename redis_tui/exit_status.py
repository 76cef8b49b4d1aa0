"""What the process ends with, for all of its commands: the one place where these numbers stand.

Knows nothing. 70 is EX_SOFTWARE of sysexits.h, 124 what timeout(1) has for a time that was up, 130 what a shell
makes of Ctrl-C.
"""

from __future__ import annotations

from typing import Final


class ExitStatus:
    """Numbers, no enumeration: click wants an int, and the worst of several is their maximum."""

    OK: Final = 0
    ERROR_REPLY: Final = 1
    USAGE: Final = 2
    NO_CONNECTION: Final = 3
    FAULT: Final = 70
    TIMED_OUT: Final = 124
    INTERRUPTED: Final = 130
