"""asked: an export and what is asked of its outcomes -> the answers, by one pass over the leads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from leadscore.analysis.evaluate.arms import Groups, compare_arms, open_groups
from leadscore.analysis.evaluate.chances import Chances, judge_chances
from leadscore.analysis.evaluate.doubts import dates_read, keep_dates
from leadscore.analysis.evaluate.evaluation import Evaluation, evaluate_leads
from leadscore.analysis.evaluate.judged import Judged, Split, judge_leads
from leadscore.analysis.evaluate.propose import Proposed, Wanted, days_between, propose_cuts
from leadscore.analysis.evaluate.rules import keep_rules
from leadscore.analysis.files import Files
from leadscore.analysis.variant import Variant, with_field
from leadscore.errors import InputError, Problem
from leadscore.model.probability import ProbabilityModel
from leadscore.pipeline.batch import Scored
from leadscore.pipeline.coded import Column, to_texts
from leadscore.pipeline.export import Batch

_CAME = "came"
"""The column of the days on which leads came in."""


@dataclass(frozen=True)
class Asked:
    """What is asked beside the figures that are always told."""

    split: Split | None = None
    cuts: tuple[Wanted, ...] = ()
    per_day: str | None = None
    """A date field: capacity is leads a day by it."""
    missed: int = 0
    """So many of the won leads that stand lowest are named."""
    by: str | None = None
    """A field, or ``arm``: its groups are compared."""
    chances: ProbabilityModel | None = None
    """Chances that are held against what came."""


@dataclass(frozen=True)
class Missed:
    """A lead that was won, for all its score."""

    id: str
    line: int
    tier: str
    score: int


@dataclass(frozen=True)
class Answer:
    """The figures, and what was asked beside them."""

    evaluation: Evaluation
    proposed: Proposed | None
    missed: list[Missed]
    groups: Groups | None
    chances: Chances | None


def ask_outcomes(variant: Variant, files: Files, asked: Asked) -> Answer:
    """An export scored, and its leads' outcomes asked.

    Raises what ``judge_leads``, ``evaluate_leads`` and ``propose_cuts`` raise.
    """
    dates = dates_read(variant.model) if variant.model.outcome and variant.model.outcome.at else []
    if asked.per_day is not None:
        variant = with_field(variant, asked.per_day, "date")
    by = None
    if asked.by is not None:
        variant, by = open_groups(variant, asked.by)

    def keep(scored: Scored, batch: Batch) -> dict[str, Column]:
        came = {} if asked.per_day is None else {_CAME: scored.leads[asked.per_day].values}
        more = {} if by is None else by.keep(scored, batch)
        return keep_rules(scored) | keep_dates(scored, dates) | came | more

    judged = judge_leads(variant, files, asked.split, keep)
    evaluation = evaluate_leads(judged)
    days = None if asked.per_day is None else _days(judged, asked.per_day)
    return Answer(
        evaluation,
        propose_cuts(evaluation, asked.cuts, days) if asked.cuts else None,
        list(_missed(judged, asked.missed)),
        None if by is None else compare_arms(judged, by),
        None if asked.chances is None else judge_chances(judged, asked.chances),
    )


def _days(judged: Judged, name: str) -> int:
    days = days_between(judged.numbers(_CAME, judged.parts["ranked"]))
    if days is None:
        what, hint = f"no lead has a date in {name}", "name another field after --per-day"
        raise InputError(Problem(judged.title, what=what, hint=hint))
    return days


def _missed(judged: Judged, most: int) -> Iterator[Missed]:
    """Won leads, the one that stands lowest first."""
    known = judged.known()
    rows = known[judged.flags(known)][::-1][:most]
    leads = judged.collected.leads.iloc[rows]
    ids, tiers = to_texts(leads["id"]).to_pylist(), to_texts(leads["tier"]).to_pylist()
    scores = np.asarray(leads["score"]).tolist()
    for each in zip(ids, leads["line"].tolist(), tiers, scores, strict=True):
        yield Missed(*each)
