"""lists: scored leads -> the files they stand in: which leads, best first, and the columns in front."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadscore.fields import TRUE
from leadscore.model.check import ARM, CHANCE, FILE
from leadscore.model.nurture import NURTURE_COLUMNS
from leadscore.model.schema import Model
from leadscore.model.screen import SCREEN_COLUMNS
from leadscore.model.segments import SEGMENT_COLUMNS
from leadscore.pipeline.nurture import find_nearly, say_what_is_missing
from leadscore.pipeline.rank import rank_leads
from leadscore.points import Flags

Rows = npt.NDArray[np.int64]
"""Positions of leads in the export, best first."""


NONE_BEFORE: Mapping[str, int] = {}
_FEW = np.iinfo(np.int32).max


@dataclass(frozen=True)
class Part:
    """A part of the leads with a file of its own."""

    takes: Callable[[pd.DataFrame, Model], Flags]
    columns: tuple[str, ...]
    """What stands in front, before what every part has."""
    wanted: Callable[[Model], bool] = lambda model: True
    """Whether the config asks for it."""
    by_tier: bool = False
    """Whether its lines stand in a file per tier as well."""


@dataclass(frozen=True)
class Listing:
    """A file of leads to be written."""

    name: str
    """The file's, without its ending."""
    rows: Rows
    leads: pd.DataFrame
    """A row per lead under its position in the export; it may hold more leads and columns than needed."""
    columns: list[str]
    by_tier: bool = False


def _are_screened(leads: pd.DataFrame, model: Model) -> Flags:
    return leads["screen"].isin(model.screen.excluded if model.screen else ()).to_numpy()


def _are_disqualified(leads: pd.DataFrame, model: Model) -> Flags:
    return leads["disqualified_by"].notna().to_numpy()


def _are_left(leads: pd.DataFrame, model: Model) -> Flags:
    return np.ones(len(leads), dtype=bool)


# File -> its leads. The first part that takes a lead has it, so that each is in one. A new part is an entry.
PARTS: dict[str, Part] = {
    "screened": Part(_are_screened, ("screen", "signs", "score"), lambda model: model.screen is not None),
    "disqualified": Part(_are_disqualified, ("disqualified_by", "score")),
    "ranked": Part(_are_left, ("rank", "score", "tier"), by_tier=True),
}


def divide_leads(leads: pd.DataFrame, model: Model) -> dict[str, Flags]:
    """Part -> which leads are in it; each lead is in one."""
    left = np.ones(len(leads), dtype=bool)
    parts: dict[str, Flags] = {}
    for name, part in PARTS.items():
        if part.wanted(model):
            parts[name] = left & part.takes(leads, model)
            left = left & ~parts[name]
    return parts


def divide_ranked(leads: pd.DataFrame, trusted: Flags, model: Model) -> dict[str, Rows]:
    """Part -> the positions of its leads, best first, in the order of all leads."""
    order = rank_leads(leads, model)
    parts = divide_leads(leads, model)
    return {name: order[(trusted & chosen)[order]] for name, chosen in parts.items()}


def list_parts(
    leads: pd.DataFrame, parts: Mapping[str, Rows], model: Model, before: Mapping[str, int] = NONE_BEFORE
) -> list[Listing]:
    """The file of each part; ``parts`` holds its leads in their order.

    ``before``: how many ranked leads come before these, by segment, and under '' in all.
    """
    ranked, count = parts["ranked"], len(leads)
    leads = leads.assign(rank=_number({"": ranked}, count, before))
    if model.segments:
        segments = leads["segment"].iloc[ranked]
        inside = {each.name: ranked[(segments == each.name).to_numpy()] for each in model.segments}
        leads = leads.assign(segment_rank=_number(inside, count, before))
    own = [FILE] if FILE in leads else []
    return [
        Listing(name, rows, leads, _with_asked(part_columns(name, model), leads) + own, PARTS[name].by_tier)
        for name, rows in parts.items()
    ]


def _number(lists: Mapping[str, Rows], count: int, before: Mapping[str, int]) -> npt.NDArray[Any]:
    """The place of each lead in the list it is in, from 1; 0 for those in none."""
    first = max((before.get(name, 0) for name in lists), default=0)
    places: npt.NDArray[Any] = np.zeros(count, dtype=np.int32 if first + count < _FEW else np.int64)
    for name, rows in lists.items():
        places[rows] = np.arange(1, len(rows) + 1) + before.get(name, 0)
    return places


def list_views(ranked: Listing, model: Model) -> list[Listing]:
    """Files that show some of the ranked leads once more, in another light."""
    if model.nurture is None:
        return []
    rows = ranked.rows[find_nearly(ranked.leads, model)[ranked.rows] == TRUE]
    nearly = say_what_is_missing(ranked.leads.iloc[rows], model)
    own = [FILE] if FILE in nearly else []
    return [Listing("nurture", rows, nearly, _with_asked(nurture_columns(model), nearly) + own)]


def _with_asked(columns: list[str], leads: pd.DataFrame) -> list[str]:
    """The same with what some runs have: the chance to be won behind the score, the arm behind the tier."""
    shown = list(columns)
    for name, before in ((ARM, "tier" if "tier" in columns else "score"), (CHANCE, "score")):
        if name in leads and name not in columns:
            shown.insert(shown.index(before) + 1, name)
    return shown


def part_columns(name: str, model: Model) -> list[str]:
    """The columns in front of the export's own in the file of a part."""
    screen = SCREEN_COLUMNS if model.screen else ()
    grade = ["grade"] if model.models[0].grade else []
    segment = [column for column in SEGMENT_COLUMNS if name == "ranked" or column != "segment_rank"]
    segment = segment if model.segments else []
    columns = [
        *PARTS[name].columns,
        *segment,
        *model.group_names,
        *model.measures,
        *grade,
        *screen,
        "reasons",
        "coverage",
    ]
    return list(dict.fromkeys(columns))


def nurture_columns(model: Model) -> list[str]:
    """The same of the nurture list."""
    dated = model.nurture is not None and model.nurture.idle is not None
    lacks = [name for name in NURTURE_COLUMNS if dated or name != "days_idle"]
    return ["rank", "score", "tier", *lacks, "reasons"]
