"""reason: contributions -> the few that moved a lead most, in words."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from leadscore.pipeline.combine import Contributions
from leadscore.points import Hundredths, format_points

# A line's place and its points as one integer; no line can give more than half a step (see points.LIMIT).
_STEP = 1 << 42
_ABOUT_LEAD = ("rule", "decay", "account")


def name_reasons(contributions: Contributions, most: int) -> pa.Array:
    """One text per lead: 'demo asked for +30; seniority +20'. Largest first, the config's order on ties.

    Reasons are about the lead: its rules and what age took from them. Caps and floors are about the
    config; `explain` shows them.
    """
    about_lead = [place for place, line in enumerate(contributions.lines) if line.kind in _ABOUT_LEAD]
    points = contributions.points[about_lead]
    names = [contributions.lines[place].name for place in about_lead]
    order = np.argsort(-np.abs(points), axis=0, kind="stable")[:most]
    columns = [
        _name(names, places, np.take_along_axis(points, places[None, :], axis=0)[0], "; " if slot else "")
        for slot, places in enumerate(order)
    ]
    if not columns:
        return pa.array([""] * points.shape[1], pa.large_string())
    return pc.binary_join_element_wise(*columns, pa.scalar("", pa.large_string()))


def _name(names: list[str], places: npt.NDArray[np.intp], points: Hundredths, before: str) -> pa.Array:
    """'seniority +20' per lead, '' where the line gave nothing; each distinct text made once."""
    keys, inverse = np.unique(places * _STEP + points, return_inverse=True)
    texts = [_text(names, key, before) for key in keys.tolist()]
    return pa.array(texts, pa.large_string()).take(pa.array(inverse))


def _text(names: list[str], key: int, before: str) -> str:
    place, points = divmod(key + _STEP // 2, _STEP)
    points -= _STEP // 2
    return f"{before}{names[place]} {format_points(points, signed=True)}" if points else ""
