"""stretch: the numbers, days or ages that a test holds for, from one end to the other."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from leadscore.criteria import Test

_AGES = ("within_days", "older_than_days")
_COMPARISONS = ("is", "at_least", "at_most", "above", "below", "between", *_AGES)
_ALL = Decimal("Infinity")

End = tuple[Decimal, int]
"""A value, and whether it belongs (0) or what lies just above (1) or just below it (-1) is the last to."""


class Stretch(NamedTuple):
    """All values from ``low`` to ``high``."""

    scale: str
    """What the values are: numbers, days, or ages in days."""
    low: End = (-_ALL, 0)
    high: End = (_ALL, 0)

    def holds(self, other: Stretch) -> bool:
        """Whether the other is part of it."""
        return self.scale == other.scale and self.low <= other.low and other.high <= self.high

    def shares(self, other: Stretch) -> Stretch | None:
        """What is in both; None where nothing is."""
        both = Stretch(self.scale, max(self.low, other.low), min(self.high, other.high))
        return both if self.scale == other.scale and both.low <= both.high else None

    def until(self, other: Stretch) -> Stretch | None:
        """What lies between this and a higher one; None where nothing does.

        Between neighbouring whole numbers, as 9 and 10, lies nothing.
        """
        low, high = (self.high[0], self.high[1] + 1), (other.low[0], other.low[1] - 1)
        between = Stretch(self.scale, low, high)
        return between if low <= high and not between._is_between_neighbours() else None

    def _is_between_neighbours(self) -> bool:
        (low, above), (high, below) = self.low, self.high
        if low % 1 or high % 1:
            return self.scale != "number"
        return low + above > high + below

    def describe(self) -> str:
        """The stretch in words."""
        if self.low == self.high:
            return _write(self.low[0], self.scale)
        words = []
        if self.low[0] != -_ALL:
            words.append(f"{'above' if self.low[1] else 'from'} {_write(self.low[0], self.scale)}")
        if self.high[0] != _ALL:
            words.append(f"{'below' if self.high[1] else 'to'} {_write(self.high[0], self.scale)}")
        return " ".join(words)


def stretch_of(test: Test) -> Stretch | None:
    """What a test holds for; None where it does more than to compare."""
    found: Stretch | None = None
    for name, argument in test.arguments.items():
        each = _of_comparison(name, argument)
        if each is None:
            return None
        found = each if found is None else found.shares(each)
        if found is None:
            return None
    return found


def _of_comparison(name: str, argument: object) -> Stretch | None:
    if name not in _COMPARISONS:
        return None
    ends = argument if isinstance(argument, tuple) else (argument,)
    read = [_read(str(end)) for end in ends]
    if None in read:
        return None
    scale = "age" if name in _AGES else "day" if _is_day(str(ends[0])) else "number"
    first, last = (Decimal(read[0] or 0), 0), (Decimal(read[-1] or 0), 0)
    if name in ("is", "between"):
        return Stretch(scale, first, last)
    if name in ("at_least", "above", "older_than_days"):
        return Stretch(scale, first if name == "at_least" else (first[0], 1))
    if name == "within_days":
        return Stretch(scale, (Decimal(0), 0), last)
    return Stretch(scale, high=last if name == "at_most" else (last[0], -1))


def _is_day(text: str) -> bool:
    return text.count("-") == 2 and text[:4].isdigit()


def _read(text: str) -> Decimal | None:
    try:
        return Decimal(date.fromisoformat(text).toordinal()) if _is_day(text) else _finite(Decimal(text))
    except (ValueError, ArithmeticError):
        return None


def _finite(number: Decimal) -> Decimal | None:
    return number if math.isfinite(number) else None


def _write(value: Decimal, scale: str) -> str:
    if scale == "day":
        return date.fromordinal(int(value)).isoformat()
    return f"{value:,f}" + (" days" if scale == "age" else "")
