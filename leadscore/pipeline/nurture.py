"""nurture: ranked leads -> those nearly in a tier, with what each lacks for its next one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from leadscore.fields import FALSE, TRUE, UNKNOWN, Truths
from leadscore.model.schema import Model
from leadscore.pipeline.portion import by_model
from leadscore.pipeline.tier import assign_tiers


def find_nearly(leads: pd.DataFrame, model: Model) -> Truths:
    """Whether a lead is one to nurture; unknown where only the date of the last touch is missing."""
    nearly = np.zeros(len(leads), dtype=np.int8)
    for own, here in by_model(leads, model):
        nearly[here] = _find_nearly(leads[here], own)
    return nearly


def _find_nearly(leads: pd.DataFrame, model: Model) -> Truths:
    nurture = model.nurture
    assert nurture is not None, "asked only where the config has a nurture list"
    cut = next(tier.min_score for tier in model.tiers if tier.name == nurture.tier)
    assert cut is not None, "check_model refuses a tier without a cut"
    score = leads["score"].to_numpy()
    near = (score < cut) & (score >= cut - nurture.margin)
    if nurture.fit:
        near = near & (leads[nurture.fit.group].to_numpy() >= nurture.fit.at_least)
    if nurture.idle is None:
        return np.where(near, TRUE, FALSE).astype(np.int8)
    days = leads["days_idle"].to_numpy()
    idle = np.where(np.isnan(days), UNKNOWN, np.where(days >= nurture.idle.days, TRUE, FALSE))
    return np.where(near, idle, FALSE).astype(np.int8)


def say_what_is_missing(leads: pd.DataFrame, model: Model) -> pd.DataFrame:
    """The leads with the tier above their own, the points they lack for it, and whole days idle."""
    score, above, cut = (
        leads["score"].to_numpy(),
        np.zeros(len(leads), np.intp),
        np.zeros(len(leads), np.int64),
    )
    for own, here in by_model(leads, model):
        cuts = np.array([tier.min_score or 0 for tier in own.tiers], dtype=np.int64)
        above[here] = assign_tiers(score[here], own) - 1
        cut[here] = cuts[above[here]]
    names = pa.array([tier.name for tier in model.tiers], pa.large_string())
    added = {"next_tier": names.take(pa.array(above)).to_pandas().to_numpy()}
    leads = leads.assign(**added, missing_points=cut - score)
    return leads.astype({"days_idle": np.int64}) if "days_idle" in leads else leads
