"""pulls: which of its points each rule gave each lead, and how much of them is left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from leadscore.decays import Decay
from leadscore.fields import Leads
from leadscore.model.schema import Group, Model
from leadscore.model.tree import Path
from leadscore.pipeline.batch import Scored
from leadscore.pipeline.coded import Column
from leadscore.pipeline.collect import Keep
from leadscore.pipeline.export import Batch
from leadscore.points import Hundredths, Numbers
from leadscore.rules import AnyRule, Award, Lever

Codes = npt.NDArray[np.int16]
_FULL = 10**12
"""Points (hundredths) of which a decay leaves a share that can be read to twelve digits."""


@dataclass(frozen=True)
class Handle:
    """A rule and its levers: the settings of it that are points."""

    group: str
    place: int
    rule: AnyRule
    levers: tuple[Lever, ...]
    fades_when_earned: bool
    """Whether its group has a decay, which takes from what is earned and not from what is lost."""

    @property
    def path(self) -> Path:
        """The rule's place in the config."""
        return "groups", self.group, "rules", self.place

    @property
    def has_amounts(self) -> bool:
        """Whether a lead may have part of a lever's points, or them several times."""
        each = any(lever.each for lever in self.levers)
        return each or self.rule.decay is not None or self.fades_when_earned

    @property
    def codes(self) -> str:
        """The column that says which lever a lead pulled: its place, -1 for none."""
        return f"lever {self.rule.name}\n"  # no name of a config has a line break

    @property
    def amounts(self) -> str:
        """The column that says how much of its points counts."""
        return f"amount {self.rule.name}\n"


def handles_of(model: Model) -> list[Handle]:
    """The rules of the groups, in the order of the config."""
    return [
        Handle(name, place, rule, tuple(rule.levers()), group.decay is not None)
        for name, group in model.groups.items()
        for place, rule in enumerate(group.rules)
    ]


def keep_pulls(model: Model) -> Keep:
    """What is kept of each lead: of every rule which lever it pulled and, where that can be, how far."""
    handles = handles_of(model)

    def keep(scored: Scored, batch: Batch) -> dict[str, Column]:
        kept: dict[str, Column] = {}
        for handle in handles:
            codes, amounts = pull(handle, model.groups[handle.group], scored.leads)
            kept[handle.codes] = codes.astype(np.int8 if len(handle.levers) < 127 else np.int16)
            if handle.has_amounts:
                kept[handle.amounts] = amounts.astype(np.float32)
        return kept

    return keep


def pull(handle: Handle, group: Group, leads: Leads) -> tuple[Codes, Numbers]:
    """The place of the lever each lead pulled (-1: none), and how often, or how much of it is left."""
    codes, amounts = _pull_each(handle, leads) if _is_each(handle) else _pull_one(handle, leads)
    decay = handle.rule.decay
    if decay is not None and decay.since is not None:
        amounts = amounts * _left(decay, leads)
    if group.decay is not None:
        earns = np.array([*(lever.points >= 0 for lever in handle.levers), False])[codes]
        amounts = np.where(earns, amounts * _left(group.decay, leads), amounts)
    return codes, np.where(codes < 0, 0.0, amounts)


def _is_each(handle: Handle) -> bool:
    return any(lever.each for lever in handle.levers)


def _pull_each(handle: Handle, leads: Leads) -> tuple[Codes, Numbers]:
    """A rule that gives points by a number: how many units of points it gave, within its cap and floor."""
    award = handle.rule.award(leads)
    unit = next(lever.points for lever in handle.levers if lever.each)
    points = award.points if award.faded is None else award.faded
    codes = np.where(award.known, 0, 1 if len(handle.levers) > 1 else -1).astype(np.int16)
    return codes, np.where(award.known, points / (unit or np.inf), 1.0)


def _pull_one(handle: Handle, leads: Leads) -> tuple[Codes, Numbers]:
    """A rule that gives one of its points: it is asked with points that say which of them they are."""
    # Where a cell has several values the most points win, so the marks stand in the order of the points.
    order = sorted(range(len(handle.levers)), key=lambda place: handle.levers[place].points)
    award = _award(handle, leads, [int(place) + 1 for place in np.argsort(order)])
    codes = np.array([-1, *order], dtype=np.int16)[award.points]
    if award.faded is None:
        return codes, np.ones(leads.count)
    full = _award(handle, leads, [_FULL] * len(order))
    assert full.faded is not None, "the same rule fades the same"
    return codes, full.faded / _FULL


def _award(handle: Handle, leads: Leads, points: list[int]) -> Award:
    """What the rule gives with other points, whatever bounds it has."""
    rule = handle.rule
    paths = (lever.path for lever in handle.levers)
    marked = rule.with_points(dict(zip(paths, points, strict=True))).model_copy(update=_no_bounds(rule))
    if (
        getattr(rule, "event", None) is not None
    ):  # what the log says of it stands under the rule it was added up for
        activity = {**leads.activity, marked.key: leads.activity[rule.key]}  # type: ignore[union-attr]
        leads = replace(leads, activity=activity)
    return marked.award(leads)


def _no_bounds(rule: AnyRule) -> dict[str, None]:
    return {key: None for key in ("cap", "floor") if hasattr(rule, key)}


def _left(decay: Decay, leads: Leads) -> Numbers:
    """The share of points that a decay leaves each lead."""
    full: Hundredths = np.full(leads.count, _FULL, dtype=np.int64)
    return decay.fade(full, leads) / _FULL


def lever_paths(handle: Handle) -> Iterator[Path]:
    """Where each lever stands in the config."""
    yield from ((*handle.path, *lever.path) for lever in handle.levers)
