"""judged: an export, scored -> its leads with what became of each, as far as it may be known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from leadscore.analysis.files import Files
from leadscore.analysis.variant import Variant, with_field, without_reasons
from leadscore.errors import ConfigError, InputError, Problem, UsageError
from leadscore.fields import FALSE, TRUE, UNKNOWN, Truths
from leadscore.model.outcome import Outcome
from leadscore.model.schema import Model
from leadscore.pipeline.batch import Scored
from leadscore.pipeline.check import exit_code
from leadscore.pipeline.coded import Column
from leadscore.pipeline.collect import Collected, Keep, collect_leads, nothing_more, refuse_ambiguous_dates
from leadscore.pipeline.export import Batch, Export
from leadscore.pipeline.files import notes_of, open_exports, paths_of, title_of
from leadscore.pipeline.ids import choose_copies, set_aside_without_id
from leadscore.pipeline.inputs import open_log
from leadscore.pipeline.join_tables import open_tables
from leadscore.pipeline.lists import divide_ranked
from leadscore.points import Flags, Numbers, Rows

LEAST = 40
"""So many won and so many lost leads there must be; models.md E23."""
AT, SINCE = "outcome at", "outcome since"
"""Columns of dates, in days since 1970-01-01; no field or group can have such a name with a rank key."""
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Split:
    """Leads are scored as of a day; only what became of them after it counts."""

    day: date
    until: date | None = None
    """The last day on which an outcome counts; without it, all that the export knows."""


@dataclass(frozen=True)
class Judged:
    """The leads of an export with what became of each."""

    variant: Variant
    export: Export
    collected: Collected
    parts: Mapping[str, Rows]
    """Part (ranked, disqualified, screened) -> positions of its leads, best first."""
    won: Truths
    """Of every lead of the export; unknown also where the split leaves the lead out."""
    left_out: dict[str, int] = field(default_factory=dict)
    """Why -> leads whose outcome is known, and does not count."""

    @property
    def model(self) -> Model:
        """What scored the leads."""
        return self.variant.model

    @property
    def title(self) -> str:
        """The export, in messages."""
        return title_of(self.export)

    @property
    def notes(self) -> list[str]:
        """What is to be told of the reading."""
        return [*notes_of(self.export, self.collected.fits), *self.collected.joins.notes]

    @property
    def exit_code(self) -> int:
        """0 where every row and cell was understood, as far as the config's ``checks`` ask for it."""
        damaged = len(self.collected.set_aside) - self.collected.copies
        return exit_code(self.collected.read, damaged, self.collected.unreadable, self.model)

    def known(self, part: str = "ranked") -> Rows:
        """Positions of the leads of a part whose outcome is known, best first."""
        rows = self.parts.get(part, np.zeros(0, np.intp))
        known: Rows = rows[self.won[rows] != UNKNOWN]
        return known

    def flags(self, rows: Rows) -> Flags:
        """Which of these leads were won."""
        won: Flags = self.won[rows] == TRUE
        return won

    def numbers(self, name: str, rows: Rows) -> Numbers:
        """A column of what was kept, as floats."""
        numbers: Numbers = self.collected.leads[name].to_numpy()[rows].astype(np.float64)
        return numbers


def judge_leads(
    variant: Variant, files: Files, split: Split | None = None, also: Keep = nothing_more
) -> Judged:
    """Score the leads, rank them, and look up what became of each.

    ``also``: more columns to keep of the leads. Raises ConfigError where the config has no outcome, or no
    date of it and there is a split, and what a scoring run raises.
    """
    outcome = _outcome_of(variant, split)
    named = {AT: outcome.at, SINCE: outcome.since}
    dates = {key: name for key, name in named.items() if name is not None}
    for name in dates.values():
        variant = with_field(variant, name, "date")
    variant = replace(variant, model=without_reasons(variant.model))
    model, cache = variant.model, files.cache
    export = open_exports(files.exports, model, cache)
    logs = [open_log(path, model, cache) for path in files.events]
    tables = open_tables(files.joins, model)

    def keep(scored: Scored, batch: Batch) -> dict[str, Column]:
        kept: dict[str, Column] = {key: scored.leads[name].values for key, name in dates.items()}
        return kept | also(scored, batch)

    day = split.day if split else files.as_of
    collected = collect_leads(export, model, day, logs, tables, files.told, keep)
    refuse_ambiguous_dates(collected.tally, variant.file)
    trusted = set_aside_without_id(collected, export, model)
    trusted = choose_copies(collected, trusted, export, paths_of(export), model)
    parts = divide_ranked(collected.leads, trusted, model)
    won: Truths = collected.leads["won"].to_numpy()
    judged = Judged(variant, export, collected, parts, won)
    return judged if split is None else _split(judged, split)


def refuse_too_few(judged: Judged) -> None:
    """Raise InputError where there is too little to judge by."""
    won = judged.flags(judged.known())
    refuse_few(judged.title, int(won.sum()), int((~won).sum()))


def refuse_few(what: str, won: int, lost: int) -> None:
    """Raise InputError unless there are enough won and enough lost leads in what is named."""
    if min(won, lost) < LEAST:
        found = (
            f"has {won:,} won and {lost:,} lost leads that are ranked; fewer than {LEAST} of each say nothing"
        )
        raise InputError(Problem(what, what=found, hint="take more history, and look at outcome.won"))


def _outcome_of(variant: Variant, split: Split | None) -> Outcome:
    outcome = variant.model.outcome
    if outcome is None:
        what, hint = "the config does not say who was won", "add outcome: {field: converted, won: [...]}"
        raise ConfigError(Problem(variant.file, key="outcome", what=what, hint=hint))
    if split and outcome.at is None:
        what = "the config does not say when an outcome was known"
        hint = "add at: a date field, which a split needs"
        raise ConfigError(Problem(variant.file, key="outcome.at", what=what, hint=hint))
    if split and split.until and split.until <= split.day:
        what = "is not after the day scored for, so that no outcome would count"
        raise UsageError(Problem("--until", what=what, hint="take a later day"))
    return outcome


def _split(judged: Judged, split: Split) -> Judged:
    """Without what was known on the day itself, which a score of that day cannot foretell."""
    at = judged.collected.leads[AT].to_numpy()
    day = (split.day - _EPOCH).days
    won, early = judged.won.copy(), at <= day
    hits = won == TRUE
    undated = hits & np.isnan(at)
    if split.until is not None:
        won[hits & (at > (split.until - _EPOCH).days)] = FALSE
    reasons = {
        f"their outcome was known by {split.day}": early & (judged.won != UNKNOWN),
        "they were won, and nobody knows when": undated,
    }
    ranked = judged.parts["ranked"]
    left_out = {why: int(leads[ranked].sum()) for why, leads in reasons.items()}
    won[early | undated] = UNKNOWN
    return replace(judged, won=won, left_out={why: leads for why, leads in left_out.items() if leads})
