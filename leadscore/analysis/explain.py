"""explain: one lead -> the lines that add up to its score, from the code that scores all leads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from leadscore.errors import InputError, Problem
from leadscore.fields import Seen
from leadscore.model.schema import Model
from leadscore.pipeline.batch import Scored
from leadscore.pipeline.collect import refuse_ambiguous_dates
from leadscore.pipeline.combine import ACCOUNT, Line
from leadscore.pipeline.export import Export
from leadscore.pipeline.files import paths_of, title_of
from leadscore.pipeline.join_tables import NO_TABLES
from leadscore.pipeline.lists import divide_leads
from leadscore.pipeline.sweep import open_sweep
from leadscore.pipeline.tally import Tally
from leadscore.points import format_points
from leadscore.rules.count import Count
from leadscore.text import GUARDED


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
    file: str = ""
    """The file it is from, where there are several."""
    measures: tuple[tuple[str, str | None], ...] = ()
    """The other columns that follow from the points, as they are written; None where one is unknown."""

    @property
    def unknown(self) -> list[str]:
        """The fields whose value is missing or could not be read."""
        return list(
            dict.fromkeys(name for line in self.lines for name, value in line.values if value is None)
        )


def explain_lead(
    export: Export,
    model: Model,
    as_of: date,
    wanted: str,
    logs: Sequence[Export] = (),
    tables: Mapping[str, Export] = NO_TABLES,
) -> Explanation:
    """The arithmetic of the lead with this id.

    Raises InputError if there is none or more than one, and ConfigError for dates with two readings: what
    `score` refuses is not explained.
    """
    wanted = re.sub(GUARDED, r"\1", wanted)
    sweep = open_sweep(export, model, as_of, logs, tables)
    found: list[Explanation] = []
    for batch in sweep.read():
        ids = sweep.ids(batch)
        rows = np.flatnonzero((ids == wanted).to_numpy(dtype=bool, na_value=False))
        if len(rows):
            scored = sweep.score(batch)
            tally = Tally()
            tally.add(scored, batch)
            refuse_ambiguous_dates(tally, "config")
            found += [
                replace(_explanation(scored, model, row, wanted), line=int(batch.lines[row]), file=batch.file)
                for row in rows.tolist()
            ]
    if len(found) == 1 or (found and model.checks.on_duplicate != "refuse"):
        return found[-1 if model.checks.on_duplicate == "last" else 0]
    paths = paths_of(export)
    places = ", ".join(f"{paths[lead.file]}:{lead.line}" for lead in found[:5])
    what = f"this id stands in {places}" if found else "no lead has this id"
    hint = (
        "every lead needs an id of its own"
        if found
        else "ids are compared to the letter, zeros in front included"
    )
    raise InputError(Problem(title_of(export), key=model.id, what=what, hint=hint))


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
        lines=tuple(_lines(scored, lead)),
        measures=tuple((name, _written(row[name])) for name in model.measures if name in row),
    )


def _lines(scored: Scored, lead: int) -> Iterator[ExplainedLine]:
    """The lines of the model that scored the lead."""
    portion = next(portion for portion in scored.portions if lead in portion.rows)
    place, made = int(np.flatnonzero(portion.rows == lead)[0]), portion.contributions
    for line, points in zip(made.lines, made.points[:, place].tolist(), strict=True):
        known = line.rule is None or bool(made.known[line.name][place])
        yield _explained(scored, portion.model, lead, line, points, known)


def _written(cell: Any) -> str | None:
    if isinstance(cell, str):
        return cell
    return None if pd.isna(cell) else format_points(int(cell))


def _explained(
    scored: Scored, model: Model, lead: int, line: Line, points: int, known: bool
) -> ExplainedLine:
    if line.rule is None:
        looked_at = _account(scored, model, lead) if line.kind == "account" else _bound(line, model)
        return ExplainedLine(line.name, line.kind, line.group, points, looked_at=looked_at)
    names = dict.fromkeys(use.field for use in line.rule.reads())
    values = tuple(
        (name, scored.leads[name].text(lead) if scored.leads[name].known[lead] else None) for name in names
    )
    if isinstance(line.rule, Count) and line.rule.event is not None:
        values = ((line.rule.describe(), _events(scored.leads.activity[line.rule.key], lead)),)
    return ExplainedLine(line.name, line.kind, line.group, points, known, line.rule.describe(), values)


def _events(seen: Seen, lead: int) -> str:
    count = int(seen.count[lead])
    return f"{count}, the last {seen.age[lead]:.0f} days ago" if count else "none"


def _account(scored: Scored, model: Model, lead: int) -> str:
    """Which account, its score, and how much of it a lead gets."""
    accounts, scores = model.accounts, scored.leads.account_scores
    name = scored.leads[accounts.by].text(lead) if accounts else None
    if name is None or accounts is None or accounts.in_score is None or scores is None:
        return "no account"
    share = format_points(int(accounts.in_score.share * 100_00))
    return f"{share} % of {format_points(int(scores[lead]))}, the score of {name}"


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
    of_account = model.accounts.in_score if model.accounts and line.name.startswith(f"{ACCOUNT}: ") else None
    bounds = of_account or group or model.score
    limit = bounds.cap if line.kind == "cap" else bounds.floor
    return f"{'at most' if line.kind == 'cap' else 'at least'} {format_points(limit or 0)}"
