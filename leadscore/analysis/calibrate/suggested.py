"""suggested: what history says of a config's points: other points, and what they rest on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from leadscore.analysis.calibrate.pulls import Handle
from leadscore.analysis.statistics import Estimate
from leadscore.model.patch import Ladder
from leadscore.model.schema import Model
from leadscore.model.tree import Path
from leadscore.points import LIMIT, round_half_away
from leadscore.rules import AnyRule, Lever

WHOLE = 100
"""A whole point, in hundredths."""
_NAMED = 20


@dataclass(frozen=True)
class Scale:
    """From log odds to points: score = offset + factor x log odds; models.md E23."""

    pdo: int
    """Points that double the odds."""
    intercept: float
    """Log odds at a score of 0."""
    strength: float | None = None
    """How much the leads count against the penalty (C), where there is one."""

    @property
    def factor(self) -> float:
        """Points per unit of log odds: pdo / ln 2."""
        return self.pdo / math.log(2)

    @property
    def offset(self) -> float:
        """The points where won and lost are equally likely: points0 - factor x ln(odds0)."""
        return -self.factor * self.intercept


@dataclass(frozen=True)
class Row:
    """One lever: its points as they are, and as history has them."""

    rule: str
    lever: str
    before: int | None
    """Hundredths; None for what is new."""
    after: int
    leads: int
    """Learning leads that pulled it."""
    frequency: float | None = None
    """The share of won leads that pulled it."""
    lift: Estimate | None = None
    """That share by the share of lost leads that did."""
    rate: Estimate | None = None
    """The share of those leads that were won."""
    influence: str = ""
    note: str = ""


@dataclass(frozen=True)
class Suggested:
    """Other points for some rules."""

    rules: Mapping[str, tuple[AnyRule, ...]]
    """Group -> its rules with their new points."""
    values: dict[Path, int]
    """What is another number in the config (hundredths), by its path."""
    rows: list[Row]
    ladders: dict[Path, Ladder] = field(default_factory=dict)
    """What is another mapping in the config as a whole."""
    told: list[str] = field(default_factory=list)
    scale: Scale | None = None

    def put_into(self, model: Model) -> Model:
        """The model with the rules."""
        groups = {
            name: group.model_copy(update={"rules": self.rules.get(name, group.rules)})
            for name, group in model.groups.items()
        }
        return model.model_copy(update={"groups": groups})


def put_points(
    model: Model, handles: Sequence[Handle], points: Mapping[str, Mapping[Lever, int]]
) -> tuple[dict[str, tuple[AnyRule, ...]], dict[Path, int]]:
    """The rules of each group with other points (rule -> lever -> hundredths), and what differs, by its path.

    The cap of a rule that gives points by a number stays as many times its points as it was; one of a rule
    that gives points once or by ranges is never below what it gives.
    """
    rules = {name: list(group.rules) for name, group in model.groups.items()}
    values: dict[Path, int] = {}
    for handle in handles:
        given = {lever: points.get(handle.rule.name, {}).get(lever, lever.points) for lever in handle.levers}
        changed = {lever.path: new for lever, new in given.items() if new != lever.points}
        bounds = _bounds(handle, given) if changed else {}
        rule = handle.rule.with_points(changed).model_copy(update=bounds)
        rules[handle.group][handle.place] = rule
        values |= {(*handle.path, *path): new for path, new in changed.items()}
        values |= {(*handle.path, key): new for key, new in bounds.items()}
    return {name: tuple(each) for name, each in rules.items()}, values


def _bounds(handle: Handle, given: Mapping[Lever, int]) -> dict[str, int]:
    """The rule's own cap and floor, where they have to be others."""
    found = {}
    for key, side in (("cap", max), ("floor", min)):
        bound = getattr(handle.rule, key, None)
        if not bound:
            continue
        each = next((lever for lever in handle.levers if lever.each), None)
        if each is None:
            new = side([bound, *(points for lever, points in given.items() if lever.path != ("missing",))])
        elif each.points and given[each]:
            times = Fraction(bound, each.points)
            whole = round_half_away(times * given[each] / WHOLE) * WHOLE
            new = whole or (WHOLE if bound > 0 else -WHOLE)
        else:
            continue
        if new != bound:
            found[key] = new
    return found


def round_points(points: float, lever: Lever, of_number: bool) -> int:
    """Whole points, in hundredths; points of each single visit or form keep two figures."""
    points = max(-LIMIT / 100, min(points, LIMIT / 100))
    step = WHOLE
    if lever.each and of_number:
        step = WHOLE if abs(points) >= 10 else 10 if abs(points) >= 1 else 1
    return round_half_away(Fraction(points) * 100 / step) * step


def name_lever(lever: Lever) -> str:
    """What the lever is called in a table."""
    first, *rest = lever.path
    if first == "cases":
        return f"case {int(rest[0]) + 1}"
    if first in {"bands", "ranges"}:
        return f"from {rest[0]}"
    if first == "points":
        return ""
    return str(rest[0]) if rest else str(first)


def name_some(names: Sequence[str]) -> str:
    """Names in a sentence, the first of them where they are many."""
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
