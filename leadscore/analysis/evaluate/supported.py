"""supported: rules with the outcomes of their leads -> the points that the outcomes speak for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from leadscore.analysis.evaluate.rules import Evidence, Level
from leadscore.analysis.statistics import Z95, Estimate

FEW = 20
"""Leads below which nothing is said of what a rule's points should be."""


@dataclass(frozen=True)
class _Base:
    """What the levels of a rule are measured against."""

    points: float
    odds: float
    """The logarithm of them."""
    variance: float
    level: Level | None = None


def support_points(found: Sequence[Evidence]) -> list[Evidence]:
    """The rules with the points that the outcomes speak for at each level.

    The log odds of winning at a level, less those of the leads to whom the rule gives nothing (where it gives
    all something: less the mean), times so many points per unit of log odds that the points of all rules
    together come nearest to it (least squares about each rule's mean, each level weighted by how well it is
    known). Rules that match the same leads each claim what they have in common: ``calibrate`` weighs them
    together.
    """
    factor = _factor(found)
    return [replace(each, levels=_supported(each.levels, factor)) for each in found]


def _log_odds(level: Level) -> tuple[float, float]:
    """And their variance; half a lead more on either side, so that none is infinite (Haldane, Anscombe)."""
    won, lost = level.won + 0.5, level.known - level.won + 0.5
    return math.log(won / lost), 1 / won + 1 / lost


def _sound(levels: Sequence[Level]) -> list[Level]:
    return [level for level in levels if level.known >= FEW]


def _mean(levels: Sequence[Level]) -> _Base:
    """Of points and of log odds, each level weighted by how well its odds are known."""
    each = [(level.points, *_log_odds(level)) for level in levels]
    whole = sum(1 / variance for _, _, variance in each)
    points = sum(points / variance for points, _, variance in each) / whole
    odds = sum(odds / variance for _, odds, variance in each) / whole
    return _Base(points, odds, 1 / whole)


def _factor(found: Sequence[Evidence]) -> float:
    """Points per unit of log odds; 0 where the outcomes speak against the points as a whole."""
    products, squares = 0.0, 0.0
    for levels in filter(None, (_sound(each.levels) for each in found)):
        mean = _mean(levels)
        for level in levels:
            odds, variance = _log_odds(level)
            products += (level.points - mean.points) * (odds - mean.odds) / variance
            squares += (odds - mean.odds) ** 2 / variance
    return max(products / squares, 0.0) if squares else 0.0


def _supported(levels: tuple[Level, ...], factor: float) -> tuple[Level, ...]:
    sound = _sound(levels)
    if len(sound) < 2 or not factor:
        return levels
    nothing = [level for level in sound if level.low == level.high == 0 and not level.unknown]
    base = _Base(0.0, *_log_odds(nothing[0]), nothing[0]) if nothing else _mean(sound)
    found = []
    for level in levels:
        if level is base.level or level.known < FEW:
            found.append(level)
            continue
        odds, variance = _log_odds(level)
        value = base.points + factor * (odds - base.odds)
        half = factor * Z95 * math.sqrt(variance + base.variance)
        supported = Estimate(value, value - half, value + half)
        found.append(replace(level, supported=supported, against_nothing=bool(nothing)))
    return tuple(found)
