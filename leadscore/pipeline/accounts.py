"""accounts: ranked leads -> their accounts, scored, tiered and ranked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from leadscore.fields import Field, Leads
from leadscore.model.accounts import Accounts
from leadscore.pipeline.measure import TEXT
from leadscore.pipeline.tally import RuleTally
from leadscore.pipeline.tier import reached
from leadscore.points import Flags, Hundredths, divide
from leadscore.rules import AnyRule
from leadscore.text import Folding

# Columns kept of each lead. They begin with a space, which no name in a config does: none can be a group's.
KEY = " account key"
NAME = " account name"
POINTS = " account points "
"""Before a rule's name: the points it gives the lead, its decay taken off."""
KNOWN = " account known "
"""Before a rule's name: whether the lead's known fields decide it."""
LEAD_SCORE = " account lead score"
"""What the lead itself brings: its score without its account's part, or with segments that in percent."""

Sizes = npt.NDArray[np.int64]


def account_columns(leads: Leads, accounts: Accounts) -> dict[str, Any]:
    """What is kept of each lead to roll it up.

    Its account as compared and as it is written, and per rule of accounts its points and whether they are
    known.
    """
    columns = _write_accounts(leads[accounts.by])
    for rule in accounts.rules:
        columns[POINTS + rule.name], columns[KNOWN + rule.name] = _award(rule, leads)
    return columns


def _write_accounts(field: Field) -> dict[str, Any]:
    written = field.texts.to_pylist() if isinstance(field.texts, pa.Array) else list(field.texts)
    missing = field.codes < 0
    return {
        name: pd.Series(
            pd.array(
                pa.array(distinct, pa.large_string()).take(pa.array(field.codes, mask=missing)), dtype=TEXT
            )
        )
        for name, distinct in {KEY: field.folded(Folding()), NAME: written}.items()
    }


def _award(rule: AnyRule, leads: Leads) -> tuple[Hundredths, Flags]:
    """As in a group: points whose age is unknown are unknown themselves, unless nothing could fade."""
    award = rule.award(leads)
    if rule.decay is None:
        return award.points, award.known
    has_age = ~np.isnan(leads.age(rule.decay.since or ""))
    return rule.decay.fade(award.points, leads), award.known & (has_age | (award.points == 0))


def roll_up(ranked: pd.DataFrame, accounts: Accounts) -> pd.DataFrame:
    """One row per account, best first: rank, account, score, tier (if there are any), leads, best_lead.

    Where there are rules, leads_score and account_points stand before leads: the two that the score is the
    sum of. ``ranked``: the ranked leads with what ``account_columns`` keeps of them, in any order. Leads
    without an account are left out. An account's best lead has the highest score, then the lowest id; the
    account is written as that lead writes it. Accounts of equal score stand in the order of their names.
    """
    kept = [f"{what}{rule.name}" for rule in accounts.rules for what in (POINTS, KNOWN)]
    leads, codes, keys = _best_first(ranked.loc[ranked[KEY].notna(), [KEY, NAME, "id", "score", *kept]])
    firsts = np.searchsorted(codes, np.arange(len(keys)))
    sizes = np.diff(np.append(firsts, len(codes)))
    leads_score = _combine(leads["score"].to_numpy(dtype=np.int64), firsts, sizes, accounts)
    points = np.zeros(len(keys), dtype=np.int64)
    for rule in accounts.rules:
        points = points + _decide(leads, rule, firsts)
    best = leads.iloc[firsts]
    parts = {"leads_score": leads_score, "account_points": points} if accounts.rules else {}
    columns = {"account": best[NAME].array, "score": leads_score + points, **parts}
    table = pd.DataFrame({**columns, "leads": sizes, "best_lead": best["id"].array})
    table = table.iloc[_ranked(table["score"].to_numpy(), keys)].reset_index(drop=True)
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    if accounts.tiers:
        table.insert(3, "tier", _tiers(table["score"].to_numpy(), accounts))
    return table


def _best_first(leads: pd.DataFrame) -> tuple[pd.DataFrame, Sizes, npt.NDArray[np.object_]]:
    """The leads account by account, each one's best first; each lead's account; the accounts' keys."""
    codes, keys = pd.factorize(leads[KEY])
    scores, ids = leads["score"].to_numpy(dtype=np.int64), pa.array(leads["id"], pa.large_string())
    columns = pa.table({"account": codes, "score": scores, "id": ids})
    wanted = [("account", "ascending"), ("score", "descending"), ("id", "ascending")]
    order = pc.sort_indices(columns, wanted).to_numpy()
    return leads.iloc[order], codes[order], np.asarray(keys, dtype=object)


def _combine(scores: Hundredths, firsts: Sizes, sizes: Sizes, accounts: Accounts) -> Hundredths:
    """What the leads of each account add up to."""
    if not len(firsts):
        return np.zeros(0, dtype=np.int64)
    places = np.arange(len(scores)) - np.repeat(firsts, sizes)
    totals: Hundredths = np.add.reduceat(accounts.combine.weigh(scores, places), firsts)
    return divide(totals, sizes) if accounts.combine.way == "mean" else totals


def _decide(leads: pd.DataFrame, rule: AnyRule, firsts: Sizes) -> Hundredths:
    """A rule's points per account: its best lead's for whom they are known.

    Where they are known for none, they are what the rule gives the best lead: its ``missing``.
    """
    points: Hundredths = leads[POINTS + rule.name].to_numpy(dtype=np.int64)
    if not len(firsts):
        return points
    known = leads[KNOWN + rule.name].to_numpy(dtype=bool)
    first_known = np.minimum.reduceat(np.where(known, np.arange(len(known)), len(known)), firsts)
    return points[np.where(first_known < len(known), first_known, firsts)]


def _tiers(scores: Hundredths, accounts: Accounts) -> pd.Series:
    cuts = [tier.min_score for tier in accounts.tiers if tier.min_score is not None]
    names = np.array([tier.name for tier in accounts.tiers], dtype=object)
    return pd.Series(names[reached(scores, cuts, len(cuts))], dtype=TEXT)


def _ranked(scores: Hundredths, keys: npt.NDArray[np.object_]) -> npt.NDArray[np.intp]:
    names = np.argsort(keys, kind="stable")
    return names[np.argsort(-scores[names], kind="stable")]


def tally_rules(leads: pd.DataFrame, accounts: Accounts | None) -> Iterator[tuple[str, RuleTally]]:
    """What each rule of accounts gives the leads, by its name."""
    for rule in accounts.rules if accounts else ():
        points, known = leads[POINTS + rule.name].to_numpy(), leads[KNOWN + rule.name].to_numpy()
        yield rule.name, RuleTally(int(np.count_nonzero(points)), int((~known).sum()), int(points.sum()))
