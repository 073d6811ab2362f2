"""combine: points -> contributions that add up -> scores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from leadscore.decays import Decay
from leadscore.fields import Leads
from leadscore.model.accounts import InScore
from leadscore.model.schema import Group, Model, within
from leadscore.points import Flags, Hundredths, multiply
from leadscore.rules import AnyRule, Award

OTHERS = "score: others"
"""The line that takes off what all but the best group gave."""
ACCOUNT = "account"
"""The line that adds what the lead's account gives it."""


@dataclass(frozen=True)
class Line:
    """One signed line of a score: a rule's points, or what a decay, a floor or a cap does to them."""

    name: str
    kind: Literal["rule", "decay", "others", "account", "floor", "cap"]
    group: str = ""
    rule: AnyRule | None = None


@dataclass(frozen=True)
class Contributions:
    """``points[line, lead]`` in hundredths: down each lead's column they add up to its score."""

    lines: tuple[Line, ...]
    points: npt.NDArray[np.int64]
    groups: dict[str, Hundredths]
    own: Hundredths
    """What the lead scores by itself, its account's part aside."""
    score: Hundredths
    known: dict[str, Flags]
    """Rule name -> the leads whose known fields decided it."""
    coverage: Hundredths
    """The share (hundredths) of the attainable points that known fields decided."""
    group_coverage: dict[str, Hundredths]
    """The same of each group."""


_WHOLE = 10_000
"""All of a rule, in hundredths of a percent."""


class _Sheet:
    """The lines of a batch, in the order of the config."""

    def __init__(self, leads: Leads) -> None:
        self.leads = leads
        self.lines: list[Line] = []
        self.points: list[Hundredths] = []

    def add(self, line: Line, points: Hundredths) -> Hundredths:
        self.lines.append(line)
        self.points.append(points)
        return points

    def fade(self, name: str, group: str, decay: Decay | None, points: Hundredths) -> Hundredths:
        """The line of a decay: what it takes from the points."""
        if decay is None:
            return np.zeros_like(points)
        return self.add(Line(f"{name}: decay", "decay", group), decay.fade(points, self.leads) - points)

    def bound(
        self, name: str, group: str, floor: int | None, cap: int | None, points: Hundredths
    ) -> Hundredths:
        """The points within floor and cap, with a line for each of them."""
        if floor is not None:
            points = points + self.add(Line(f"{name}: floor", "floor", group), np.maximum(floor - points, 0))
        if cap is not None:
            points = points + self.add(Line(f"{name}: cap", "cap", group), np.minimum(cap - points, 0))
        return points


def add_up(leads: Leads, model: Model, awards: dict[str, Award]) -> Contributions:
    """Every line, group total and score of a batch; the only place where points are summed."""
    sheet = _Sheet(leads)
    groups = {name: _add_up_group(sheet, name, group, awards) for name, group in model.groups.items()}
    total = np.zeros(leads.count, dtype=np.int64)
    for points in groups.values():
        total = total + points
    if model.score.combine == "max":
        best = np.maximum.reduce(list(groups.values()))
        total = total + sheet.add(Line(OTHERS, "others"), best - total)
    own = _hold(total, model.score.floor, model.score.cap)
    if model.accounts and model.accounts.in_score:
        total = total + _add_account(sheet, model.accounts.in_score)
    score = sheet.bound("score", "", model.score.floor, model.score.cap, total)
    known = {
        rule.name: known for group in model.groups.values() for rule, known in _known(leads, group, awards)
    }
    matrix = np.array(sheet.points, dtype=np.int64).reshape(len(sheet.points), leads.count)
    decided = {name: _decided(leads, group, known, awards) for name, group in model.groups.items()}
    coverage = {name: _share(*each) for name, each in decided.items()}
    parts: Hundredths = np.array([part for part, _ in decided.values()]).sum(axis=0)
    whole = _share(parts, sum(total for _, total in decided.values()))
    return Contributions(tuple(sheet.lines), matrix, groups, own, score, known, whole, coverage)


def _add_up_group(sheet: _Sheet, name: str, group: Group, awards: dict[str, Award]) -> Hundredths:
    total = np.zeros(sheet.leads.count, dtype=np.int64)
    earned = np.zeros(sheet.leads.count, dtype=np.int64)
    for rule in group.rules:
        award = awards[rule.name]
        points = sheet.add(Line(rule.name, "rule", name, rule), award.points)
        if award.faded is None:
            points = points + sheet.fade(rule.name, name, rule.decay, points)
        else:
            line = Line(f"{rule.name}: decay", "decay", name)
            points = points + sheet.add(line, award.faded - award.points)
        total = total + points
        earned = earned + np.maximum(points, 0)
    # What was earned fades; what was lost stays, or a lead would gain by staying silent.
    total = total + sheet.fade(name, name, group.decay, earned)
    return sheet.bound(name, name, group.floor, group.cap, total)


def _hold(points: Hundredths, floor: int | None, cap: int | None) -> Hundredths:
    points = points if floor is None else np.maximum(points, floor)
    return points if cap is None else np.minimum(points, cap)


def _add_account(sheet: _Sheet, part: InScore) -> Hundredths:
    """The lead's share of its account's score, within floor and cap."""
    scores = sheet.leads.account_scores
    assert scores is not None, "whoever scores a model with accounts in the score gives their scores"
    share = np.full(len(scores), float(part.share))
    points = sheet.add(Line(ACCOUNT, "account"), multiply(scores, share, lambda row: part.share))
    return sheet.bound(ACCOUNT, "", part.floor, part.cap, points)


def _known(leads: Leads, group: Group, awards: dict[str, Award]) -> Iterator[tuple[AnyRule, Flags]]:
    """Points whose age is unknown are unknown themselves, unless there is nothing that could fade."""
    for rule in group.rules:
        award = awards[rule.name]
        known = award.known
        for decay in (rule.decay, group.decay):
            if decay and decay.since:
                known = known & (~np.isnan(leads.age(decay.since)) | (award.points == 0))
        yield rule, known


def _decided(
    leads: Leads, group: Group, known: dict[str, Flags], awards: dict[str, Award]
) -> tuple[Hundredths, int]:
    """What known fields decided of a group's attainable points, and all of them."""
    decided, total = np.zeros(leads.count, dtype=np.int64), 0
    for rule in group.rules:
        weight, share = max(within(rule.weight(), None, group.cap), 1), awards[rule.name].share
        decided = decided + weight * known[rule.name] * (_WHOLE if share is None else share)
        total += weight * _WHOLE
    return decided, total


def _share(decided: Hundredths, total: int) -> Hundredths:
    """A share in hundredths, a half rounded up."""
    return (decided * 200 + total) // (2 * total)
