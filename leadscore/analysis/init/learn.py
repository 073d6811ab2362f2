"""learn: the case of each column a lead is in, and whether it was won -> few columns, and weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from leadscore.points import Flags

Codes = npt.NDArray[np.int64]
"""Of each lead the case it is in, from 0; -1 where it is in none: unknown, or too rare to tell."""
Weights = npt.NDArray[np.float64]

MOST_COLUMNS, LEAST_GAIN = 10, 0.002
"""No more columns are taken, and none that adds less to the area under the curve."""
_PRIOR = 2.0
"""How strongly a weight is drawn to 0 (ridge): as if so much had been seen that says nothing."""
_ROUNDS, _TRIED, _PARTS = 25, 3, 4
_LARGEST_STEP, _LARGEST_WEIGHT = 2.0, 4.0
_WIDEST = 30
"""So many columns, the best ones alone, are tried together."""


@dataclass(frozen=True)
class Cases:
    """A column as the model sees it."""

    codes: Codes
    count: int
    """How many cases there are."""
    is_open: bool = False
    """Whether leads in none of them are the usual ones, as those without a flag; else they are unknown."""


@dataclass
class Model:
    """log odds = base + the weight of each column's case (naive additive model, ridge regression)."""

    base: float
    weights: list[Weights]


def choose_columns(cases: Sequence[Cases], won: Flags) -> tuple[list[int], Model]:
    """The columns that together rank best, by forward selection, and the model of all leads.

    What a column adds is the gain in the area under the curve, each fourth of the leads ranked by what was
    learned from the other three: a column of many cases gains nothing by knowing the leads by heart.
    """
    parts = np.arange(len(won)) % _PARTS
    start = [fit_model([], won[parts != part]).base for part in range(_PARTS)]
    now = np.stack([np.full(len(won), base) for base in start])
    alone = [_auc(_apart(now, each, won, parts), won) for each in cases]
    order = sorted(range(len(cases)), key=lambda place: (-alone[place], place))[:_WIDEST]
    chosen: list[int] = []
    best = 0.5
    while len(chosen) < min(MOST_COLUMNS, len(order)):
        left = [place for place in order if place not in chosen]
        reached = [_auc(_apart(now, cases[place], won, parts), won) for place in left]
        first = int(np.argmax(reached))
        if reached[first] - best < LEAST_GAIN:
            break
        chosen.append(left[first])
        now = np.stack(
            [_learned_without([cases[place] for place in chosen], won, parts, part) for part in range(_PARTS)]
        )
        best = _auc(now[parts, np.arange(len(won))], won)
    return chosen, fit_model([cases[place] for place in chosen], won)


def _learned_without(cases: Sequence[Cases], won: Flags, parts: Codes, part: int) -> Weights:
    """The log odds of all leads by what the other parts say."""
    train = parts != part
    model = fit_model([replace(each, codes=each.codes[train]) for each in cases], won[train])
    return log_odds(cases, model, len(won))


def _apart(now: Weights, each: Cases, won: Flags, parts: Codes) -> Weights:
    """The log odds of all leads with one column more; of each lead by what the other parts say."""
    reached = np.empty(len(won))
    for part in range(_PARTS):
        train, there = parts != part, parts == part
        weights = _added(now[part][train], replace(each, codes=each.codes[train]), won[train])
        reached[there] = now[part][there] + _scores(each.codes[there], weights)
    return reached


def fit_model(cases: Sequence[Cases], won: Flags) -> Model:
    """Logistic regression on the cases, one column after the other until nothing moves (Newton's steps).

    Columns that say the same share what they say. A blank, which is 0, is as good as the case that more than
    half of the others are in or, where there is none, as the others are on average: who was asked, and when,
    decides who is known, so that alone neither earns nor costs.
    """
    share = (won.sum() + 0.5) / (len(won) + 1)
    model = Model(float(np.log(share / (1 - share))), [np.zeros(each.count) for each in cases])
    odds = np.full(len(won), model.base)
    for _ in range(_ROUNDS if cases else 0):
        for place, each in enumerate(cases):
            step = _step(each, odds, won, model.weights[place])
            model.weights[place] += step
            odds += _scores(each.codes, step)
        chance = _chance(odds)
        shift = float((won - chance).sum() / max((chance * (1 - chance)).sum(), 1e-9))
        shift = min(max(shift, -_LARGEST_STEP), _LARGEST_STEP)
        model.base += shift
        odds += shift
    return model


def log_odds(cases: Sequence[Cases], model: Model, count: int) -> Weights:
    """Of each lead."""
    odds = np.full(count, model.base)
    for each, weights in zip(cases, model.weights, strict=True):
        odds += _scores(each.codes, weights)
    return odds


def ranks_won_first(scores: npt.NDArray[np.float64], won: Flags) -> float:
    """The share of pairs of a won and a lost lead in which the won one has more; a tie counts half (AUC)."""
    return _auc(scores, won)


def _added(odds: Weights, each: Cases, won: Flags) -> Weights:
    """The weights of a column that is added to what is known."""
    weights, now = np.zeros(each.count), odds.copy()
    for _ in range(_TRIED):
        step = _step(each, now, won, weights)
        weights += step
        now += _scores(each.codes, step)
    return weights


def _step(each: Cases, odds: Weights, won: Flags, weights: Weights) -> Weights:
    """Newton's step of each weight, with the others as they are."""
    chance = _chance(odds)
    places = each.codes + 1
    slope = np.bincount(places, won - chance, each.count + 1)[1:] - _PRIOR * weights
    bend = np.bincount(places, chance * (1 - chance), each.count + 1)[1:] + _PRIOR
    step = np.clip(slope / bend, -_LARGEST_STEP, _LARGEST_STEP)
    moved = np.clip(weights + step, -_LARGEST_WEIGHT, _LARGEST_WEIGHT)
    if not each.is_open:
        leads = np.bincount(places, minlength=each.count + 1)[1:]
        is_usual = 2 * leads.max() > leads.sum()
        moved = moved - (moved[leads.argmax()] if is_usual else (moved * leads).sum() / max(leads.sum(), 1))
    return np.asarray(moved - weights, dtype=np.float64)


def _chance(odds: Weights) -> Weights:
    return np.asarray(1 / (1 + np.exp(-odds)), dtype=np.float64)


def _scores(codes: Codes, weights: Weights) -> Weights:
    return np.append(weights, 0.0)[codes]


def _auc(scores: Weights, won: Flags) -> float:
    _, places = np.unique(np.round(scores, 9), return_inverse=True)
    of_won = np.bincount(places[won], minlength=places.max(initial=0) + 1).astype(np.float64)
    of_lost = np.bincount(places[~won], minlength=len(of_won)).astype(np.float64)
    pairs = of_won.sum() * of_lost.sum()
    if not pairs:
        return 0.5
    return float((of_won * (np.cumsum(of_lost) - of_lost / 2)).sum() / pairs)
