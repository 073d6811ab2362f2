"""sample: so many leads of the export, their fields typed, the same whatever the order of its rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from pydantic import TypeAdapter

from leadscore.analysis.cells_seen import hash_texts
from leadscore.analysis.init.draft import FieldDraft, OutcomeDraft, Settings
from leadscore.analysis.init.survey import Survey
from leadscore.fields import TRUE, UNKNOWN, Leads, Truths
from leadscore.model.load import load_model
from leadscore.model.outcome import Outcome
from leadscore.pipeline.coded import to_texts
from leadscore.pipeline.fit import fit_model
from leadscore.pipeline.prepare import prepare_leads
from leadscore.points import Flags, Hundredths, Rows
from leadscore.rules import AnyRule

MOST, _FOLDS = 50_000, 5
"""So many leads are looked at; of five parts the fifth is left out to judge by."""
_RULE: TypeAdapter[AnyRule] = TypeAdapter(AnyRule)
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Sample:
    """Leads of the export."""

    leads: Leads
    won: Truths
    """Of each lead; unknown where the export does not say, or has no outcome."""
    is_held_out: Flags
    is_whole: bool
    """Whether these are all leads."""

    @property
    def known(self) -> Rows:
        """Positions of the leads whose outcome is known."""
        rows: Rows = np.flatnonzero(self.won != UNKNOWN)
        return rows

    @property
    def is_won(self) -> Flags:
        """Which leads were won; meant for those that are known."""
        return np.asarray(self.won == TRUE, dtype=bool)

    def award(self, settings: Settings) -> Hundredths:
        """The points (hundredths) a rule gives each lead: the very code a run uses."""
        rule = _RULE.validate_python({"name": "rule", **settings})
        return rule.award(self.leads).points


def take_sample(
    survey: Survey, fields: Iterable[FieldDraft], outcome: OutcomeDraft | None, as_of: date | None
) -> Sample:
    """The leads with these fields. ``as_of``: without it, ages count from the newest ``last_seen``."""
    drafts = {field.name: dict(field.settings) for field in (*fields, *([outcome.field] if outcome else []))}
    known = [{"name": name, "kind": "match", "when": {name: {"known": True}}, "points": 1} for name in drafts]
    id_ = survey.id.field
    drafts[id_] = {key: value for key, value in survey.id.settings.items() if key == "from"}
    known = known or [{"name": id_, "kind": "match", "when": {id_: {"known": True}}, "points": 1}]
    config = {"name": "sample", "id": id_, "fields": drafts, "groups": {"all": {"rules": known}},
              "tiers": [{"name": "All"}]}  # fmt: skip
    model = load_model(config)
    fit = fit_model(model, survey.export.columns, survey.title)
    frame, is_whole = _read(survey, sorted(set(fit.columns.values())), fit.columns[id_])
    day = as_of or _EPOCH
    leads, _ = prepare_leads(frame, fit.model, fit.columns, day, survey.export.kinds)
    won = np.full(leads.count, UNKNOWN, dtype=np.int8)
    if outcome:
        test = Outcome.model_validate({"field": outcome.field.name, "won": _as_typed(outcome.won)}).test
        won = test.hold(leads[outcome.field.name], 0)
    return Sample(leads, won, _held_out(frame[fit.columns[id_]]), is_whole)


def newest_day(sample: Sample, names: Sequence[str]) -> date | None:
    """The newest of these dates, but for a few that are far ahead of all others; None without any."""
    days = np.concatenate([sample.leads[name].values for name in names] or [np.zeros(0)])
    days = days[~np.isnan(days)]
    if not len(days):
        return None
    newest, usual = float(days.max()), float(np.quantile(days, 0.99, method="lower"))
    return _EPOCH + timedelta(int(newest if newest - usual <= 366 else usual))


def at_day(sample: Sample, day: date) -> Sample:
    """The same leads, on another day."""
    leads = Leads(sample.leads.count, sample.leads.fields, (day - _EPOCH).days)
    return Sample(leads, sample.won, sample.is_held_out, sample.is_whole)


def _as_typed(won: object) -> object:
    return "true" if won is True else won


def _read(survey: Survey, columns: list[str], id_column: str) -> tuple[pd.DataFrame, bool]:
    """Leads chosen by their ids, so that neither the order of rows nor the number of files matters."""
    step = -(-survey.leads // MOST)
    parts = []
    for batch in survey.export.batches(columns):
        leads = batch.leads
        if step > 1:
            chosen = hash_texts(leads[id_column].astype("str")) % np.uint64(step) == 0
            leads = leads[chosen]
        parts.append(leads)
    whole = pd.concat(parts, ignore_index=True)
    order = np.argsort(pd.util.hash_pandas_object(whole, index=False).to_numpy(), kind="stable")
    return whole.iloc[order].reset_index(drop=True), step <= 1


def _held_out(ids: pd.Series) -> Flags:
    """Every fifth lead or so, by the SHA-256 of its id."""
    texts = to_texts(ids).to_pylist()
    folds = [
        hashlib.sha256((text or "").encode("utf-8", "surrogatepass")).digest()[0] % _FOLDS for text in texts
    ]
    held: Flags = np.array(folds, dtype=np.int64) == 0
    return held
