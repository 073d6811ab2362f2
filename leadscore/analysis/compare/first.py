"""first: the first of those who have moved, each with all that is told of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from leadscore.analysis.compare.movers import CHANGES, Movers
from leadscore.analysis.compare.result import Comparison, Result
from leadscore.model.check import FILE
from leadscore.pipeline.coded import to_texts


@dataclass(frozen=True)
class Mover:
    """A lead that stands elsewhere than in the first config; points in hundredths."""

    id: str
    line: int
    file: str
    """Empty where there is but one."""
    change: str
    tier: str
    previous_tier: str
    score: int
    previous_score: int
    rank: int
    """0 for who is not ranked, also below."""
    previous_rank: int
    moved_by: str
    lines: tuple[tuple[str, str, int], ...]
    """Name, kind and points of each line that differs: they add up to what the scores differ by."""


def list_first(result: Result, place: int, comparison: Comparison, first: int) -> list[Mover]:
    """The first so many movers of a comparison, which is at this place among the configs."""
    movers = comparison.movers
    if movers is None:
        return []
    rows = movers.rows[:first]
    before, after, names = result.standings[0], result.standings[place], result.standing_names
    leads = result.leads.iloc[rows]
    ids, lines = to_texts(leads["id"]).to_pylist(), leads["line"].tolist()
    files = to_texts(leads[FILE]).to_pylist() if FILE in leads else [""] * len(rows)
    return [
        Mover(
            ids[number],
            lines[number],
            files[number],
            CHANGES[movers.changes[number]],
            names[after.places[row]],
            names[before.places[row]],
            int(after.scores[row]),
            int(before.scores[row]),
            int(after.ranks[row]),
            int(before.ranks[row]),
            movers.names[movers.causes[number]],
            _lines(movers, number),
        )
        for number, row in enumerate(rows.tolist())
    ]


def _lines(movers: Movers, number: int) -> tuple[tuple[str, str, int], ...]:
    """The line that has moved the lead first, then the others, the largest first."""
    own = movers.differences.take(np.array([number]))
    each = list(zip(own.lines.tolist(), own.points.tolist(), strict=True))
    each.sort(key=lambda pair: (pair[0] != movers.causes[number], -abs(pair[1])))
    return tuple((*movers.lines.keys[line][:2], points) for line, points in each)
