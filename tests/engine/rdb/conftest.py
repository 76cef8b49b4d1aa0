"""No deadline for a single example: the first one brings a whole engine up, on a machine that may be busy."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
