"""causes: the lines of a score in an earlier run and in this one -> what made the difference, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from leadscore.pipeline.coded import TEXT, to_frame
from leadscore.pipeline.collect import Collected
from leadscore.pipeline.combine import Contributions, Line
from leadscore.pipeline.lists import Rows
from leadscore.pipeline.previous import Previous
from leadscore.pipeline.reason import COLUMN, name_reasons, show_columns
from leadscore.points import Hundredths
from leadscore.rules.bands import Bands
from leadscore.rules.count import Count

_SHOWN = 3
_NOTHING: Hundredths = np.zeros(0, np.int64)


def name_lines(lines: Sequence[Line]) -> list[str]:
    """The column of each line in contributions.parquet, where id and score stand in front."""
    names = ["id", "score"]
    for line in lines:
        names.append(f"line {line.name}" if line.name in names else line.name)
    return names[2:]


def name_causes(
    collected: Collected, rows: Rows, places: pa.Array, before: Previous, same_model: bool
) -> Any:
    """The lines that differ most, as 'visits (activity) +6; silent (time) -15', largest first.

    ``places``: of each lead among those of the earlier run. Empty for leads that it did not rank, and where
    one of the runs kept no contributions.
    """
    if before.contributions is None or not collected.contributions:
        return pd.array([""] * len(rows), dtype=TEXT)
    lines, now = _lines_now(collected, rows, same_model)
    was = before.contributions
    found = pc.index_in(before.leads_at(places), value_set=was.column("id").combine_chunks())
    then = {name: _hundredths(was.column(name), found) for name in was.column_names[2:]}
    names = dict.fromkeys([*lines, *then])
    nothing = np.zeros(len(rows), np.int64)
    points = np.array([now.get(name, nothing) - then.get(name, nothing) for name in names])
    points = np.where(pc.is_valid(found).to_numpy(zero_copy_only=False), points, 0)
    causes = {name: lines[name] if name in lines and name in then else "config" for name in names}
    told = tuple(Line(f"{name} ({cause})", "rule") for name, cause in causes.items())
    none: dict[str, Any] = {}
    made = Contributions(told, points, none, _NOTHING, _NOTHING, none, _NOTHING, none)
    frame = to_frame(name_reasons(made, _SHOWN), pd.RangeIndex(len(rows)))
    return show_columns(frame, [COLUMN])[COLUMN].array


def _lines_now(
    collected: Collected, rows: Rows, same_model: bool
) -> tuple[dict[str, str], dict[str, Hundredths]]:
    """Of each line of this run its kind of cause, and its points of these leads."""
    names = name_lines(collected.lines)
    kinds = {name: _cause(line, same_model) for name, line in zip(names, collected.lines, strict=True)}
    starts = np.cumsum([0, *(points.shape[1] for points in collected.contributions)])
    points = np.zeros((len(names), len(rows)), np.int64)
    for start, batch in zip(starts, collected.contributions, strict=False):
        here = np.flatnonzero((rows >= start) & (rows < start + batch.shape[1]))
        points[:, here] = batch[:, rows[here] - start]
    return kinds, dict(zip(names, points, strict=True))


def _cause(line: Line, same_model: bool) -> str:
    """What alone can have changed the points of a line; with another config it may have been that, too."""
    if not same_model:
        return "config or lead"
    if line.kind == "decay" or (isinstance(line.rule, Bands) and line.rule.age_of is not None):
        return "time"
    if isinstance(line.rule, Count):
        return "activity"
    return "field" if line.kind == "rule" else line.kind


def _hundredths(points: pa.ChunkedArray, places: pa.Array) -> npt.NDArray[np.int64]:
    taken = pc.multiply(points.take(places).cast(pa.float64()), 100.0)
    rounded = pc.fill_null(pc.round(taken), 0).to_numpy()
    return np.asarray(rounded, dtype=np.int64)
