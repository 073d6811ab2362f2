"""doubts: what may make a score look better here than it will be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from leadscore.analysis.evaluate.judged import AT, Judged
from leadscore.analysis.evaluate.rules import Evidence
from leadscore.fields import FALSE, TRUE
from leadscore.model.schema import Model
from leadscore.pipeline.batch import Scored
from leadscore.pipeline.coded import Column

SUSPICIOUS = 0.95
"""A single rule that ranks so many pairs of a won and a lost lead right knows the outcome, most likely."""
_SHARE = 0.01
"""Of the leads whose outcome is dated, those with a later date elsewhere: below it, slips of the pen."""


def dates_read(model: Model) -> list[str]:
    """The date fields that scoring reads."""
    return list(dict.fromkeys(use.field for own in model.models for use in own.uses() if use.type == "date"))


def keep_dates(scored: Scored, names: Sequence[str]) -> dict[str, Column]:
    """The dates of each lead of a batch, in days since 1970-01-01; NaN where unknown."""
    return {f"date {name}": scored.leads[name].values for name in names}


def find_doubts(judged: Judged, rules: Sequence[Evidence]) -> list[str]:
    """Sentences, each about something that may be known only after the outcome."""
    return [*_undated(judged), *_later(judged), *_too_good(rules)]


def _undated(judged: Judged) -> Iterator[str]:
    outcome = judged.model.outcome
    if outcome is not None and outcome.at is None:
        yield (
            "the config does not say when an outcome was known (outcome.at), so what was written into "
            "the export afterwards counts as if it had been known before"
        )
    elif not judged.left_out and AT in judged.collected.leads:
        yield "scores know all that the export knows; --split DATE scores as of an earlier day"


def _later(judged: Judged) -> Iterator[str]:
    leads, won = judged.collected.leads, judged.won
    if AT not in leads:
        return
    at = leads[AT].to_numpy()
    dated = ~np.isnan(at) & ((won == TRUE) | (won == FALSE))
    for name in dates_read(judged.model):
        column = f"date {name}"
        if column not in leads or not dated.any():
            continue
        with np.errstate(invalid="ignore"):
            later = (leads[column].to_numpy() > at) & dated
        share = float(later.sum()) / float(dated.sum())
        if share >= _SHARE:
            yield (
                f"rules read {name}, which is later than the outcome for {share:.0%} of the leads: it may be "
                "there because of the outcome"
            )


def _too_good(rules: Sequence[Evidence]) -> Iterator[str]:
    for rule in rules:
        area = max(rule.area, 1 - rule.area)
        if area >= SUSPICIOUS:
            yield (
                f"the rule {rule.rule} alone tells won from lost in {area:.0%} of all pairs: look whether "
                "what it reads is known before the outcome"
            )
