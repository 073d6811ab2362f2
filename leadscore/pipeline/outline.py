"""outline: ranked leads -> the small tables that a picture of them needs, so that none reads them again."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadscore.fields import TRUE, UNKNOWN
from leadscore.model.schema import Model
from leadscore.points import Flags, Hundredths, Rows, format_points

TENTHS = 10
_CELLS = 6
"""A group's points are told apart in so many bands, or a few more where their bounds are round."""
_STEPS = (1_00, 2_00, 2_50, 5_00, 10_00, 20_00, 25_00, 50_00, 100_00)

Counts = npt.NDArray[np.int64]
Range: TypeAlias = tuple[int, int]
"""The least and the greatest points (hundredths) that any lead has in a group."""


@dataclass(frozen=True)
class Whole:
    """What must be known of all ranked leads before some of them can be drawn."""

    known: int = 0
    """Those whose outcome is known; 0 without outcomes."""
    ranges: tuple[Range, Range] | None = None
    """Of the two groups of the heat map; None where there is no map, or no lead."""

    @classmethod
    def of(cls, leads: pd.DataFrame, ranked: Rows, model: Model) -> Whole:
        """``ranked``: the positions of the ranked ones among the leads."""
        known = int(np.count_nonzero(leads["won"].to_numpy()[ranked] != UNKNOWN)) if "won" in leads else 0
        axes = axes_of(model)
        if axes is None or not len(ranked):
            return cls(known)
        rows, columns = (leads[group].to_numpy()[ranked] for group in axes)
        return cls(known, (_range(rows), _range(columns)))

    def join(self, other: Whole) -> Whole:
        """The same of these and of other leads."""
        known = self.known + other.known
        if self.ranges is None or other.ranges is None:
            return Whole(known, self.ranges or other.ranges)
        rows, columns = (
            (min(one[0], another[0]), max(one[1], another[1]))
            for one, another in zip(self.ranges, other.ranges, strict=True)
        )
        return Whole(known, (rows, columns))


@dataclass
class Outline:
    """Counts of some of the ranked leads, or of all of them."""

    ranges: tuple[Range, Range] | None
    heat: dict[str, Counts] = field(default_factory=dict)
    """``leads``, with outcomes ``known`` and ``won``: ``[row, column]`` of the heat map, if there is one."""
    tenths: dict[str, Counts] = field(default_factory=dict)
    """``known`` and ``won`` of each tenth of the leads whose outcome is known; nothing without outcomes."""

    @classmethod
    def of(cls, leads: pd.DataFrame, ranked: Rows, model: Model, whole: Whole, before: int = 0) -> Outline:
        """``ranked``: the positions of ranked leads, best first, that follow one another in the ranking.

        ``before``: the leads with a known outcome that stand before them.
        """
        won = leads["won"].to_numpy()[ranked] if "won" in leads else None
        known = None if won is None else won != UNKNOWN
        hits = None if won is None else won == TRUE
        chosen = {} if known is None or hits is None else {"known": known, "won": hits}
        heat = _heat(leads, ranked, chosen, model, whole)
        tenths = {} if known is None or hits is None else _tenths(hits[known], whole.known, before)
        return cls(whole.ranges, heat, tenths)

    def add(self, other: Outline) -> None:
        """Count other leads as well, drawn for the same whole."""
        self.heat = {name: counts + other.heat[name] for name, counts in self.heat.items()}
        self.tenths = {name: counts + other.tenths[name] for name, counts in self.tenths.items()}

    def report(self, model: Model) -> dict[str, Any]:
        """``heat_map`` (leads by the points of two groups) and ``tenths`` (of the ranking).

        With outcomes also how many are known and how many were won. None where there are not two groups that
        all leads have, or no outcome.
        """
        tenths = [
            {"known": known, "won": won}
            for known, won in zip(*(counts.tolist() for counts in self.tenths.values()), strict=True)
        ]
        return {"heat_map": self._heat_map(model), "tenths": tenths if self.tenths else None}

    def _heat_map(self, model: Model) -> dict[str, Any] | None:
        axes = axes_of(model)
        if axes is None or self.ranges is None:
            return None
        found: dict[str, Any] = {
            axis: {"group": group, "labels": _labels(_bounds(*each))}
            for axis, group, each in zip(("rows", "columns"), axes, self.ranges, strict=True)
        }
        return found | {name: counts.tolist() for name, counts in self.heat.items()}


def axes_of(model: Model) -> tuple[str, str] | None:
    """The two groups that tell most apart: those of the grade, or of the matrix; else the first two."""
    if model.segments:
        return None
    if model.grade:
        return model.grade.rows.group, model.grade.columns.group
    names = list(model.matrix or model.groups)
    return (names[0], names[1]) if len(names) > 1 else None


def _heat(
    leads: pd.DataFrame, ranked: Rows, chosen: dict[str, Flags], model: Model, whole: Whole
) -> dict[str, Counts]:
    axes = axes_of(model)
    if axes is None or whole.ranges is None:
        return {}
    bounds = [_bounds(*each) for each in whole.ranges]
    rows, columns = (
        np.searchsorted(each[1:], leads[group].to_numpy()[ranked], side="right")
        for group, each in zip(axes, bounds, strict=True)
    )
    shape = len(bounds[0]), len(bounds[1])
    cells = rows * shape[1] + columns
    of_each = {"leads": cells, **{name: cells[flags] for name, flags in chosen.items()}}
    return {
        name: np.bincount(own, minlength=shape[0] * shape[1]).reshape(shape) for name, own in of_each.items()
    }


def _range(points: Hundredths) -> Range:
    return int(points.min()), int(points.max())


def _bounds(low: int, high: int) -> Hundredths:
    """Round numbers of points where bands begin; the first holds all that is below as well."""
    step = next((step for step in _STEPS if (high - low) // step < _CELLS), -(-(high - low) // _CELLS) or 1)
    return np.arange(low // step, high // step + 1, dtype=np.int64) * step


def _labels(bounds: Hundredths) -> list[str]:
    return [f"from {format_points(bound)}" for bound in bounds.tolist()]


def _tenths(won: Flags, known: int, before: int) -> dict[str, Counts]:
    """Of the leads whose outcome is known those in each tenth of all ``known`` ones, and the won of these."""
    ends = [min(max(known * place // TENTHS - before, 0), len(won)) for place in range(TENTHS + 1)]
    each = list(pairwise(ends))
    return {
        "known": np.array([end - start for start, end in each], np.int64),
        "won": np.array([np.count_nonzero(won[start:end]) for start, end in each], np.int64),
    }
