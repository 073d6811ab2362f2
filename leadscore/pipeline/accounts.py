"""accounts: ranked leads -> their accounts, scored, tiered and ranked."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from leadscore.fields import Field
from leadscore.model.accounts import Accounts
from leadscore.pipeline.measure import TEXT
from leadscore.pipeline.tier import reached
from leadscore.points import Hundredths
from leadscore.text import Folding

KEY = "account key"
NAME = "account name"


def account_columns(field: Field) -> dict[str, pd.Series]:
    """What is kept of each lead to roll it up: its account as compared, and as it is written."""
    written = field.texts.to_pylist() if isinstance(field.texts, pa.Array) else list(field.texts)
    texts = {KEY: field.folded(Folding()), NAME: written}
    missing = field.codes < 0
    return {
        name: pd.Series(
            pd.array(
                pa.array(distinct, pa.large_string()).take(pa.array(field.codes, mask=missing)), dtype=TEXT
            )
        )
        for name, distinct in texts.items()
    }


def roll_up(ranked: pd.DataFrame, accounts: Accounts) -> pd.DataFrame:
    """One row per account, best first: rank, account, score, tier (if there are any), leads, best_lead.

    ``ranked``: the ranked leads, best first. Leads without an account are left out. An account is written
    as its best lead writes it; accounts of equal score stand in the order of their names.
    """
    leads = ranked[ranked[KEY].notna()]
    codes, keys = pd.factorize(leads[KEY])
    scores = leads["score"].to_numpy(dtype=np.int64)
    order = np.lexsort([-scores, codes])
    codes, scores = codes[order], scores[order]
    firsts = np.searchsorted(codes, np.arange(len(keys)))
    sizes = np.diff(np.append(firsts, len(codes)))
    weighed = accounts.combine.weigh(scores, np.arange(len(codes)) - np.repeat(firsts, sizes))
    totals = np.add.reduceat(weighed, firsts) if len(keys) else np.zeros(0, np.int64)
    if accounts.combine.way == "mean":
        totals = _mean(totals, sizes)
    best = leads.iloc[order[firsts]]
    table = pd.DataFrame(
        {"account": best[NAME].array, "score": totals, "leads": sizes, "best_lead": best["id"].array}
    )
    table = table.iloc[_ranked(totals, np.asarray(keys, dtype=object))].reset_index(drop=True)
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    if accounts.tiers:
        cuts = [tier.min_score for tier in accounts.tiers if tier.min_score is not None]
        names = np.array([tier.name for tier in accounts.tiers], dtype=object)
        tiers = names[reached(table["score"].to_numpy(), cuts, len(cuts))]
        table.insert(3, "tier", pd.Series(tiers, dtype=TEXT))
    return table


def _mean(totals: Hundredths, sizes: npt.NDArray[np.int64]) -> Hundredths:
    """The mean in whole hundredths, a half rounded away from zero."""
    means: Hundredths = np.sign(totals) * ((2 * np.abs(totals) + sizes) // (2 * sizes))
    return means


def _ranked(totals: Hundredths, keys: npt.NDArray[np.object_]) -> npt.NDArray[np.intp]:
    names = np.argsort(keys, kind="stable")
    return names[np.argsort(-totals[names], kind="stable")]
