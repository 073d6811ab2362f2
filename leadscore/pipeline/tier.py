"""tier: scores -> tiers and grades; a cut belongs to its tier."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from leadscore.model.schema import Axis, Model
from leadscore.pipeline.coded import encode
from leadscore.pipeline.combine import Contributions
from leadscore.points import Hundredths


def assign_tiers(scores: Hundredths, model: Model) -> npt.NDArray[np.intp]:
    """The position of each lead's tier in the config's list."""
    cuts = [tier.min_score for tier in model.tiers if tier.min_score is not None]
    return reached(scores, cuts, len(model.tiers) - 1)


def assign_grades(contributions: Contributions, model: Model) -> pa.DictionaryArray | None:
    """Two letters per lead, such as A1; None where the config has no grade."""
    if model.grade is None:
        return None
    (rows, row), (columns, column) = (
        _letters(contributions, axis) for axis in (model.grade.rows, model.grade.columns)
    )
    names = [first + second for first in rows for second in columns]
    return encode(names, row * len(columns) + column)


def _letters(contributions: Contributions, axis: Axis) -> tuple[list[str], npt.NDArray[np.intp]]:
    """The letters of an axis, best first, and the place of each lead's."""
    labels = sorted(axis.cuts, key=lambda label: axis.cuts[label], reverse=True)
    cuts = [axis.cuts[label] for label in labels]
    return labels, reached(contributions.groups[axis.group], cuts, len(cuts) - 1)


def reached(points: Hundredths, cuts: list[int], lowest: int) -> npt.NDArray[np.intp]:
    """The first of the descending cuts that the points reach; ``lowest`` where they reach none."""
    rising = np.array(cuts[::-1], dtype=np.int64)
    return np.minimum(len(cuts) - np.searchsorted(rising, points, side="right"), lowest)
