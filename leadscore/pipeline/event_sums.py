"""event_sums: events as they come -> sums per lead, the same in any order and any batches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from leadscore.fields import Seen
from leadscore.model.events import Wanted
from leadscore.pipeline.days import Days
from leadscore.points import Hundredths, Numbers, multiply

Codes = npt.NDArray[np.int64]
_TOLD = ("count", "age")
_NO_VALUES = np.zeros(0)


@dataclass
class EventSums:
    """Sums per lead of the log, for one rule or field: only those it asks for. Grows as leads appear."""

    wanted: Wanted
    told: bool = False
    """Whether also what is not scored by but told of a lead: how many events, and the last one's age."""
    amounts: dict[str, npt.NDArray[Any]] = field(default_factory=dict)
    """Of each lead: number, points, faded points, value (hundredths) of its events; days since the last."""
    worth: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Age -> points of an event of that age, full and faded, where only the age decides."""
    days: Days = field(default_factory=Days)
    """Where a day counts at most so often: what has to wait until the log ends."""

    def __post_init__(self) -> None:
        names = (*self.wanted.amounts, *(_TOLD if self.told else ()))
        self.amounts = {name: np.zeros(0, np.float64 if name == "age" else np.int64) for name in names}

    def grow(self, leads: int) -> None:
        """Make room for so many leads."""
        for name, amounts in self.amounts.items():
            self.amounts[name] = make_room(amounts, leads, np.inf if name == "age" else 0)

    def add(self, codes: Codes, ages: Numbers, values: Numbers = _NO_VALUES) -> None:
        """Count events of leads; each array has one entry per event. Values where they are wanted."""
        if self.wanted.at_most_per_day is None:
            self._sum(codes, ages, values, 1)
            return
        self.days.add(codes, ages)

    def close(self) -> None:
        """Count what had to wait for the whole log."""
        if self.wanted.at_most_per_day is not None:
            for codes, ages, times in self.days.take_all():
                self.add_days(codes, ages, times)

    def add_days(self, codes: Codes, ages: Numbers, times: Codes) -> None:
        """Count leads' whole days: how many events each had, of which a day counts at most so many."""
        most = self.wanted.at_most_per_day
        self._sum(codes, ages, _NO_VALUES, times if most is None else times.clip(max=most))

    def _sum(self, codes: Codes, ages: Numbers, values: Numbers, times: Codes | int) -> None:
        if "count" in self.amounts:
            np.add.at(self.amounts["count"], codes, times)
        if "age" in self.amounts:
            np.minimum.at(self.amounts["age"], codes, ages)
        if "points" in self.amounts:
            points, faded = self._points(ages, values)
            np.add.at(self.amounts["points"], codes, points * times)
            if "faded" in self.amounts:
                np.add.at(self.amounts["faded"], codes, faded * times)
        if "value" in self.amounts:
            np.add.at(self.amounts["value"], codes, _hundredths(values))

    def _points(self, ages: Numbers, values: Numbers) -> tuple[Hundredths | int, Hundredths | int]:
        """The points of each event, full and faded; of all where they are the same."""
        rule = self.wanted.rule
        assert rule is not None, "only rules give points"
        if rule.per_value is not None:
            return rule.of_events(ages, values)
        if not rule.fades_by_event:
            return rule.each or 0, rule.each or 0
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
    room = max(leads, 2 * len(amounts))
    larger = np.full(room, empty, amounts.dtype) if empty else np.zeros(room, amounts.dtype)
    larger[: len(amounts)] = amounts
    return larger


def _hundredths(values: Numbers) -> Hundredths:
    known = np.nan_to_num(values)
    return multiply(np.full(len(known), 100, np.int64), known, lambda row: Decimal(repr(float(known[row]))))


def seen_by(sums: EventSums, rows: Codes) -> Seen:
    """The sums of the leads at these positions; nothing where the position is -1."""
    known = rows >= 0
    picked: dict[str, npt.NDArray[Any]] = {}
    for name, amounts in sums.amounts.items():
        picked[name] = np.full(len(rows), np.inf if name == "age" else 0, amounts.dtype)
        picked[name][known] = amounts[rows[known]]
    return seen_from(picked, len(rows))


def seen_from(amounts: Mapping[str, npt.NDArray[Any]], leads: int) -> Seen:
    """What is said of so many leads by the amounts of each; nothing by those nobody asks for.

    An age is infinite where a lead has no event.
    """
    nothing = np.zeros(leads, np.int64)
    age = amounts.get("age", np.full(leads, np.nan))
    points = amounts.get("points", nothing)
    return Seen(
        amounts.get("count", nothing),
        np.where(np.isinf(age), np.nan, age),
        points,
        amounts.get("faded", points),
        amounts.get("value", nothing),
    )
