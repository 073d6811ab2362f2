"""account_scores: accounts' scores -> what each lead's account has, to be a part of the lead's own score."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from leadscore.fields import Leads
from leadscore.model.schema import Model
from leadscore.points import Hundredths
from leadscore.text import Folding

NO_SCORES: Mapping[str, int] = {}


def look_up_scores(leads: Leads, model: Model, scores: Mapping[str, int]) -> Hundredths | None:
    """Each lead's account's score, 0 where it has none; None where the config does not ask for it."""
    accounts = model.accounts
    if accounts is None or accounts.in_score is None:
        return None
    field = leads[accounts.by]
    distinct = [scores.get(key, 0) for key in field.folded(Folding())]
    return np.array([*distinct, 0], dtype=np.int64)[field.codes]


def index_scores(table: pd.DataFrame) -> dict[str, int]:
    """The score of each account (hundredths) by the form its name is compared in."""
    folding = Folding()
    return {
        folding(name): score for name, score in zip(table["account"], table["score"].tolist(), strict=True)
    }
