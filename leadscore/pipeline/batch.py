"""batch: any part of the leads -> the columns scoring adds; pure, the same for a lead in any company."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa

from leadscore.errors import Problem, UsageError
from leadscore.fields import TRUE, FieldType, Leads, Seen
from leadscore.model.schema import Model
from leadscore.pipeline.account_scores import NO_SCORES, index_scores, look_up_scores
from leadscore.pipeline.coded import Column, encode, to_frame
from leadscore.pipeline.fit import fit_model
from leadscore.pipeline.frame import FrameExport
from leadscore.pipeline.gather import gather_activity
from leadscore.pipeline.measure import find_labels
from leadscore.pipeline.portion import Portion, join_columns, score_portions
from leadscore.pipeline.prepare import NO_ACTIVITY, NO_KINDS, Unreadable, prepare_leads
from leadscore.pipeline.reason import show_all
from leadscore.pipeline.screen import Screened, screen_leads
from leadscore.points import Flags, Hundredths


@dataclass(frozen=True)
class Scored:
    """A scored batch, with all that led to it."""

    leads: Leads
    portions: tuple[Portion, ...]
    """The leads by the model that scored them, with every line of their scores."""
    added: dict[str, Column]
    """What scoring adds; points in whole hundredths (int64)."""
    index: pd.Index
    """Of the batch that was scored."""
    unreadable: list[Unreadable]
    screened: Screened | None = None
    """What the screen says, where the config has one."""

    @cached_property
    def columns(self) -> pd.DataFrame:
        """The same as a frame, with the reasons in words."""
        return show_all(to_frame(self.added, self.index))


def score_leads(
    leads: pd.DataFrame,
    model: Model,
    columns: Mapping[str, str],
    as_of: date,
    kinds: Mapping[str, FieldType] = NO_KINDS,
    activity: Mapping[tuple[str, str], Seen] = NO_ACTIVITY,
    account_scores: Mapping[str, int] = NO_SCORES,
) -> Scored:
    """Score a batch whose fields stand in ``columns`` (field -> column); see ``prepare_leads``.

    ``account_scores``: the score (hundredths) of each account, for a config that has it in the lead's.
    """
    prepared, unreadable = prepare_leads(leads, model, columns, as_of, kinds, activity)
    return score_prepared(prepared, model, leads.index, unreadable, account_scores)


def score_prepared(
    prepared: Leads,
    model: Model,
    index: pd.Index,
    unreadable: list[Unreadable],
    account_scores: Mapping[str, int] = NO_SCORES,
) -> Scored:
    """Score a batch whose fields are typed already; see ``score_leads``."""
    prepared = replace(prepared, account_scores=look_up_scores(prepared, model, account_scores))
    portions = score_portions(prepared, model)
    added = {**join_columns(portions)}
    screened = screen_leads(prepared, model)
    if screened is not None:
        added |= {"screen": screened.verdicts, "signs": screened.signs}
    added["disqualified_by"] = _disqualified_by(prepared, model)
    return Scored(prepared, portions, added, index, unreadable, screened)


def _disqualified_by(leads: Leads, model: Model) -> pa.DictionaryArray:
    """The name of the first criterion that takes a lead out of the ranking; null where none does."""
    first = np.full(leads.count, -1)
    for place, disqualifier in reversed(list(enumerate(model.disqualify))):
        first = np.where(disqualifier.when.hold(leads) == TRUE, place, first)
    return encode([disqualifier.name for disqualifier in model.disqualify], first)


def score_batch(
    leads: pd.DataFrame,
    model: Model,
    as_of: date,
    events: pd.DataFrame | None = None,
    accounts: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Score leads in a notebook or a pipeline: the same numbers as the ranked file.

    ``leads`` has the export's columns, as text or typed, ``events`` those of the activity log, for a
    config that counts events, ``accounts`` those of accounts.csv (account, score), for a config with
    accounts in the score; all are left as they are. Returns a frame with the same index and only the
    columns scoring adds: score, tier, segment and percent (if the config has segments), a column per group
    and measure (percentiles aside), grade (if it has one), reasons, coverage, screen and signs (if it has a
    screen), disqualified_by. Numbers
    have at most two decimals; each is the float nearest to the exact value, so that 83.5 is 83.5. Raises
    InputError if a column the config reads is missing or stands twice, UsageError if it needs events or
    accounts and there are none.
    """
    export = FrameExport(leads, "leads")
    fit = fit_model(model, export.columns, "leads", export.repeated)
    logs = [] if events is None else [FrameExport(events, "events")]
    activity = gather_activity(logs, model, as_of)
    seen = NO_ACTIVITY if activity is None else activity.of(export.frame[fit.columns[model.id]])
    scores = _read_scores(accounts, model)
    added = score_leads(export.frame, fit.model, fit.columns, as_of, export.kinds, seen, scores).columns
    for name in model.columns:
        if name in added and not find_labels(name, model):
            added[name] = added[name].astype("float64") / 100
    return added


def _read_scores(accounts: pd.DataFrame | None, model: Model) -> Mapping[str, int]:
    if model.accounts is None or model.accounts.in_score is None:
        return NO_SCORES
    if accounts is None:
        what = "the config has the account's score in the lead's, and no accounts are given"
        raise UsageError(Problem("accounts", what=what, hint="give the accounts.csv of a run as a frame"))
    hundredths = (pd.to_numeric(accounts["score"]) * 100).round().astype("int64")
    return index_scores(pd.DataFrame({"account": accounts["account"], "score": hundredths}))


def whole_numbers(values: pd.Series) -> tuple[Hundredths, Flags]:
    """A column of whole numbers with 0 where one is missing, and which are there."""
    return values.fillna(0).to_numpy(dtype=np.int64), values.notna().to_numpy()


def to_decimals(hundredths: Hundredths, known: Flags | None = None, places: int = 2) -> pa.Array:
    """Hundredths -> decimals with two places, without passing through floats; null where not known.

    With other ``places`` they are ten-thousandths, and so on.
    """
    words = np.empty((len(hundredths), 2), dtype=np.int64)
    words[:, 0] = hundredths
    words[:, 1] = words[:, 0] >> 63
    valid = None if known is None else pa.py_buffer(np.packbits(known, bitorder="little"))
    return pa.Array.from_buffers(pa.decimal128(18, places), len(hundredths), [valid, pa.py_buffer(words)])
