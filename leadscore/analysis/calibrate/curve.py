"""curve: scores and outcomes -> the log odds to be won as a straight line of the score."""

from __future__ import annotations

import numpy as np

from leadscore.analysis.calibrate.logistic import chance
from leadscore.analysis.statistics import Levels
from leadscore.points import Hundredths, Numbers

_STEPS = 100
_STEEPEST = 50.0
"""Where won and lost leads are apart by the score alone, no slope is steep enough; so much is."""


def fit_curve(levels: Levels) -> tuple[float, float]:
    """Intercept and slope (per point) of the likeliest curve; Platt, Probabilistic Outputs (1999).

    Won and lost leads count as (w + 1) / (w + 2) and 1 / (l + 2) won, as Platt has it: so there always is
    a likeliest curve. Newton's method on distinct scores, halved where a step is too long.
    """
    scores = levels.scores / 100
    won, lost = levels.won.astype(np.float64), levels.lost.astype(np.float64)
    of_won, of_lost = (won.sum() + 1) / (won.sum() + 2), 1 / (lost.sum() + 2)
    hits, leads = won * of_won + lost * of_lost, won + lost
    middle, width = _standard(scores, leads)
    values = (scores - middle) / width
    intercept, slope = _climb(values, hits, leads)
    return float(intercept - slope * middle / width), float(slope / width)


def _standard(scores: Numbers, leads: Numbers) -> tuple[float, float]:
    middle = float(np.average(scores, weights=leads))
    width = float(np.sqrt(np.average((scores - middle) ** 2, weights=leads)))
    return middle, width or 1.0


def _climb(values: Numbers, hits: Numbers, leads: Numbers) -> tuple[float, float]:
    rate = hits.sum() / leads.sum()
    point = np.array([np.log(rate / (1 - rate)), 0.0])
    loss = _loss(point, values, hits, leads)
    for _ in range(_STEPS):
        chances = chance(point[0] + point[1] * values)
        residuals, spread = leads * chances - hits, leads * chances * (1 - chances)
        slopes = np.array([residuals.sum(), residuals @ values])
        cross = spread @ values
        bends = np.array([[spread.sum(), cross], [cross, spread @ values**2]]) + np.eye(2) * 1e-12
        step = np.linalg.solve(bends, slopes)
        length = 1.0
        while length > 1e-6 and _loss(point - length * step, values, hits, leads) > loss:
            length /= 2
        point = point - length * step
        loss = _loss(point, values, hits, leads)
        if np.abs(length * step).max() < 1e-12:
            break
    return float(point[0]), float(np.clip(point[1], -_STEEPEST, _STEEPEST))


def _loss(point: Numbers, values: Numbers, hits: Numbers, leads: Numbers) -> float:
    odds = point[0] + point[1] * values
    return float(hits @ np.logaddexp(0.0, -odds) + (leads - hits) @ np.logaddexp(0.0, odds))


def curve_chances(scores: Hundredths, intercept: float, slope: float) -> Numbers:
    """The chance of each score to be won."""
    return chance(intercept + slope * scores / 100)
