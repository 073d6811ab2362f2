"""interval: the least and the most a lead's unknown fields could make of its score."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np

from leadscore.decays import Decay
from leadscore.fields import FALSE, TRUE, Field, Leads
from leadscore.model.schema import Model
from leadscore.pipeline.combine import add_up
from leadscore.pipeline.score import award_points
from leadscore.points import LIMIT, Hundredths, Rows
from leadscore.rules import AnyRule
from leadscore.rules.base import Award

_LOW_HIGH = np.array([0, 0], dtype=np.intp)
"""The lead twice: as bad and as good as it could be."""
_LONG_AGO = 100_000
"""Days: more than 270 years."""
_TODAY, _UNKNOWN = 1, -1
"""Codes of a date, beside 0 for long ago."""


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
    """The ends are those of several leads: the worst there could be, one for each way to have no date, and
    last the best."""
    awards, days = award_points(lead, model), _unknown_days(lead, model)
    worst = list(product(*(_worst(decays) for decays in days.values())))
    ends = np.array([0] * len(worst) + [1], dtype=np.intp)
    held = {
        rule.name: _take(_ends(rule, awards[rule.name], lead), ends)
        for group in model.groups.values()
        for rule in group.rules
    }
    dates = {
        name: _days_of([*(codes[place] for codes in worst), _TODAY], lead.as_of)
        for place, name in enumerate(days)
    }
    leads = lead.take(np.zeros(len(ends), dtype=np.intp))
    leads = replace(leads, fields={**leads.fields, **dates})
    *lows, high = add_up(_with_account(leads, model, held), model, held).score.tolist()
    return min(lows), high


def _unknown_days(lead: Leads, model: Model) -> dict[str, list[Decay]]:
    """The dates that groups fade by and nobody knows, with all that fades by them."""
    days: dict[str, list[Decay]] = {}
    for group in model.groups.values():
        decay = group.decay
        if decay is not None and decay.since and not lead[decay.since].known[0]:
            days.setdefault(decay.since, []).append(decay)
    return days


def _worst(decays: list[Decay]) -> tuple[int, ...]:
    """What the date may be at its worst: long ago, or still unknown where that keeps less."""
    unknown_is_worse = any(decay.missing < decay.share_left(_LONG_AGO) for decay in decays)
    return (0, _UNKNOWN) if unknown_is_worse else (0,)


def _days_of(codes: list[int], as_of: int) -> Field:
    days = np.array([as_of - _LONG_AGO, as_of], dtype=np.float64)
    return Field("date", np.array(codes, dtype=np.intp), ["", ""], days)


def _take(award: Award, rows: Rows) -> Award:
    faded = None if award.faded is None else award.faded[rows]
    return Award(award.points[rows], award.known[rows], faded)


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


def _with_account(leads: Leads, model: Model, held: dict[str, Award]) -> Leads:
    """Where the lead is not all known, neither is what its account has: a lead is a part of it."""
    accounts = model.accounts
    if accounts is None or accounts.in_score is None:
        return leads
    open_ = not leads[accounts.by].known[0] or any(
        award.points[0] != award.points[-1] for award in held.values()
    )
    ends = np.append(np.full(leads.count - 1, -LIMIT), LIMIT) * 1_000
    return replace(leads, account_scores=ends) if open_ else leads
