"""explain: one lead -> the lines that add up to its score, from the code that scores all leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from leadscore.errors import InputError, Problem
from leadscore.fields import Seen
from leadscore.model.schema import Model
from leadscore.pipeline.activity import gather_activity
from leadscore.pipeline.batch import Scored, score_leads
from leadscore.pipeline.collect import refuse_ambiguous_dates, refuse_columns
from leadscore.pipeline.combine import Line
from leadscore.pipeline.export import Export
from leadscore.pipeline.lists import divide_leads
from leadscore.pipeline.prepare import NO_ACTIVITY
from leadscore.pipeline.tally import Tally
from leadscore.points import format_points


@dataclass(frozen=True)
class ExplainedLine:
    """One signed line, what it looked at, and the lead's own values; points in hundredths."""

    name: str
    kind: str
    group: str
    points: int
    known: bool = True
    looked_at: str = ""
    values: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True)
class Explanation:
    """A lead's arithmetic. The points of all lines add up to the score (hundredths)."""

    id: str
    line: int
    score: int
    tier: str
    grade: str
    coverage: int
    disqualified_by: str
    part: str
    """The file the lead stands in: ranked, disqualified or screened."""
    screen: str
    """lamb, suspect or spam; empty where the config has no screen. So are the signs that say so."""
    signs: str
    lines: tuple[ExplainedLine, ...]
    measures: tuple[tuple[str, str | None], ...] = ()
    """The other columns that follow from the points, as they are written; None where one is unknown."""

    @property
    def unknown(self) -> list[str]:
        """The fields whose value is missing or could not be read."""
        return list(
            dict.fromkeys(name for line in self.lines for name, value in line.values if value is None)
        )


def explain_lead(
    export: Export, model: Model, as_of: date, wanted: str, logs: Sequence[Export] = ()
) -> Explanation:
    """The arithmetic of the lead with this id.

    Raises InputError if there is none or more than one, and ConfigError for dates with two readings: what
    `score` refuses is not explained.
    """
    columns = refuse_columns(export, model)
    activity = gather_activity(logs, model, as_of)
    found: list[Explanation] = []
    for batch in export.batches(sorted(set(columns.values()))):
        rows = np.flatnonzero((batch.leads[columns[model.id]] == wanted).to_numpy(dtype=bool, na_value=False))
        if len(rows):
            seen = NO_ACTIVITY if activity is None else activity.of(batch.leads[columns[model.id]])
            scored = score_leads(batch.leads, model, columns, as_of, export.kinds, seen)
            tally = Tally()
            tally.add(scored, batch.lines)
            refuse_ambiguous_dates(tally, "config")
            found += [
                _explanation(scored, model, row, wanted, int(batch.lines[row])) for row in rows.tolist()
            ]
    if len(found) == 1:
        return found[0]
    places = ", ".join(f"{export.path}:{lead.line}" for lead in found[:5])
    what = f"this id stands in {places}" if found else "no lead has this id"
    hint = (
        "every lead needs an id of its own"
        if found
        else "ids are compared to the letter, zeros in front included"
    )
    raise InputError(Problem(str(export.path), key=model.id, what=what, hint=hint))


def _explanation(scored: Scored, model: Model, lead: int, wanted: str, line: int) -> Explanation:
    row = scored.columns.iloc[lead]
    parts = divide_leads(scored.columns.iloc[[lead]], model)
    lines = zip(scored.contributions.lines, scored.contributions.points[:, lead].tolist(), strict=True)
    return Explanation(
        id=wanted,
        line=line,
        score=int(row["score"]),
        tier=str(row["tier"]),
        grade=str(row["grade"]) if model.grade else "",
        coverage=int(row["coverage"]),
        disqualified_by="" if row.isna()["disqualified_by"] else str(row["disqualified_by"]),
        part=next(name for name, here in parts.items() if here[0]),
        screen=str(row["screen"]) if model.screen else "",
        signs=str(row["signs"]) if model.screen else "",
        lines=tuple(_explained(scored, model, lead, line, points) for line, points in lines),
        measures=tuple((name, _written(row[name])) for name in model.measures if name in row),
    )


def _written(cell: Any) -> str | None:
    if isinstance(cell, str):
        return cell
    return None if pd.isna(cell) else format_points(int(cell))


def _explained(scored: Scored, model: Model, lead: int, line: Line, points: int) -> ExplainedLine:
    if line.rule is None:
        return ExplainedLine(line.name, line.kind, line.group, points, looked_at=_bound(line, model))
    names = dict.fromkeys(use.field for use in line.rule.reads())
    values = tuple(
        (name, scored.leads[name].text(lead) if scored.leads[name].known[lead] else None) for name in names
    )
    if ("rule", line.name) in scored.leads.activity:
        values = ((line.rule.describe(), _events(scored.leads.activity["rule", line.name], lead)),)
    known = bool(scored.contributions.known[line.name][lead])
    return ExplainedLine(line.name, line.kind, line.group, points, known, line.rule.describe(), values)


def _events(seen: Seen, lead: int) -> str:
    count = int(seen.count[lead])
    return f"{count}, the last {seen.age[lead]:.0f} days ago" if count else "none"


def _bound(line: Line, model: Model) -> str:
    """What a decay, a floor or a cap says, in the config's words."""
    group = model.groups.get(line.group)
    if line.kind == "others":
        return "only the best group counts"
    if line.kind == "decay":
        rules = group.rules if group else ()
        decay = next((rule.decay for rule in rules if line.name == f"{rule.name}: decay"), None)
        decay = decay or (group.decay if group else None)
        return decay.describe() if decay else ""
    bounds = group or model.score
    limit = bounds.cap if line.kind == "cap" else bounds.floor
    return f"{'at most' if line.kind == 'cap' else 'at least'} {format_points(limit or 0)}"
