"""moves: two runs -> the tier each lead was in, and is in now, as a matrix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from leadscore.analysis.trend.runs import Run
from leadscore.errors import InputError, Problem
from leadscore.pipeline.previous import RANKED, Previous, read_previous

ENTERED, LEFT = "not there before", "not there any more"


@dataclass(frozen=True)
class Moves:
    """Leads by where they stood and stand: tiers, best first, then the files of those that are not ranked."""

    before: tuple[str, ...]
    """The rows; the last one is of leads that the earlier run has not."""
    now: tuple[str, ...]
    """The columns; the last one is of leads that the later run has not."""
    leads: npt.NDArray[np.int64]
    """``[row, column]``."""


def find_moves(before: Run, now: Run) -> Moves | str:
    """Of two runs, or why it cannot be told. Raises InputError for runs that are not as they were written."""
    ids = before.ids | now.ids
    if len(ids) != 1:
        return "who has moved cannot be told: the two last runs identify their leads by different columns"
    was, is_ = _read_both(before, now, ids)
    rows, places_before = _place(was, before)
    columns, places_now = _place(is_, now)
    found = was.find(is_.leads["id"])
    entered = pa.scalar(len(rows), pa.int64())
    stood = pa.array(places_before).take(found).fill_null(entered).to_numpy()
    leads = np.zeros((len(rows) + 1, len(columns) + 1), np.int64)
    np.add.at(leads, (stood, places_now), 1)
    # Whoever stood somewhere and stands nowhere is gone.
    leads[:-1, -1] = np.bincount(places_before, minlength=len(rows)) - leads[:-1].sum(axis=1)
    return Moves((*rows, ENTERED), (*columns, LEFT), leads)


def _read_both(before: Run, now: Run, ids: set[str]) -> tuple[Previous, Previous]:
    read: list[Previous] = []
    problems: list[Problem] = []
    for run in (before, now):
        try:
            read.append(read_previous(run.path, ids, ["tier"]))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return read[0], read[1]


def _place(previous: Previous, run: Run) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Where leads can stand in a run, and where each does."""
    leads = previous.leads
    if "tier" not in leads:
        raise InputError(Problem(str(run.path), what="has no column 'tier'", hint="name another run"))
    is_ranked = (leads["part"] == RANKED).to_numpy()
    tiers, at_tier = _codes(leads["tier"][is_ranked], [tier.name for tier in run.shot.tiers])
    others, at_other = _codes(leads["part"][~is_ranked], [])
    places = np.empty(len(leads), np.int64)
    places[is_ranked], places[~is_ranked] = at_tier, at_other + len(tiers)
    return [*tiers, *others], places


def _codes(texts: pd.Series, names: list[str]) -> tuple[list[str], npt.NDArray[np.int64]]:
    """The names and those of the texts that are none of them, and the place of each text there."""
    found = pa.array(texts, pa.large_string())
    names = list(dict.fromkeys([*names, *sorted(pc.unique(found).to_pylist())]))
    places = pc.index_in(found, value_set=pa.array(names, pa.large_string()))
    return names, np.asarray(places.to_numpy(), np.int64)
