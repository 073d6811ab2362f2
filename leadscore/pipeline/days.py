"""days: on which days leads did something, and how often: the same in any order and any batches."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from leadscore.points import Numbers

Codes = npt.NDArray[np.int64]
MOST_WAITING = 1 << 23
"""Events that wait to be merged, at least: sorting is cheaper for many at once."""
_BITS = 22
"""Of an age: more days than any date is from any other."""
_PIECE = 1 << 18
"""Days given at a time, so that little memory is taken beside them."""


@dataclass
class _Part:
    """Those of some of the leads."""

    days: Codes = field(default_factory=lambda: np.zeros(0, np.int64))
    """Each lead and age there is, as one number, in order."""
    times: Codes = field(default_factory=lambda: np.zeros(0, np.int64))
    """Events of each of them."""
    waiting: list[Codes] = field(default_factory=list)
    """Lead and age of each event that is not among them yet."""

    def merge(self) -> None:
        new = np.sort(np.concatenate([np.zeros(0, np.int64), *self.waiting]))
        self.waiting = []
        first = _begins(new)
        days, times = new[first], np.diff(first, append=len(new))
        if len(self.days):
            days, times = np.append(self.days, days), np.append(self.times, times)
            order = np.argsort(days, kind="stable")  # of two parts that are in order: they are only merged
            days, times = days[order], times[order]
            first = _begins(days)
            days, times = days[first], np.add.reduceat(times, first)
        self.days, self.times = days, times


@dataclass
class Days:
    """Memory grows with the days on which leads did something, not with how often.

    Leads are in two parts, that are merged at the same time.
    """

    parts: tuple[_Part, _Part] = field(default_factory=lambda: (_Part(), _Part()))

    @property
    def waiting(self) -> int:
        """Events that are not merged yet."""
        return sum(len(events) for part in self.parts for events in part.waiting)

    @property
    def known(self) -> int:
        """Days that are."""
        return sum(len(part.days) for part in self.parts)

    def add(self, codes: Codes, ages: Numbers) -> None:
        """Events of leads, and how many days ago each was (whole, 0 or more)."""
        days, odd = (codes << _BITS) + ages.astype(np.int64), (codes & 1).astype(bool)
        for part, chosen in zip(self.parts, (~odd, odd), strict=True):
            part.waiting.append(days[chosen])
        if self.waiting > max(MOST_WAITING, self.known // 2):
            self._merge()

    def take_all(self) -> Iterator[tuple[Codes, Numbers, Codes]]:
        """Lead, age and how many events, each lead and age once; then nothing is left."""
        self._merge()
        for part in self.parts:
            for first in range(0, len(part.days), _PIECE):
                days, times = part.days[first : first + _PIECE], part.times[first : first + _PIECE]
                yield days >> _BITS, (days & ((1 << _BITS) - 1)).astype(np.float64), times
        self.parts = (_Part(), _Part())

    def _merge(self) -> None:
        with ThreadPoolExecutor(len(self.parts)) as threads:
            list(threads.map(_Part.merge, self.parts))


def _begins(ordered: Codes) -> Codes:
    """Where each number stands first."""
    return np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)])
