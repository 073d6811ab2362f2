"""arms: the leads of an export -> the arm of a trial each one is in."""

from __future__ import annotations

from collections.abc import Mapping
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


def report_arms(leads: Mapping[str, int], ranked: int, model: Model) -> dict[str, Any]:
    """What summary.json has of the arms: the share each should have, and what it has of the ranked leads.

    ``leads``: the ranked ones of each arm, ``ranked``: all of them. Nothing where the config has no arms.
    """
    if model.arms is None:
        return {}
    arms = [
        {
            "name": name,
            "of": float(share),
            "leads": leads.get(name, 0),
            "share": round(leads.get(name, 0) / ranked, 4) if ranked else None,
        }
        for name, share in model.arms.shares.items()
    ]
    return {"arms": {"name": model.arms.name, "arms": arms}}
