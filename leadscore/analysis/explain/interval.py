"""interval: the least and the most a lead's unknown fields could make of its score."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from leadscore.decays import Decay
from leadscore.fields import FALSE, TRUE, Field, Leads
from leadscore.model.schema import Model
from leadscore.pipeline.combine import add_up
from leadscore.pipeline.score import award_points
from leadscore.points import LIMIT, Hundredths
from leadscore.rules import AnyRule
from leadscore.rules.base import Award

_LOW_HIGH = np.array([0, 0], dtype=np.intp)
"""The lead twice: as bad and as good as it could be."""
_LONG_AGO = 100_000
"""Days: more than 270 years."""


def find_interval(lead: Leads, model: Model) -> tuple[int, int]:
    """The score (hundredths) is never below the first nor above the second, whatever the unknown fields are.

    ``lead``: one lead as it was prepared. The bounds are safe and not always reached: each rule is taken at
    its best, also where two of them read the same field. With an unknown that decides the segment, over all
    segments it could be in. Points are summed by ``add_up``, as all scores are.
    """
    models = [model] if not model.segments else list(_possible_models(lead, model))
    each = [_find_interval(lead, own) for own in models]
    return min(low for low, _ in each), max(high for _, high in each)


def _possible_models(lead: Leads, model: Model) -> Iterator[Model]:
    for segment, own in zip(model.segments, model.models, strict=True):
        if segment.when is None:
            yield own
            return
        holds, doubtful = (
            segment.when.hold(lead)[0],
            _is_open(lead, (use.field for use in segment.when.uses())),
        )
        if holds != FALSE or doubtful:
            yield own
        if holds == TRUE and not doubtful:
            return


def _find_interval(lead: Leads, model: Model) -> tuple[int, int]:
    awards = award_points(lead, model)
    twice, held = lead.take(_LOW_HIGH), {}
    for group in model.groups.values():
        for rule in group.rules:
            held[rule.name] = _ends(rule, awards[rule.name], lead)
        if group.decay is not None and group.decay.since and not lead[group.decay.since].known[0]:
            twice = replace(twice, fields={**twice.fields, group.decay.since: _ends_of_age(twice.as_of)})
    low, high = add_up(_with_account(twice, model, held), model, held).score.tolist()
    return low, high


def _ends(rule: AnyRule, award: Award, lead: Leads) -> Award:
    """The rule at its worst and at its best."""
    low = high = int(award.points[0])
    if _may_turn(rule, award, lead):
        choices = [low, *rule.choices(), rule.missing or 0]
        low, high = min(choices), max(choices)
    points = np.array([low, high], dtype=np.int64)
    known = np.ones(2, dtype=bool)
    if rule.decay is None:
        return Award(points, known)
    if award.faded is not None:  # events of the log, of which nothing is unknown
        return Award(points, known, award.faded[_LOW_HIGH])
    return Award(points, known, _fade_ends(rule.decay, points, lead))


def _may_turn(rule: AnyRule, award: Award, lead: Leads) -> bool:
    """Whether another value of an unknown field could give other points."""
    uses = list(rule.reads())
    if not _is_open(lead, (use.field for use in uses)):
        return False
    asks = any(use.key and use.key[-1] in ("known", "missing") for use in uses)
    return asks or award.share is not None or not award.known[0]


def _is_open(lead: Leads, fields: Iterator[str]) -> bool:
    return not all(lead[field].known[0] for field in fields)


def _fade_ends(decay: Decay, points: Hundredths, lead: Leads) -> Hundredths:
    """What is left at least of the worst, at most of the best: nothing or all where the date is unknown."""
    age = lead.age(decay.since or "")
    if not np.isnan(age[0]):
        return decay.fade_by_age(points, age[_LOW_HIGH])
    return np.array([min(points[0], 0), max(points[1], 0)], dtype=np.int64)


def _ends_of_age(as_of: int) -> Field:
    """A date long ago for the lead at its worst, and today for the lead at its best."""
    days = np.array([as_of - _LONG_AGO, as_of], dtype=np.float64)
    return Field("date", np.array([0, 1], dtype=np.intp), ["", ""], days)


def _with_account(twice: Leads, model: Model, held: dict[str, Award]) -> Leads:
    """Where the lead is not all known, neither is what its account has: a lead is a part of it."""
    accounts = model.accounts
    if accounts is None or accounts.in_score is None:
        return twice
    open_ = not twice[accounts.by].known[0] or any(
        award.points[0] != award.points[1] for award in held.values()
    )
    return replace(twice, account_scores=np.array([-LIMIT, LIMIT]) * 1_000) if open_ else twice
