"""scorecard: a logistic regression on the config's own rules -> whole points for each of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from leadscore.analysis.calibrate.curve import fit_curve
from leadscore.analysis.calibrate.logistic import Bounds, choose_strength, fit_weights
from leadscore.analysis.calibrate.parts import Parts
from leadscore.analysis.calibrate.patterns import Patterns, find_patterns
from leadscore.analysis.calibrate.pulls import Handle, handles_of
from leadscore.analysis.calibrate.suggested import (
    Row,
    Scale,
    Suggested,
    name_lever,
    name_some,
    put_points,
    round_points,
)
from leadscore.analysis.evaluate.judged import Judged
from leadscore.analysis.statistics import by_level
from leadscore.points import Numbers, Rows, round_half_away
from leadscore.rules import Lever

FEW = 20
"""Learning leads below which nothing is learned of a lever."""
_ENOUGH = 20_000
"""Leads that the strength of the penalty is chosen by; with so many it hardly matters."""
_PDO = 10
"""Where the scores there are do not differ, so that nothing says how wide they should be."""


def suggest_points(judged: Judged, parts: Parts, pdo: int | None) -> Suggested:
    """Points by logistic regression with L2 on the learning leads; models.md E23.

    The levers must have been kept (``keep_pulls``). ``pdo``: points that double the odds; without it as many
    as make the new scores as wide (standard deviation) as the old ones.
    """
    handles = handles_of(judged.model)
    folds = parts.folds.astype(np.int64)
    patterns = find_patterns(judged, handles, parts.learning, folds)
    sample = patterns
    if (
        len(parts.learning) > _ENOUGH
    ):  # they stand in the order of their hashes, so the first are a fair sample
        sample = find_patterns(judged, handles, parts.learning[:_ENOUGH], folds[:_ENOUGH])
    support = patterns.count((patterns.won + patterns.lost).sum(axis=0)).astype(np.int64)
    bounds = list(_bounds(handles, support))
    scores = judged.collected.leads["score"].to_numpy()[parts.learning].astype(np.int64)
    _, slope = fit_curve(by_level(scores, judged.flags(parts.learning)))
    start = _start(handles, bounds, patterns, max(slope, 0.0))
    weights = fit_weights(patterns, bounds, choose_strength(sample, bounds, start), start)
    pdo = pdo or _as_wide(float(scores.std()) / 100, patterns, weights.levers)
    scale = Scale(pdo, weights.intercept, weights.strength)
    return _suggest(judged, handles, patterns.unscale(weights.levers), support, scale, max(slope, 0.0))


def _start(handles: Sequence[Handle], bounds: Sequence[Bounds], patterns: Patterns, slope: float) -> Numbers:
    """What the points there are weigh by the likeliest curve through the scores; within the bounds."""
    points = np.array([lever.points / 100 for handle in handles for lever in handle.levers])
    low, high = np.array(bounds).reshape(-1, 2).T
    weights: Numbers = np.clip(patterns.rescale(points * slope), low, high)
    return weights


def _bounds(handles: Sequence[Handle], support: Rows) -> list[Bounds]:
    levers = [(handle, lever) for handle in handles for lever in handle.levers]
    return [
        _range(handle, lever) if leads >= FEW else (0.0, 0.0)
        for (handle, lever), leads in zip(levers, support.tolist(), strict=True)
    ]


def _range(handle: Handle, lever: Lever) -> Bounds:
    """What the weight of a lever may be, by what the config says of it."""
    low, high = -math.inf, math.inf
    rule = handle.rule
    bounded = lever.path not in {("missing",), ("otherwise",)}
    earns = rule.effect == "positive" or (bounded and getattr(rule, "cap", None) is not None)
    costs = rule.effect == "negative" or (bounded and getattr(rule, "floor", None) is not None)
    if (
        handle.fades_when_earned
    ):  # the group's decay takes from what is earned alone: the share left is for that
        earns, costs = earns or lever.points >= 0, costs or lever.points < 0
    return (0.0 if earns else low), (0.0 if costs else high)


def _as_wide(width: float, patterns: Patterns, weights: Numbers) -> int:
    """Points that double the odds, so that what the levers weigh is spread as widely as the scores are."""
    odds, leads = patterns.weigh(weights), (patterns.won + patterns.lost).sum(axis=0)
    spread = math.sqrt(np.average((odds - np.average(odds, weights=leads)) ** 2, weights=leads))
    if not width or spread < 1e-9:
        return _PDO
    return max(1, min(round_half_away(Fraction(width / spread * math.log(2))), 10_000))


def _suggest(
    judged: Judged, handles: Sequence[Handle], weights: Numbers, support: Rows, scale: Scale, slope: float
) -> Suggested:
    points: dict[str, dict[Lever, int]] = {}
    rows, few, left = [], [], iter(zip(weights.tolist(), support.tolist(), strict=True))
    for handle in handles:
        of_number = handle.rule.kind == "count"
        for lever in handle.levers:
            weight, leads = next(left)
            note = ""
            if leads < FEW:  # as the config has it, in the new scale
                weight = lever.points / 100 * slope if slope else lever.points / 100 / scale.factor
                few.append(" ".join(filter(None, (handle.rule.name, name_lever(lever)))))
                note = "too few leads"
            new = round_points(weight * scale.factor, lever, of_number)
            points.setdefault(handle.rule.name, {})[lever] = new
            rows.append(Row(handle.rule.name, name_lever(lever), lever.points, new, leads, note=note))
    rules, values = put_points(judged.model, handles, points)
    told = [f"left as they were, since fewer than {FEW} leads to learn from have them: {name_some(few)}"]
    silent = [name for name, given in points.items() if given and not any(given.values())]
    told = [*(told if few else []), *(f"history gives {name} no points: take it out" for name in silent)]
    return Suggested(rules, values, rows, told=told, scale=scale)
