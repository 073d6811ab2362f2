"""arms: the leads of an export -> the arm of a trial each one is in."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from leadscore.model.check import ARM
from leadscore.model.schema import Model
from leadscore.pipeline.coded import encode, to_frame, to_texts


def deal_leads(leads: pd.DataFrame, model: Model) -> pd.DataFrame:
    """The leads with the arm of each in a column, where the config has arms; missing without an id."""
    if model.arms is None:
        return leads
    ids = to_texts(leads["id"])
    known = ids.is_valid().to_numpy(zero_copy_only=False)
    places = np.full(len(leads), -1)
    places[known] = model.arms.deal(pc.drop_null(ids).to_pylist())
    arms = to_frame({ARM: encode(list(model.arms.shares), places)}, leads.index, coded=True)
    return leads.assign(**{ARM: arms[ARM]})


def count_arms(ranked: pd.DataFrame, model: Model) -> dict[str, Any]:
    """What summary.json has of the arms: the share each should have, and what it has of the ranked leads.

    Nothing where the config has no arms.
    """
    if model.arms is None:
        return {}
    counts = ranked[ARM].value_counts()
    arms = []
    for name, share in model.arms.shares.items():
        leads = int(counts.get(name, 0))
        own = round(leads / len(ranked), 4) if len(ranked) else None
        arms.append({"name": name, "of": float(share), "leads": leads, "share": own})
    return {"arms": {"name": model.arms.name, "arms": arms}}
