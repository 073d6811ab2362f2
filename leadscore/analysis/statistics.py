"""statistics: scores and outcomes -> figures with their intervals; each formula with its source."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from leadscore.pipeline.stability import population_stability as population_stability
from leadscore.points import Flags, Hundredths

Z95 = 1.959963984540054
"""The normal distribution's 97.5th percentile: 95 % lie within so many standard deviations."""


@dataclass(frozen=True)
class Estimate:
    """A figure and its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Levels:
    """Leads by distinct score, the highest first: how many, and how many of them were won."""

    scores: Hundredths
    leads: npt.NDArray[np.int64]
    won: npt.NDArray[np.int64]

    @property
    def lost(self) -> npt.NDArray[np.int64]:
        """How many of each were lost."""
        return self.leads - self.won


def by_level(scores: Hundredths, won: Flags) -> Levels:
    """The distinct scores of leads whose outcome is known."""
    distinct, places = np.unique(scores, return_inverse=True)
    leads = np.bincount(places, minlength=len(distinct))
    of_won = np.bincount(places[won], minlength=len(distinct))
    return Levels(distinct[::-1], leads[::-1], of_won[::-1])


def share_won(won: int, leads: int) -> Estimate | None:
    """won / leads with Wilson's score interval (1927); None without leads.

    centre = (p + z^2/2n) / (1 + z^2/n), half width = z/(1 + z^2/n) * sqrt(p(1-p)/n + z^2/4n^2).
    """
    if not leads:
        return None
    rate, square = won / leads, Z95 * Z95
    shrink = 1 + square / leads
    centre = (rate + square / (2 * leads)) / shrink
    half = Z95 / shrink * math.sqrt(rate * (1 - rate) / leads + square / (4 * leads * leads))
    return Estimate(rate, max(centre - half, 0.0), min(centre + half, 1.0))


def area_under_curve(levels: Levels) -> Estimate | None:
    """The chance that a won lead scores above a lost one, ties half; DeLong's interval (1988).

    None without won or without lost leads. Exact counts of pairs; the variance is that of the placements of
    won among lost leads over their number, plus that of lost among won ones.
    """
    won, lost = int(levels.won.sum()), int(levels.lost.sum())
    if not (won and lost):
        return None
    lost_below = lost - np.cumsum(levels.lost)
    won_above = np.cumsum(levels.won) - levels.won
    of_won = (lost_below + levels.lost / 2) / lost
    of_lost = (won_above + levels.won / 2) / won
    area = float(np.sum(levels.won * (2 * lost_below + levels.lost)) / (2 * won * lost))
    spread = _variance(of_won, levels.won, area) / won + _variance(of_lost, levels.lost, area) / lost
    half = Z95 * math.sqrt(spread)
    return Estimate(area, max(area - half, 0.0), min(area + half, 1.0))


def _variance(values: npt.NDArray[np.float64], weights: npt.NDArray[np.int64], mean: float) -> float:
    """Of a sample, with so many of each value."""
    count = int(weights.sum())
    return float(np.sum(weights * (values - mean) ** 2) / (count - 1)) if count > 1 else 0.0


def kolmogorov_smirnov(levels: Levels) -> float | None:
    """The largest distance between the shares of won and of lost leads above any score (KS, 0 to 1)."""
    won, lost = int(levels.won.sum()), int(levels.lost.sum())
    if not (won and lost):
        return None
    distance = np.abs(np.cumsum(levels.won) / won - np.cumsum(levels.lost) / lost)
    return float(distance.max())


def brier(probabilities: npt.NDArray[np.float64], won: Flags) -> float | None:
    """The mean squared distance of the probabilities from what came (Brier 1950); None without leads."""
    return float(np.mean((probabilities - won) ** 2)) if len(won) else None


@dataclass(frozen=True)
class Difference:
    """Of two rates: the first less the second, its interval, and the two-proportion z-test."""

    value: Estimate
    z: float
    p: float


def compare_rates(won: int, leads: int, other_won: int, other_leads: int) -> Difference | None:
    """Pilot less control; models.md E21. None without leads in one of them.

    z = difference / sqrt(p(1-p)(1/n + 1/m)) with the rate p of both together, two-sided p from the normal
    distribution; the interval is Newcombe's (1998, method 10), from Wilson's of each rate.
    """
    one, other = share_won(won, leads), share_won(other_won, other_leads)
    if one is None or other is None:
        return None
    difference = one.value - other.value
    low = difference - math.hypot(one.value - one.low, other.high - other.value)
    high = difference + math.hypot(one.high - one.value, other.value - other.low)
    pooled = (won + other_won) / (leads + other_leads)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / leads + 1 / other_leads))
    z = difference / spread if spread else 0.0
    return Difference(Estimate(difference, low, high), z, math.erfc(abs(z) / math.sqrt(2)))
