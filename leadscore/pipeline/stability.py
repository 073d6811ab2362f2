"""stability: counts of the same bins in two runs -> the population stability index, PSI."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

import numpy as np
import numpy.typing as npt

from leadscore.points import Hundredths

Counts = npt.NDArray[np.int64]

BINS = 200
"""A histogram has no more bins of equal width than this."""
_TOGETHER = 20_000
"""And two side by side have no more, however far apart they are."""
_WIDEST = 10**11
"""Hundredths; no score is so far from another that its bins would be wider."""
_TENTHS = 10
_LEAST = 0.5
"""Leads that stand for none in a share, where a logarithm of nothing is asked for."""


def population_stability(expected: Counts, actual: Counts) -> float | None:
    """PSI = sum (a - e) ln(a / e) over the shares of the same bins; models.md E22.

    A bin that is empty in one of the two counts as half a lead there. None where one of the two has no leads.
    """
    if not (expected.sum() and actual.sum()):
        return None
    used = (expected > 0) | (actual > 0)
    shares = [np.maximum(each[used], _LEAST) / each.sum() for each in (expected, actual)]
    return float(np.sum((shares[1] - shares[0]) * np.log(shares[1] / shares[0])))


@dataclass(frozen=True)
class Histogram:
    """How many leads have a score from ``start + place * width`` on, and below that of the next place.

    Widths and starts are hundredths. A start is a multiple of the width, and of two widths the greater is
    a multiple of the less, so that any two histograms can be put side by side without a doubt.
    """

    width: int
    start: int
    leads: Counts

    @classmethod
    def of(cls, scores: Hundredths, leads: Counts | None = None) -> Histogram:
        """Scores in hundredths, in bins as narrow as ``BINS`` of them can be; ``leads`` of each, or one."""
        if not len(scores):
            return cls(1, 0, np.zeros(0, np.int64))
        low, high = int(scores.min()), int(scores.max())
        width = next(width for width in _widths() if high // width - low // width < BINS)
        first = low // width
        return cls(width, first * width, np.bincount(scores // width - first, leads).astype(np.int64))

    @classmethod
    def read(cls, kept: dict[str, Any]) -> Histogram:
        """As ``kept`` has written it. Raises KeyError, TypeError or ValueError for what is none."""
        width, start = (round(float(kept[key]) * 100) for key in ("width", "start"))
        leads = np.array([int(count) for count in kept["leads"]], np.int64)
        known = width in takewhile(lambda each: each <= _WIDEST, _widths()) and abs(start) <= BINS * _WIDEST
        if not known or start % width or len(leads) > BINS or (leads < 0).any():
            raise ValueError("is no histogram")
        return cls(width, start, leads)

    @property
    def kept(self) -> dict[str, Any]:
        """The same for summary.json, in points."""
        return {"width": self.width / 100, "start": self.start / 100, "leads": self.leads.tolist()}

    def within(self, width: int, low: int, count: int) -> Counts:
        """The leads in ``count`` bins of this width from ``low`` on, which it all lies in."""
        places = (self.start + np.arange(len(self.leads)) * self.width - low) // width
        return np.bincount(places, self.leads, minlength=count).astype(np.int64)


def _widths() -> Iterator[int]:
    """1, 5, 10, 50, 100, ...: each is a multiple of the one before."""
    width = 1
    while True:
        yield from (width, 5 * width)
        width *= 10


def score_stability(expected: Histogram, actual: Histogram) -> float | None:
    """PSI of the score, in bins of about a tenth of the expected leads each; None where there are no leads.

    Bins of equal width that begin in the same tenth of the expected leads are one, so that leads with the
    same score stay together: fewer than ten bins where many have the same.
    """
    if not (expected.leads.sum() and actual.leads.sum()):
        return None
    before, now = _side_by_side(expected, actual)
    below = np.cumsum(before) - before
    last = np.flatnonzero(before)[-1]  # what is above it belongs to it
    tenths = _TENTHS * below[np.minimum(np.arange(len(before)), last)] // before.sum()
    bins = np.unique(tenths, return_inverse=True)[1]
    return population_stability(*(np.bincount(bins, leads).astype(np.int64) for leads in (before, now)))


def _side_by_side(*both: Histogram) -> list[Counts]:
    """The leads of two histograms in the same bins."""
    low = min(each.start for each in both)
    high = max(each.start + (len(each.leads) - 1) * each.width for each in both)
    least = max(max(each.width for each in both), (high - low) // _TOGETHER)
    width = next(width for width in _widths() if width >= least)
    low = low // width * width
    return [each.within(width, low, (high - low) // width + 1) for each in both]
