"""logistic: patterns and outcomes -> what each lever weighs: logistic regression with L2 and bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from leadscore.analysis.calibrate.patterns import Patterns
from leadscore.errors import Problem, UsageError
from leadscore.points import Numbers

STRENGTHS = (0.01, 0.1, 1.0, 10.0, 100.0)
"""C as scikit-learn has it: how much the leads count against the penalty."""
Bounds = tuple[float, float]
FREE: Bounds = (-np.inf, np.inf)
_FINE, _ROUGH = 1e-15, 1e-11
"""Where a step makes the loss smaller by no more than this share of it, that is the end."""


@dataclass(frozen=True)
class Weights:
    """Log odds to be won = intercept + the sum of the levers' weights, each as far as it is pulled."""

    intercept: float
    levers: Numbers
    strength: float


def refuse_without(extra: str = "stats") -> None:
    """Raise UsageError where the libraries are not installed that learn from history."""
    try:
        import scipy.optimize  # noqa: F401
        import sklearn.tree  # noqa: F401
    except ImportError:
        what = "needs what is not installed with leadscore alone"
        hint = f"pip install 'leadscore[{extra}]'; --method frequency and probability do without"
        raise UsageError(Problem("--method", what=what, hint=f"install the extra {extra}: {hint}")) from None


def choose_strength(patterns: Patterns, bounds: Sequence[Bounds], start: Numbers | None = None) -> float:
    """The strength with which leads are foretold best that were not learned from.

    Cross validation over the folds: the least log loss; of equal ones the stronger penalty.
    """
    folds = range(len(patterns.won))
    losses = [
        sum(_loss_of_fold(patterns, bounds, strength, fold, start) for fold in folds)
        for strength in STRENGTHS
    ]
    return STRENGTHS[int(np.argmin(np.round(losses, 9)))]


def _loss_of_fold(
    patterns: Patterns, bounds: Sequence[Bounds], strength: float, fold: int, start: Numbers | None
) -> float:
    weights = fit_weights(patterns, bounds, strength, start, _ROUGH, without=fold)
    odds = weights.intercept + patterns.weigh(weights.levers)
    return _log_loss(odds, patterns.won[fold], patterns.lost[fold])


def fit_weights(
    patterns: Patterns,
    bounds: Sequence[Bounds],
    strength: float,
    start: Numbers | None = None,
    precision: float = _FINE,
    without: int | None = None,
) -> Weights:
    """The minimum of  strength x log loss + |weights - start|^2 / 2  within bounds; the intercept is free.

    ``start``: what the weights are without evidence; 0 without it. So levers that go together, and of which
    history cannot say which one counts, stay as they are. The sum is convex, so there is one minimum, and
    L-BFGS-B comes to it from anywhere (Byrd, Lu, Nocedal, Zhu 1995). ``without``: a fold that is left out.
    Weights are those of the patterns' own scale.
    """
    from scipy.optimize import minimize

    centre = np.zeros(patterns.levers) if start is None else start

    kept = [fold for fold in range(len(patterns.won)) if fold != without]
    won, lost = patterns.won[kept].sum(axis=0), patterns.lost[kept].sum(axis=0)
    leads = won + lost
    total = float(leads.sum())

    def loss_and_slope(point: Numbers) -> tuple[float, Numbers]:
        intercept, weights = point[0], point[1:]
        odds = intercept + patterns.weigh(weights)
        residuals = leads * chance(odds) - won
        moved = weights - centre
        loss = _log_loss(odds, won, lost) + float(moved @ moved) / (2 * strength)
        slopes = patterns.collect(residuals) + moved / strength
        return loss / total, np.append(residuals.sum(), slopes) / total

    found = minimize(
        loss_and_slope,
        np.zeros(patterns.levers + 1),
        jac=True,
        method="L-BFGS-B",
        bounds=[FREE, *bounds],
        options={"maxiter": 2000, "maxfun": 4000, "ftol": precision, "gtol": 1e-9},
    )
    return Weights(float(found.x[0]), np.asarray(found.x[1:]), strength)


def chance(odds: Numbers) -> Numbers:
    """Log odds -> probability."""
    small = np.exp(-np.abs(odds))
    probabilities: Numbers = np.where(odds >= 0, 1.0, small) / (1.0 + small)
    return probabilities


def _log_loss(odds: Numbers, won: Numbers, lost: Numbers) -> float:
    return float(won @ np.logaddexp(0.0, -odds) + lost @ np.logaddexp(0.0, odds))
