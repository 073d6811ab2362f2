"""outline: ranked leads -> the small tables that a picture of them needs, so that none reads them again."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from leadscore.fields import TRUE, UNKNOWN
from leadscore.model.schema import Model
from leadscore.points import Flags, Hundredths, format_points

TENTHS = 10
_CELLS = 6
"""A group's points are told apart in so many bands, or a few more where their bounds are round."""
_STEPS = (1_00, 2_00, 2_50, 5_00, 10_00, 20_00, 25_00, 50_00, 100_00)


def outline_leads(leads: pd.DataFrame, model: Model) -> dict[str, Any]:
    """``heat_map`` (leads by the points of two groups) and ``tenths`` (of the ranking); ``leads`` best first.

    With outcomes also how many are known and how many were won. None where there are not two groups that all
    leads have, or no outcome.
    """
    won = leads["won"].to_numpy() if "won" in leads else None
    known = None if won is None else won != UNKNOWN
    hits = None if won is None else won == TRUE
    return {"heat_map": _heat_map(leads, known, hits, model), "tenths": _tenths(known, hits)}


def axes_of(model: Model) -> tuple[str, str] | None:
    """The two groups that tell most apart: those of the grade, or of the matrix; else the first two."""
    if model.segments:
        return None
    if model.grade:
        return model.grade.rows.group, model.grade.columns.group
    names = list(model.matrix or model.groups)
    return (names[0], names[1]) if len(names) > 1 else None


def _heat_map(
    leads: pd.DataFrame, known: Flags | None, hits: Flags | None, model: Model
) -> dict[str, Any] | None:
    axes = axes_of(model)
    if axes is None or not len(leads):
        return None
    found: dict[str, Any] = {}
    places = []
    for axis, group in zip(("rows", "columns"), axes, strict=True):
        points = leads[group].to_numpy(dtype=np.int64)
        bounds = _bounds(points)
        found[axis] = {"group": group, "labels": _labels(bounds)}
        places.append(np.searchsorted(bounds[1:], points, side="right"))
    shape = len(found["rows"]["labels"]), len(found["columns"]["labels"])
    cells = places[0] * shape[1] + places[1]
    counted = {"leads": None, "known": known, "won": hits} if known is not None else {"leads": None}
    for name, chosen in counted.items():
        own = cells if chosen is None else cells[chosen]
        found[name] = np.bincount(own, minlength=shape[0] * shape[1]).reshape(shape).tolist()
    return found


def _bounds(points: Hundredths) -> Hundredths:
    """Round numbers of points where bands begin; the first holds all that is below as well."""
    low, high = int(points.min()), int(points.max())
    step = next((step for step in _STEPS if (high - low) // step < _CELLS), -(-(high - low) // _CELLS) or 1)
    return np.arange(low // step, high // step + 1, dtype=np.int64) * step


def _labels(bounds: Hundredths) -> list[str]:
    return [f"from {format_points(bound)}" for bound in bounds.tolist()]


def _tenths(known: Flags | None, hits: Flags | None) -> list[dict[str, int]] | None:
    """Won among the leads whose outcome is known, a tenth of these at a time, best first."""
    if known is None or hits is None:
        return None
    won: Flags = hits[known]
    ends = [len(won) * place // TENTHS for place in range(TENTHS + 1)]
    return [{"known": end - start, "won": int(won[start:end].sum())} for start, end in pairwise(ends)]
