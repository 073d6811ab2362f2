"""rules: what each rule gave, and how many of those leads were won; one rule at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from leadscore.analysis.evaluate.judged import Judged
from leadscore.analysis.evaluate.shares import Whole
from leadscore.analysis.statistics import Estimate, area_under_curve, by_level, share_won
from leadscore.model.schema import Model
from leadscore.pipeline.batch import Scored
from leadscore.pipeline.coded import Column
from leadscore.points import Flags, Hundredths
from leadscore.rules import AnyRule

_LISTED, _BANDS = 8, 5
_UNKNOWN, _ELSEWHERE = np.iinfo(np.int32).min, np.iinfo(np.int32).min + 1
"""Stand for points where it is unknown whether the rule matches, and of leads of another segment."""


@dataclass(frozen=True)
class Level:
    """The leads that a rule gave the same points, or points in the same range."""

    low: int
    high: int
    """Hundredths; the same as ``low`` where all have the same."""
    unknown: bool
    """Whether these are the leads of which nobody knows whether the rule matches."""
    known: int
    """Those of them whose outcome is known."""
    won: int
    rate: Estimate | None
    lift: float | None
    points: float
    """What they have of the rule on average, in points."""
    supported: Estimate | None = None
    """The points that their outcomes speak for, in the scale of the config; None where they are too few."""
    against_nothing: bool = False
    """Whether that is measured against leads to whom the rule gives nothing: then its sign says something."""

    @property
    def verdict(self) -> str:
        """What the outcomes say of the points."""
        if self.supported is None:
            return ""
        if self.supported.low <= self.points <= self.supported.high:
            return "as it should be"
        opposed = self.points > 0 > self.supported.high or self.points < 0 < self.supported.low
        if opposed and self.against_nothing:
            return "other sign"
        return "worth more" if self.supported.low > self.points else "worth less"


@dataclass(frozen=True)
class Evidence:
    """One rule against the outcomes of the leads it could give points."""

    rule: str
    group: str
    segment: str
    given: Level
    """All leads it gave or took points."""
    rest: Level
    levels: tuple[Level, ...]
    """By the points it gave, most first; the reference, which has what it has, among them."""
    area: float
    """The share of pairs of a won and a lost lead in which the won one has more from it, ties half."""


class _Key(NamedTuple):
    segment: str
    group: str
    rule: AnyRule


def keep_rules(scored: Scored) -> dict[str, Column]:
    """What each rule awards each lead of a batch, before any decay (hundredths)."""
    kept: dict[str, Column] = {}
    for portion in scored.portions:
        made = portion.contributions
        for line, points in zip(made.lines, made.points, strict=True):
            if line.kind == "rule":
                column = np.full(scored.leads.count, _ELSEWHERE, dtype=np.int32)
                column[portion.rows] = np.where(made.known[line.name], points, _UNKNOWN)
                kept[_column(portion.segment, line.name)] = column
    return kept


def _column(segment: str, rule: str) -> str:
    return f"rule {segment}\n{rule}"  # no name of a config has a line break


def count_rules(judged: Judged, whole: Whole) -> list[Evidence]:
    """Each rule, in the order of the config."""
    known = judged.known()
    won = judged.flags(known)
    found = []
    for key in _keys(judged.model):
        points = judged.collected.leads[_column(key.segment, key.rule.name)].to_numpy()[known]
        here = points != _ELSEWHERE
        found.append(_evidence(key, points[here].astype(np.int64), won[here], whole))
    return found


def _keys(model: Model) -> Iterator[_Key]:
    names = [segment.name for segment in model.segments] or [""]
    for segment, own in zip(names, model.models, strict=True):
        for group, content in own.groups.items():
            yield from (_Key(segment, group, rule) for rule in content.rules)


def _evidence(key: _Key, points: Hundredths, won: Flags, whole: Whole) -> Evidence:
    unknown = points == _UNKNOWN
    distinct, places = np.unique(points[~unknown], return_inverse=True)
    of_won = won[~unknown]
    counts = np.bincount(places, minlength=len(distinct))
    hits = np.bincount(places[of_won], minlength=len(distinct))
    levels = [_level(distinct[part], counts[part], hits[part], whole) for part in _ranges(distinct, counts)]
    if unknown.any():
        own = np.array([key.rule.missing or 0]), np.array([unknown.sum()]), np.array([won[unknown].sum()])
        levels.append(replace(_level(*own, whole), unknown=True))
    gave = distinct != 0
    rest = np.append(distinct[~gave], 0), np.append(counts[~gave], unknown.sum())
    awarded = np.where(unknown, key.rule.missing or 0, points)
    return Evidence(
        key.rule.name,
        key.group,
        key.segment,
        _level(distinct[gave], counts[gave], hits[gave], whole),
        _level(*rest, np.append(hits[~gave], won[unknown].sum()), whole),
        tuple(levels),
        area.value if (area := area_under_curve(by_level(awarded, won))) else 0.5,
    )


def _ranges(distinct: Hundredths, counts: Hundredths) -> list[slice]:
    """The distinct points one by one, most first; where they are many, in ranges of about as many leads.
    What gives nothing is always by itself."""
    if len(distinct) <= _LISTED:
        return [slice(place, place + 1) for place in reversed(range(len(distinct)))]
    ends = np.searchsorted(np.cumsum(counts), np.linspace(0, counts.sum(), _BANDS + 1)[1:-1]) + 1
    zero = int(np.searchsorted(distinct, 0))
    own = {zero, zero + 1} if zero < len(distinct) and distinct[zero] == 0 else set()
    bounds = sorted({0, len(distinct), *ends.tolist(), *own})
    return [slice(*pair) for pair in pairwise(bounds)][::-1]


def _level(points: Hundredths, counts: Hundredths, hits: Hundredths, whole: Whole) -> Level:
    known, won = int(counts.sum()), int(hits.sum())
    rate = share_won(won, known)
    mean = float((points * counts).sum()) / known / 100 if known else 0.0
    low, high = (int(points.min()), int(points.max())) if len(points) else (0, 0)
    lift = rate.value / whole.rate if rate and whole.rate else None
    return Level(low, high, False, known, won, rate, lift, mean)
