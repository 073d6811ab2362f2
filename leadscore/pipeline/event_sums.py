"""event_sums: events as they come -> sums per lead, the same in any order and any batches."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from leadscore.fields import Seen
from leadscore.model.events import Wanted
from leadscore.points import Hundredths, Numbers, multiply

Codes = npt.NDArray[np.int64]
_DAYS = 1 << 20
"""More days than any date is from any other."""


@dataclass
class EventSums:
    """Sums per lead of the log, for one rule or field. Grows as leads appear."""

    wanted: Wanted
    count: Hundredths = field(default_factory=lambda: np.zeros(0, np.int64))
    age: Numbers = field(default_factory=lambda: np.zeros(0))
    points: Hundredths = field(default_factory=lambda: np.zeros(0, np.int64))
    faded: Hundredths = field(default_factory=lambda: np.zeros(0, np.int64))
    value: Hundredths = field(default_factory=lambda: np.zeros(0, np.int64))
    days: list[Codes] = field(default_factory=list)
    """Where a day counts at most so often: lead and age of each event as one number, until the log ends."""

    def grow(self, leads: int) -> None:
        """Make room for leads that were not seen before."""
        more = leads - len(self.count)
        for name in ("count", "points", "faded", "value"):
            setattr(self, name, np.append(getattr(self, name), np.zeros(more, np.int64)))
        self.age = np.append(self.age, np.full(more, np.nan))

    def add(self, codes: Codes, ages: Numbers, values: Numbers) -> None:
        """Count events of leads; each array has one entry per event."""
        if self.wanted.at_most_per_day is not None:
            self.days.append(codes * _DAYS + ages.astype(np.int64))
        else:
            self._sum(codes, ages, values, np.ones(len(codes), np.int64))

    def close(self) -> None:
        """Count what had to wait for the whole log."""
        if self.wanted.at_most_per_day is not None and self.days:
            keys, times = np.unique(np.concatenate(self.days), return_counts=True)
            ages = (keys % _DAYS).astype(np.float64)
            self._sum(keys // _DAYS, ages, np.zeros(len(keys)), times.clip(max=self.wanted.at_most_per_day))
            self.days = []

    def _sum(self, codes: Codes, ages: Numbers, values: Numbers, times: Codes) -> None:
        self.count += total(codes, times, len(self.count))
        np.fmin.at(self.age, codes, ages)
        if self.wanted.rule is not None and (self.wanted.rule.each or self.wanted.rule.per_value):
            points, faded = self.wanted.rule.of_events(ages, values)
            self.points += total(codes, points * times, len(self.count))
            self.faded += total(codes, faded * times, len(self.count))
        elif self.wanted.with_value:
            self.value += total(codes, _hundredths(values), len(self.count))


def total(codes: Codes, amounts: Codes, leads: int) -> Hundredths:
    """The sum of the amounts of each lead's events."""
    # Whole numbers below 2**53 add up exactly as floats, in any order.
    return np.bincount(codes, weights=amounts.astype(np.float64), minlength=leads).astype(np.int64)


def _hundredths(values: Numbers) -> Hundredths:
    known = np.nan_to_num(values)
    return multiply(np.full(len(known), 100, np.int64), known, lambda row: Decimal(repr(float(known[row]))))


def seen_by(sums: EventSums, rows: npt.NDArray[np.intp]) -> Seen:
    """The sums of the leads at these positions; nothing where the position is beyond the last."""

    def pick(amounts: Hundredths) -> Hundredths:
        return np.append(amounts, 0)[rows]

    age = np.append(sums.age, np.nan)[rows]
    return Seen(pick(sums.count), age, pick(sums.points), pick(sums.faded), pick(sums.value))
