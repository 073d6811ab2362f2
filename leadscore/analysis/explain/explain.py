"""explain: one lead -> the lines that add up to its score, from the code that scores all leads."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from leadscore.analysis.explain.change import Trials
from leadscore.analysis.explain.explained import ExplainedLine, explain_lines
from leadscore.analysis.explain.prospects import NO_PROSPECTS, Prospects, find_prospects
from leadscore.errors import InputError, Problem
from leadscore.model.schema import Model
from leadscore.pipeline.batch import Scored
from leadscore.pipeline.collect import refuse_ambiguous_dates
from leadscore.pipeline.export import Export
from leadscore.pipeline.files import paths_of, title_of
from leadscore.pipeline.join_tables import NO_TABLES
from leadscore.pipeline.lists import divide_leads
from leadscore.pipeline.sweep import open_sweep
from leadscore.pipeline.tally import Tally
from leadscore.points import format_points
from leadscore.text import GUARDED


@dataclass(frozen=True)
class Explanation:
    """A lead's arithmetic. The points of all lines add up to the score (hundredths)."""

    id: str
    score: int
    tier: str
    segment: str
    """Whose model scored it, and its share (hundredths of a percent) of the most that gives."""
    percent: int | None
    grade: str
    coverage: int
    disqualified_by: str
    part: str
    """The file the lead stands in: ranked, disqualified or screened."""
    screen: str
    """lamb, suspect or spam; empty where the config has no screen. So are the signs that say so."""
    signs: str
    lines: tuple[ExplainedLine, ...]
    line: int = 0
    rank: int = 0
    """Where it was asked for by its rank."""
    file: str = ""
    """The file it is from, where there are several."""
    prospects: Prospects = NO_PROSPECTS
    """What it could be."""
    measures: tuple[tuple[str, str | None], ...] = ()
    """The other columns that follow from the points, as they are written; None where one is unknown."""

    @property
    def unknown(self) -> list[str]:
        """The fields whose value is missing or could not be read."""
        return list(
            dict.fromkeys(name for line in self.lines for name, value in line.values if value is None)
        )


def explain_leads(
    export: Export,
    model: Model,
    as_of: date,
    wanted: Sequence[str],
    logs: Sequence[Export] = (),
    tables: Mapping[str, Export] = NO_TABLES,
    trials: Callable[[Trials], Prospects] = find_prospects,
) -> list[Explanation]:
    """The arithmetic of the leads with these ids, in their order; ``trials`` says what they could be.

    Raises InputError for ids that no lead has, or more than one, and ConfigError for dates with two
    readings: what `score` refuses is not explained.
    """
    bare = [re.sub(GUARDED, r"\1", id_) for id_ in wanted]
    sweep = open_sweep(export, model, as_of, logs, tables, explained=True)
    found: dict[str, list[Explanation]] = {id_: [] for id_ in bare}
    for batch in sweep.read():
        ids = sweep.ids(batch)
        rows = np.flatnonzero(ids.isin(bare).to_numpy(dtype=bool, na_value=False))
        if len(rows):
            scored = sweep.score(batch)
            tally = Tally()
            tally.add(scored, batch)
            refuse_ambiguous_dates(tally, "config")
            for row in rows.tolist():
                lead = _explanation(scored, model, row, str(ids.iloc[row]))
                lead = replace(lead, line=int(batch.lines[row]), file=batch.file)
                prospects = trials(Trials(sweep, batch, row, lead.score, lead.tier))
                found[lead.id].append(replace(lead, prospects=prospects))
    problems = [_problem(id_, found[id_], export, model) for id_ in found]
    if any(problems):
        raise InputError(problem for problem in problems if problem)
    return [found[id_][-1 if model.checks.on_duplicate == "last" else 0] for id_ in bare]


def _problem(id_: str, found: Sequence[Explanation], export: Export, model: Model) -> Problem | None:
    """What is wrong where not exactly one lead has the id. The id itself is not said."""
    if len(found) == 1 or (found and model.checks.on_duplicate != "refuse"):
        return None
    paths = paths_of(export)
    places = ", ".join(f"{paths[lead.file]}:{lead.line}" for lead in found[:5])
    what = f"this id stands in {places}" if found else "no lead has this id"
    hint = (
        "every lead needs an id of its own"
        if found
        else "ids are compared to the letter, zeros in front included"
    )
    return Problem(title_of(export), key=model.id, what=what, hint=hint)


def _explanation(scored: Scored, model: Model, lead: int, wanted: str) -> Explanation:
    row = scored.columns.iloc[lead]
    parts = divide_leads(scored.columns.iloc[[lead]], model)
    return Explanation(
        id=wanted,
        score=int(row["score"]),
        tier=str(row["tier"]),
        segment=str(row["segment"]) if model.segments else "",
        percent=int(row["percent"]) if model.segments else None,
        grade=str(row["grade"]) if "grade" in row else "",
        coverage=int(row["coverage"]),
        disqualified_by="" if row.isna()["disqualified_by"] else str(row["disqualified_by"]),
        part=next(name for name, here in parts.items() if here[0]),
        screen=str(row["screen"]) if model.screen else "",
        signs=str(row["signs"]) if model.screen else "",
        lines=tuple(explain_lines(scored, lead)),
        measures=tuple((name, _written(row[name])) for name in model.measures if name in row),
    )


def _written(cell: Any) -> str | None:
    if isinstance(cell, str):
        return cell
    return None if pd.isna(cell) else format_points(int(cell))
