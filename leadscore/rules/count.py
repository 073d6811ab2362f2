"""count: points for each visit, form or page: a number, or events of a log, times points."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field as Setting, model_validator

from leadscore.fields import Leads, Seen, Turn, Use
from leadscore.part import refuse_key
from leadscore.points import LIMIT, Flags, Hundredths, Numbers, multiply
from leadscore.rules.base import Award, Rule, spread
from leadscore.rules.times import COUNT_LIMIT, spread_out
from leadscore.scalars import Count as Whole, Days, NoTwins, Points, Text, Texts

_MODES = ("each", "once", "ranges", "per_value")


class Count(Rule):
    """A number times points, at most ``cap`` (or, where each costs points, at least ``floor``).

    What is counted stands in a ``field``, or is an ``event`` of the activity log, where it may be limited
    to the last ``within_days`` and to ``at_most_per_day``. ``each`` gives points every time, ``once`` the
    first time, ``ranges`` by how often, ``per_value`` for each unit of the event's value. With ``each``,
    ``min_count`` is the first time that counts and ``max_count`` the last one. A decay without ``since``
    takes each event by its own age (where points are given once or by ranges, the last one's). Below zero
    a number counts as zero. Formula: clip(sum of points x share left, floor, cap), and for a number n
    clip(each x max(0, min(n, max_count) - (min_count - 1)), floor, cap); models.md E2.

    Example:
        name: page visits
        kind: count
        field: visits
        each: 1
        cap: 10
    """

    PAYS, PAYS_EACH = _MODES, ("each", "per_value")

    kind: Literal["count"]
    field: Text | None = None
    event: Texts | None = None
    each: Points | None = None
    once: Points | None = None
    ranges: Annotated[dict[Whole, Points], NoTwins, Setting(min_length=1)] | None = None
    per_value: Points | None = None
    min_count: Annotated[Whole, Setting(gt=0)] | None = None
    max_count: Annotated[Whole, Setting(gt=0)] | None = None
    within_days: Days | None = None
    at_most_per_day: Annotated[Whole, Setting(gt=0)] | None = None
    cap: Points | None = None
    floor: Points | None = None

    @model_validator(mode="after")
    def _refuse_unclear_counts(self) -> Self:
        if (self.field is None) == (self.event is None):
            raise ValueError("must have either field or event; name what is counted")
        if sum(getattr(self, mode) is not None for mode in _MODES) != 1:
            raise ValueError(f"must have exactly one of {', '.join(_MODES)}; say what it gives")
        for key in ("per_value", "within_days", "at_most_per_day"):
            if self.event is None and getattr(self, key) is not None:
                raise refuse_key(key, "is for events of the log; count an event, or remove it")
        if self.per_value is not None and self.at_most_per_day is not None:
            raise refuse_key("at_most_per_day", "cannot tell which values of a day to leave out; use cap")
        if "otherwise" in self.model_fields_set:
            raise refuse_key("otherwise", "has no meaning for a count; 0 times any points is 0")
        if self.event is not None and "missing" in self.model_fields_set:
            raise refuse_key("missing", "has no meaning for events; a lead without any has 0")
        return self

    @model_validator(mode="after")
    def _refuse_unclear_limits(self) -> Self:
        for key in ("min_count", "max_count"):
            if getattr(self, key) is None:
                continue
            if self.each is None:
                raise refuse_key(key, "says which of many times count, and only each counts them; write each")
            if self.fades_by_event:
                what = "cannot tell which events to leave out where each fades by its own age"
                raise refuse_key(key, f"{what}; add since: a date field to decay, or remove it")
        if (self.min_count or 0) > COUNT_LIMIT:
            raise refuse_key("min_count", f"is above {COUNT_LIMIT:,}; write less")
        if self.max_count is not None and self.max_count < (self.min_count or 0):
            raise refuse_key("max_count", "is below min_count, so nothing would ever count; swap them")
        return self

    @model_validator(mode="after")
    def _refuse_bounds_that_never_bind(self) -> Self:
        if self.cap is not None and (self._unit < 0 or self.cap < 0):
            raise refuse_key("cap", "bounds points that are earned; where each costs points, write floor")
        if self.floor is not None and (self._unit > 0 or self.floor > 0):
            raise refuse_key("floor", "bounds points that are lost; where each earns points, write cap")
        return self

    @property
    def _unit(self) -> int:
        """The points of one: their sign says whether counting earns or costs."""
        given = next(getattr(self, mode) for mode in _MODES if getattr(self, mode) is not None)
        return int(max(given.values(), key=abs) if isinstance(given, dict) else given)

    @property
    def _not_counted(self) -> int:
        """So many of the first times earn nothing."""
        return (self.min_count or 1) - 1

    @property
    def _most(self) -> int:
        """The points of all times that count, on the unit's side of 0, before cap and floor."""
        times = LIMIT if self.max_count is None else self.max_count - self._not_counted
        return max(-LIMIT, min(LIMIT, self._unit * times))

    @property
    def key(self) -> tuple[str, str]:
        """What the activity log's sums stand under: all the rule says, as two segments' may share a name."""
        return "rule", repr(self)

    @property
    def fades_by_event(self) -> bool:
        """Whether each event loses points by its own age."""
        return self.event is not None and self.decay is not None and self.decay.since is None

    def reads(self) -> Iterator[Use]:
        if self.field is not None:
            yield Use(self.field, "number", ("field",))

    def turns(self) -> Iterator[Turn]:
        bound, unit = self.cap if self._unit > 0 else self.floor, max(abs(self._unit), 1)
        by_bound = LIMIT if bound is None else self._not_counted + -(-abs(bound) // unit)
        most = min(by_bound, self.max_count or LIMIT)
        times = [1] if self.once is not None else self.ranges or spread_out(most)
        yield from (Turn(self.field, str(number)) for number in times if self.field is not None)

    def award(self, leads: Leads) -> Award:
        if self.event is not None:
            return self._award_events(leads.activity[self.key], leads)
        field = leads[self.field or ""]
        assert field.numbers is not None, "counts are numbers"
        numbers = np.fmax(field.numbers, 0.0)
        points = self._of_numbers(numbers) if self.each is not None else self._of_times(numbers)
        return self.unless_missing(spread(self._bounded(points), field), field.known)

    def _of_numbers(self, numbers: Numbers) -> Hundredths:
        each = np.full(len(numbers), self._unit, dtype=np.int64)
        counted = np.clip(numbers, self._not_counted, self.max_count)
        # repr of a double is the shortest decimal that reads back as it: the number as the export had it.
        points = multiply(each, counted, lambda row: Decimal(repr(float(counted[row]))))
        # A whole number of hundredths, taken off after rounding: exact, as number - (min_count - 1) is not.
        return points - self._unit * self._not_counted

    def _of_times(self, times: Numbers) -> Hundredths:
        """Points by how often: once, or by ranges, each named by its lowest number of times."""
        ranges = self.ranges if self.ranges is not None else {1: self.once or 0}
        lowest = sorted(ranges)
        points = np.array([0, *(ranges[times] for times in lowest)], dtype=np.int64)
        return points[np.searchsorted(lowest, times, side="right")]

    def _award_events(self, seen: Seen, leads: Leads) -> Award:
        known: Flags = np.ones(leads.count, dtype=bool)
        if self.min_count is not None or self.max_count is not None:
            return Award(self._bounded(self._of_numbers(seen.count.astype(np.float64))), known)
        if self.each is not None or self.per_value is not None:
            faded = self._bounded(seen.faded) if self.fades_by_event else None
            return Award(self._bounded(seen.points), known, faded)
        points = self._bounded(self._of_times(seen.count.astype(np.float64)))
        faded = self.decay.fade_by_age(points, seen.age) if self.decay and self.fades_by_event else None
        return Award(points, known, faded)

    def of_events(self, ages: Numbers, values: Numbers) -> tuple[Hundredths, Hundredths]:
        """The points of single events, full and faded, before cap and floor. Unreadable values count as 0."""
        if self.per_value is None:
            points = np.full(len(ages), self.each or 0, dtype=np.int64)
        else:
            points = self._of_numbers(np.fmax(values, 0.0)).clip(-LIMIT, LIMIT)  # sums stay in int64
        if self.decay is None or not self.fades_by_event:
            return points, points
        return points, self.decay.fade_by_age(points, ages)

    def _bounded(self, points: Hundredths) -> Hundredths:
        return points.clip(min(self.choices()), max(self.choices()))

    def choices(self) -> list[int]:
        if self.once is not None or self.ranges is not None:
            given = [0, *(self.ranges or {1: self.once or 0}).values()]
            low, high = min(given), max(given)
        else:
            low, high = sorted((0, self._most))
        return [
            max(low, self.floor if self.floor is not None else low),
            min(high, self.cap if self.cap is not None else high),
        ]

    def weight(self) -> int:
        # Without a bound nobody can say what is attainable: one unit then stands for the rule.
        return abs(self._unit) if LIMIT in map(abs, self.choices()) else super().weight()

    def describe(self) -> str:
        return self.field if self.field is not None else " or ".join(self.event or ())
