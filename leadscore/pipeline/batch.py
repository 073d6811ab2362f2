"""batch: any part of the leads -> the columns scoring adds; pure, the same for a lead in any company."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from leadscore.fields import TRUE, FieldType, Leads
from leadscore.model.schema import Model
from leadscore.pipeline.combine import Contributions, add_up
from leadscore.pipeline.export import unique_names
from leadscore.pipeline.prepare import NO_KINDS, Unreadable, choose_columns, prepare_leads
from leadscore.pipeline.reason import name_reasons
from leadscore.pipeline.score import award_points
from leadscore.pipeline.tier import assign_grades, assign_tiers
from leadscore.points import Hundredths

TEXT = pd.StringDtype(storage="pyarrow", na_value=np.nan)


@dataclass(frozen=True)
class Scored:
    """A scored batch, with all that led to it."""

    leads: Leads
    contributions: Contributions
    columns: pd.DataFrame
    """What scoring adds; points in whole hundredths (int64)."""
    unreadable: list[Unreadable]


def score_leads(
    leads: pd.DataFrame,
    model: Model,
    columns: Mapping[str, str],
    as_of: date,
    kinds: Mapping[str, FieldType] = NO_KINDS,
) -> Scored:
    """Score a batch whose fields stand in ``columns`` (field -> column); see ``prepare_leads``."""
    prepared, unreadable = prepare_leads(leads, model, columns, as_of, kinds)
    contributions = add_up(prepared, model, award_points(prepared, model))
    added = {"score": contributions.score}
    names = pa.array([tier.name for tier in model.tiers], pa.large_string())
    tiers = names.take(pa.array(assign_tiers(contributions.score, model)))
    grades = assign_grades(contributions, model)
    frame = pd.DataFrame(added, index=leads.index)
    frame["tier"] = _text(tiers, leads.index)
    for name, points in contributions.groups.items():
        frame[name] = points
    if grades is not None:
        frame["grade"] = pd.Series(grades, index=leads.index, dtype=TEXT)
    frame["reasons"] = _text(name_reasons(contributions, model.output.reasons), leads.index)
    frame["coverage"] = contributions.coverage
    frame["disqualified_by"] = _text(_disqualified_by(prepared, model), leads.index)
    return Scored(prepared, contributions, frame, unreadable)


def _text(texts: pa.Array, index: pd.Index) -> pd.Series:
    return pd.Series(pd.array(texts, dtype=TEXT), index=index)


def _disqualified_by(leads: Leads, model: Model) -> pa.Array:
    """The name of the first criterion that takes a lead out of the ranking; null where none does."""
    names = pa.array([disqualifier.name for disqualifier in model.disqualify], pa.large_string())
    first = np.full(leads.count, -1)
    for place, disqualifier in reversed(list(enumerate(model.disqualify))):
        first = np.where(disqualifier.when.hold(leads) == TRUE, place, first)
    return names.take(pa.array(first, pa.int64(), mask=first < 0))


def score_batch(leads: pd.DataFrame, model: Model, as_of: date) -> pd.DataFrame:
    """Score leads in a notebook or a pipeline: the same numbers as the ranked file.

    ``leads`` has the export's columns, as text or typed; it is left as it is. Returns a frame with the
    same index and only the columns scoring adds: score, tier, a column per group, grade (if the config
    has one), reasons, coverage, disqualified_by. Points and coverage have at most two decimals; each is
    the float nearest to the exact value, so that 83.5 is 83.5. Raises InputError if a column the config
    reads is missing or stands twice.
    """
    labels = [str(label) for label in leads.columns]
    names, _ = unique_names(labels)
    repeated = {label for label in labels if labels.count(label) > 1}
    columns = choose_columns(model, names, "leads", repeated)
    named = leads.set_axis(list(names), axis=1)
    kinds = {name: kind for name in names if (kind := _kind(named.dtypes[name]))}
    added = score_leads(named, model, columns, as_of, kinds).columns
    for name in ["score", *model.groups, "coverage"]:
        added[name] = added[name] / 100
    return added


def _kind(dtype: Any) -> FieldType | None:
    if pd.api.types.is_bool_dtype(dtype):
        return "boolean"
    if pd.api.types.is_numeric_dtype(dtype):
        return "number"
    return "date" if pd.api.types.is_datetime64_any_dtype(dtype) else None


def to_decimals(hundredths: Hundredths) -> pa.Array:
    """Hundredths -> decimals with two places, without passing through floats."""
    words = np.empty((len(hundredths), 2), dtype=np.int64)
    words[:, 0] = hundredths
    words[:, 1] = hundredths >> 63
    return pa.Array.from_buffers(pa.decimal128(18, 2), len(hundredths), [None, pa.py_buffer(words)])
