"""When, or how often, a key was used: what OBJECT IDLETIME and FREQ tell and eviction goes by.

Every database keeps a dict by key, written at each use with the clock of that moment. Under
an LFU policy it is a `FrequencyLog`, which takes the same assignment for one more use. So the
hot path is one assignment in both cases, and knows nothing of policies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import random

FIRST: Final = 5
"""The counter that a new key begins with, so that it is not the first to go."""
MOST: Final = 255

AccessLog = dict[bytes, int]
"""Unix time of the last use in seconds, as the engine's clock showed it; of `FrequencyLog` see there."""


class FrequencyLog(AccessLog):
    """Counts uses as Redis' LFU does: the more, the less likely each one counts, and less with time.

    A value holds the minute of the last use, times 256, plus the counter.

    Args:
        rng: decides which uses count.
        factor: lfu-log-factor.
        decay_minutes: lfu-decay-time, in which the counter loses one; 0 for never.
    """

    def __init__(self, rng: random.Random, factor: int, decay_minutes: int) -> None:
        super().__init__()
        self._rng = rng
        self._factor = factor
        self._decay_minutes = decay_minutes

    def __setitem__(self, key: bytes, now_s: int) -> None:
        minute = now_s // 60
        known = self.get(key)
        counter = FIRST if known is None else self._grown(self._decayed(known, minute))
        super().__setitem__(key, minute * 256 + counter)

    def frequency(self, key: bytes, now_s: int) -> int:
        """The counter of a key as it is now; of one that was never noted, as of a new one."""
        known = self.get(key)
        return FIRST if known is None else self._decayed(known, now_s // 60)

    def give(self, key: bytes, now_s: int, counter: int) -> None:
        """Sets the counter, as RESTORE FREQ does."""
        super().__setitem__(key, now_s // 60 * 256 + counter)

    def _decayed(self, known: int, minute: int) -> int:
        minutes, counter = divmod(known, 256)
        lost = (minute - minutes) // self._decay_minutes if self._decay_minutes else 0
        return max(0, counter - lost)

    def _grown(self, counter: int) -> int:
        if counter >= MOST:
            return MOST
        chance = 1.0 / (max(0, counter - FIRST) * self._factor + 1)
        return counter + (self._rng.random() < chance)
