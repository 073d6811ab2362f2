"""base: what a measure is made of and gives: a number or a label per lead, with the range of the numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from leadscore.points import Flags, Hundredths, format_points


@dataclass(frozen=True)
class Range:
    """The least and the most (hundredths) a number can be by the config; None where nothing bounds it."""

    low: int | None = None
    high: int | None = None

    @property
    def ends(self) -> tuple[int, int]:
        """Both ends of a range that was checked to have them."""
        assert self.low is not None
        assert self.high is not None
        return self.low, self.high

    def describe(self) -> str:
        """The range in words."""
        low, high = ("any" if end is None else format_points(end) for end in (self.low, self.high))
        return f"{low} to {high}"


@dataclass(frozen=True)
class Amounts:
    """A number per lead in whole hundredths; ``known`` is None where every lead has one."""

    hundredths: Hundredths
    range: Range
    known: Flags | None = None


@dataclass(frozen=True)
class Labels:
    """A label per lead: its place in ``names``, best first; -1 where it is unknown."""

    codes: npt.NDArray[np.intp]
    names: tuple[str, ...]


def label(amounts: Amounts, thresholds: Mapping[str, int]) -> Labels:
    """The highest threshold each number reaches; the lowest label for numbers below all of them."""
    names = best_first(thresholds)
    rising = np.array([thresholds[name] for name in reversed(names)], dtype=np.int64)
    reached = len(names) - np.searchsorted(rising, amounts.hundredths, side="right")
    codes = np.minimum(reached, len(names) - 1)
    return Labels(codes if amounts.known is None else np.where(amounts.known, codes, -1), names)


def best_first(cuts: Mapping[str, int]) -> tuple[str, ...]:
    """The labels of cuts, from the highest cut down."""
    return tuple(sorted(cuts, key=lambda name: cuts[name], reverse=True))
