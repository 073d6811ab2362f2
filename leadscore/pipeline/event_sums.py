"""event_sums: events as they come -> sums per lead, the same in any order and any batches."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from leadscore.fields import Seen
from leadscore.model.events import Wanted
from leadscore.points import Hundredths, Numbers, multiply

Codes = npt.NDArray[np.int64]
_DAYS = 1 << 20
"""More days than any date is from any other."""
MOST_WAITING = 1 << 20
"""Events that wait to be merged, at least: sorting is cheaper for many at once."""


@dataclass
class EventSums:
    """Sums per lead of the log, for one rule or field: only those it asks for. Grows as leads appear."""

    wanted: Wanted
    amounts: dict[str, Codes] = field(default_factory=dict)
    """Number, points, faded points or value (in hundredths) of the events of each lead."""
    age: Numbers = field(default_factory=lambda: np.zeros(0))
    """Of each lead's last event, in days; NaN where it has none."""
    worth: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Age -> points of an event of that age, full and faded, where only the age decides."""
    days: Codes = field(default_factory=lambda: np.zeros(0, np.int64))
    """Where a day counts at most so often: each lead and age there is, as one number, until the log ends."""
    times: Codes = field(default_factory=lambda: np.zeros(0, np.int64))
    """Events of each of ``days``."""
    waiting: list[Codes] = field(default_factory=list)
    """Lead and age of each event that is not among them yet."""

    def __post_init__(self) -> None:
        rule = self.wanted.rule
        names = ["count"]
        if rule is not None and (rule.each or rule.per_value):
            names += ["points", "faded"] if rule.fades_by_event else ["points"]
        elif self.wanted.with_value:
            names.append("value")
        self.amounts = {name: np.zeros(0, np.int64) for name in names}

    def grow(self, leads: int) -> None:
        """Make room for so many leads."""
        self.amounts = {name: make_room(amounts, leads, 0) for name, amounts in self.amounts.items()}
        self.age = make_room(self.age, leads, np.nan)

    def add(self, codes: Codes, ages: Numbers, values: Numbers) -> None:
        """Count events of leads; each array has one entry per event."""
        if self.wanted.at_most_per_day is None:
            self._sum(codes, ages, values, np.ones(len(codes), np.int64))
            return
        self.waiting.append(codes * _DAYS + ages.astype(np.int64))
        if sum(map(len, self.waiting)) > max(MOST_WAITING, len(self.days) // 2):
            self._merge()

    def close(self) -> None:
        """Count what had to wait for the whole log."""
        if self.wanted.at_most_per_day is not None:
            self._merge()
            for first in range(0, len(self.days), MOST_WAITING):
                days = self.days[first : first + MOST_WAITING]
                times = self.times[first : first + MOST_WAITING].clip(max=self.wanted.at_most_per_day)
                self._sum(days // _DAYS, (days % _DAYS).astype(np.float64), np.zeros(len(days)), times)
            self.days = self.times = np.zeros(0, np.int64)

    def _merge(self) -> None:
        """Memory grows with the days on which leads did something, not with how often."""
        days, times = np.unique(np.concatenate([np.zeros(0, np.int64), *self.waiting]), return_counts=True)
        self.waiting = []
        places = np.searchsorted(self.days, days)
        known = np.append(self.days, -1)[places] == days
        self.times[places[known]] += times[known]
        self.days = np.insert(self.days, places[~known], days[~known])
        self.times = np.insert(self.times, places[~known], times[~known])

    def _sum(self, codes: Codes, ages: Numbers, values: Numbers, times: Codes) -> None:
        np.add.at(self.amounts["count"], codes, times)
        np.fmin.at(self.age, codes, ages)
        if "points" in self.amounts:
            points, faded = self._points(ages, values)
            np.add.at(self.amounts["points"], codes, points * times)
            if "faded" in self.amounts:
                np.add.at(self.amounts["faded"], codes, faded * times)
        elif "value" in self.amounts:
            np.add.at(self.amounts["value"], codes, _hundredths(values))

    def _points(self, ages: Numbers, values: Numbers) -> tuple[Hundredths, Hundredths]:
        """The points of each event, full and faded."""
        rule = self.wanted.rule
        assert rule is not None, "only rules give points"
        if rule.per_value is not None:
            return rule.of_events(ages, values)
        days = ages.astype(np.int64)
        seen = np.bincount(days) > 0
        distinct = np.flatnonzero(seen)
        fresh = [age for age in distinct.tolist() if age not in self.worth]
        points, faded = rule.of_events(np.array(fresh, np.float64), np.zeros(len(fresh)))
        self.worth.update(zip(fresh, zip(points.tolist(), faded.tolist(), strict=True), strict=True))
        worth = np.array([self.worth[age] for age in distinct.tolist()], np.int64).reshape(-1, 2)
        places = (np.cumsum(seen) - 1)[days]
        return worth[places, 0], worth[places, 1]


def make_room(amounts: npt.NDArray[Any], leads: int, empty: float) -> npt.NDArray[Any]:
    """At least one place per lead, and some to spare: growing is copying."""
    if leads <= len(amounts):
        return amounts
    more = max(leads, len(amounts) * 5 // 4) - len(amounts)
    return np.append(amounts, np.full(more, empty, amounts.dtype))


def _hundredths(values: Numbers) -> Hundredths:
    known = np.nan_to_num(values)
    return multiply(np.full(len(known), 100, np.int64), known, lambda row: Decimal(repr(float(known[row]))))


def seen_by(sums: EventSums, rows: Codes) -> Seen:
    """The sums of the leads at these positions; nothing where the position is -1."""
    known = rows >= 0
    age = np.full(len(rows), np.nan)
    age[known] = sums.age[rows[known]]

    def pick(name: str) -> Hundredths:
        picked = np.zeros(len(rows), np.int64)
        if name in sums.amounts:
            picked[known] = sums.amounts[name][rows[known]]
        return picked

    points = pick("points")
    faded = pick("faded") if "faded" in sums.amounts else points
    return Seen(pick("count"), age, points, faded, pick("value"))
