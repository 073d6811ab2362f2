"""fives: the weights of a model -> points a person would write: whole fives, 100 at most in all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from leadscore.analysis.init.learn import Cases, Codes, Weights, ranks_won_first
from leadscore.points import Flags

_LEAST, _WHOLE, _STEP = 80, 100, 5


@dataclass(frozen=True)
class Given:
    """The points of a column: of each case, and of a lead that is in none."""

    points: tuple[int, ...]
    otherwise: int = 0

    def of(self, codes: Codes) -> Codes:
        """The points of each lead."""
        return np.array([*self.points, self.otherwise], dtype=np.int64)[codes]


def to_points(cases: Sequence[Cases], weights: Sequence[Weights], won: Flags) -> list[Given]:
    """Weights -> points in fives: the worst case of a column is 0, the best of all come to 80 to 100.

    What is open costs or earns beside the usual, which is 0. Of the scales that do so the one is taken whose
    points, so rounded, rank these leads best; of several the largest.
    """
    scales = [_scaled(cases, weights, total) for total in range(_WHOLE + 30, 0, -1)]
    fit = [given for given in scales if _LEAST <= _most(given) <= _WHOLE] or scales[30:31]
    distinct = list({str(given): given for given in fit}.values())
    return max(distinct, key=lambda given: ranks_won_first(_total(cases, given), won))


def _scaled(cases: Sequence[Cases], weights: Sequence[Weights], total: int) -> list[Given]:
    """The points when what columns give at most adds up to about so many."""
    lows = [
        0.0 if each.is_open else min(float(own.min(initial=0)), 0.0)
        for each, own in zip(cases, weights, strict=True)
    ]
    spans = [float(own.max(initial=0)) - low for own, low in zip(weights, lows, strict=True)]
    unit = total / (sum(spans) or sum(float(-own.min(initial=0)) for own in weights) or 1.0)
    return [
        Given(tuple(_round((float(weight) - low) * unit) for weight in own), _round(-low * unit))
        for own, low in zip(weights, lows, strict=True)
    ]


def _most(given: Sequence[Given]) -> int:
    return sum(max([0, *each.points, each.otherwise]) for each in given)


def _total(cases: Sequence[Cases], given: Sequence[Given]) -> Weights:
    points = [own.of(each.codes) for each, own in zip(cases, given, strict=True)]
    total: Weights = np.maximum(np.sum(points, axis=0), 0).astype(np.float64)
    return total


def _round(points: float) -> int:
    return int(np.floor(abs(points) / _STEP + 0.5)) * _STEP * (1 if points > 0 else -1)
