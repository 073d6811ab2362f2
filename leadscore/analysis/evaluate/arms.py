"""arms: leads that were worked in different ways -> how often each way won; models.md E21."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from leadscore.analysis.compare.work import SHOWN, Work
from leadscore.analysis.evaluate.judged import AT, LEAST, SINCE, Judged
from leadscore.analysis.statistics import Difference, Estimate, compare_rates, share_won
from leadscore.analysis.variant import Variant, with_field
from leadscore.model.arms import Arms
from leadscore.model.check import ARM
from leadscore.pipeline.arms import deal_leads
from leadscore.pipeline.batch import Scored
from leadscore.pipeline.coded import Column
from leadscore.pipeline.export import Batch
from leadscore.points import Rows

CONTROL = "control"
"""Whatever has this name is what the others are measured against."""
Places = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True)
class By:
    """What leads are told apart by: the arms of the config, or the values of a field."""

    name: str
    arms: Arms | None
    values: Work

    def keep(self, scored: Scored, batch: Batch) -> dict[str, Column]:
        """For ``judge_leads``: remembers the value of each lead. Arms follow from the ids alone."""
        if self.arms is None:
            self.values.add(scored.leads[self.name])
        return {}


@dataclass(frozen=True)
class Days:
    """From when leads came in to when they were won, in whole days."""

    known: int
    """Won leads of which both dates are known."""
    median: float
    mean: float


@dataclass(frozen=True)
class InTier:
    """The leads of a group that are in one tier."""

    name: str
    leads: int
    won: int
    rate: Estimate | None
    """None without leads."""


@dataclass(frozen=True)
class Group:
    """The ranked leads of one arm, or of one value, whose outcome is known."""

    name: str | None
    """None where the value is unknown."""
    leads: int
    won: int
    rate: Estimate
    days: Days | None
    """None where nobody knows, or the config does not name both dates."""
    against: Difference | None
    """The rate less that of the group the others are measured against; None for that group itself."""
    tiers: list[InTier]
    values: int = 1
    """More where it stands for all values that are not told one by one."""

    @property
    def few(self) -> bool:
        """Whether it has too few won or lost leads to say much."""
        return min(self.won, self.leads - self.won) < LEAST


@dataclass(frozen=True)
class Groups:
    """All of them, and what they are measured against."""

    by: str
    base: str | None
    """None where no lead has a value."""
    groups: list[Group] = field(default_factory=list)
    backwards: int = 0
    """Won leads whose outcome is dated before they came in: their days do not count."""


def open_groups(variant: Variant, name: str) -> tuple[Variant, By]:
    """The config with the field that leads are told apart by, which its rules need not read.

    ``arm`` is the config's arms, where it has any.
    """
    arms = variant.model.arms if name == ARM else None
    return (variant if arms else with_field(variant, name)), By(name, arms, Work(name))


def compare_arms(judged: Judged, by: By) -> Groups:
    """How often the leads of each group were won, against control: difference, interval, z and p.

    ``by`` must have kept the leads of the same ``judge_leads``. Control is the group of that name; else the
    first arm of the config, or the value with the most leads. Groups of any size are told, with intervals.
    """
    names, codes = _places_of(judged, by)
    rows = judged.known()
    places = codes[rows]
    order = _order(names, places, by)
    base = next((place for place in order if names[place].casefold() == CONTROL), order[0] if order else None)
    control = rows[places == base] if base is not None else rows[:0]
    groups = [
        _group(name, len(own), rows[np.isin(places, own)], None if own == [base] else control, judged)
        for name, own in _tell(names, order, base, bool((places < 0).any()))
    ]
    days = _days(judged, rows[judged.flags(rows)])
    return Groups(by.name, None if base is None else names[base], groups, int((days < 0).sum()))


def _tell(
    names: Sequence[str], order: list[int], base: int | None, unknown: bool
) -> list[tuple[str | None, list[int]]]:
    """The groups and the places of their values: one by one, the rest together, the unknown last."""
    shown = order if len(order) <= SHOWN + 1 else order[:SHOWN]
    if base is not None and base not in shown:
        shown = [base, *shown[:-1]]
    told: list[tuple[str | None, list[int]]] = [(names[place], [place]) for place in shown]
    rest = [place for place in order if place not in shown]
    return [*told, *([("", rest)] if rest else []), *([(None, [-1])] if unknown else [])]


def _places_of(judged: Judged, by: By) -> tuple[list[str], Places]:
    """The values, and the place of each lead's among them; -1 where it has none."""
    if by.arms is not None:
        dealt = deal_leads(judged.collected.leads[["id"]], judged.model)[ARM]
        return list(by.arms.shares), dealt.cat.codes.to_numpy()
    return by.values.values, np.concatenate(by.values.codes)


def _order(names: Sequence[str], places: Places, by: By) -> list[int]:
    """The values that leads have: arms as in the config, others from that with the most leads."""
    leads = np.bincount(places[places >= 0], minlength=len(names))
    found = [place for place in range(len(names)) if leads[place]]
    return found if by.arms else sorted(found, key=lambda place: (-int(leads[place]), names[place]))


def _group(name: str | None, values: int, rows: Rows, control: Rows | None, judged: Judged) -> Group:
    won = judged.flags(rows)
    rate = share_won(int(won.sum()), len(rows))
    assert rate, "a group has leads"
    against = None
    if control is not None and len(control):
        of_control = int(judged.flags(control).sum())
        against = compare_rates(int(won.sum()), len(rows), of_control, len(control))
    days = _days(judged, rows[won])
    days = days[days >= 0]
    told = Days(len(days), float(np.median(days)), float(days.mean())) if len(days) else None
    return Group(name, len(rows), int(won.sum()), rate, told, against, list(_tiers(judged, rows)), values)


def _tiers(judged: Judged, rows: Rows) -> Iterator[InTier]:
    tiers, won = judged.collected.leads["tier"].iloc[rows], judged.flags(rows)
    for tier in judged.model.models[0].tiers:
        inside = (tiers == tier.name).to_numpy(dtype=bool, na_value=False)
        leads, hits = int(inside.sum()), int(won[inside].sum())
        yield InTier(tier.name, leads, hits, share_won(hits, leads))


def _days(judged: Judged, rows: Rows) -> npt.NDArray[np.float64]:
    """Days to close of leads, those whose dates are known."""
    if not {AT, SINCE} <= set(judged.collected.leads):
        return np.zeros(0)
    days = judged.numbers(AT, rows) - judged.numbers(SINCE, rows)
    return days[~np.isnan(days)]
