"""explained: each line of a lead's score, with what it looked at and the lead's own values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from leadscore.fields import Seen
from leadscore.model.schema import Model
from leadscore.pipeline.batch import Scored
from leadscore.pipeline.combine import ACCOUNT, Line
from leadscore.points import format_points
from leadscore.rules.count import Count


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


def explain_lines(scored: Scored, lead: int) -> Iterator[ExplainedLine]:
    """The lines of the model that scored the lead."""
    portion = next(portion for portion in scored.portions if lead in portion.rows)
    place, made = int(np.flatnonzero(portion.rows == lead)[0]), portion.contributions
    for line, points in zip(made.lines, made.points[:, place].tolist(), strict=True):
        known = line.rule is None or bool(made.known[line.name][place])
        yield _explained(scored, portion.model, lead, line, points, known)


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
