"""score_counts: scores -> each distinct one with its leads: as exact as the scores, and far smaller."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from leadscore.points import Hundredths, round_half_away

Counts = npt.NDArray[np.int64]

_LOW = 26
"""Bits of the lower part of a number that is added up in two parts, neither of which can overflow."""


def exact_sum(values: Hundredths, leads: Counts | int = 1) -> int:
    """The sum of values x leads. Beyond int64 too, for values below 2**52 up to 2**37 leads."""
    high, low = values >> _LOW, values & ((1 << _LOW) - 1)
    return (int((high * leads).sum()) << _LOW) + int((low * leads).sum())


def _none() -> Counts:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class ScoreCounts:
    """How many leads have each score."""

    scores: Hundredths = field(default_factory=_none)
    """Each that a lead has, once, rising."""
    leads: Counts = field(default_factory=_none)

    @classmethod
    def of(cls, scores: Hundredths) -> ScoreCounts:
        """Scores in hundredths, one per lead in any order."""
        distinct, leads = np.unique(scores, return_counts=True)
        return cls(distinct.astype(np.int64), leads.astype(np.int64))

    @classmethod
    def join(cls, each: Sequence[ScoreCounts]) -> ScoreCounts:
        """Those of different leads together."""
        each = [counts for counts in each if len(counts.scores)]
        if len(each) == 1:
            return each[0]
        scores = np.concatenate([_none(), *(counts.scores for counts in each)])
        distinct, places = np.unique(scores, return_inverse=True)
        leads = np.zeros(len(distinct), dtype=np.int64)
        np.add.at(leads, places, np.concatenate([_none(), *(counts.leads for counts in each)]))
        return cls(distinct, leads)

    @property
    def count(self) -> int:
        """The leads."""
        return int(self.leads.sum())

    @property
    def total(self) -> int:
        """Hundredths, over all leads."""
        return exact_sum(self.scores, self.leads)

    def mean(self) -> int:
        """In hundredths, rounded half away from zero. There must be a lead."""
        return round_half_away(Fraction(self.total, self.count))

    def quantile(self, percent: int) -> int:
        """The lowest score that so many percent of the leads do not exceed. There must be a lead.

        No score is made up between two: it is the inverse of the empirical distribution function, type 1 of
        Hyndman and Fan, Sample Quantiles in Statistical Packages (1996).
        """
        wanted = max(-(-percent * self.count // 100), 1)
        return int(self.scores[np.searchsorted(np.cumsum(self.leads), wanted)])
