"""accounts: ranked leads -> their accounts, scored, tiered and ranked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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
from leadscore.points import Flags, Hundredths, Rows, divide
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


@dataclass(frozen=True)
class Runs:
    """Leads that stand account by account, each one's best first: where each account begins."""

    firsts: Sizes
    """The row of each account's first lead among these."""
    sizes: Sizes
    """How many leads of each account are among these."""
    before: int = 0
    """How many leads of the first account stand before these, in another part."""

    @classmethod
    def of(cls, firsts: Sizes, count: int, before: int = 0) -> Runs:
        """``firsts`` rising from 0, of ``count`` leads."""
        return cls(firsts, np.diff(np.append(firsts, count)), before)

    def add_up(self, scores: Hundredths, accounts: Accounts) -> Hundredths:
        """What these leads bring to the sum of each account, by their places in it."""
        if not len(self.firsts):
            return np.zeros(0, dtype=np.int64)
        places = np.arange(len(scores)) - np.repeat(self.firsts, self.sizes)
        places[: self.sizes[0]] += self.before
        totals: Hundredths = np.add.reduceat(accounts.combine.weigh(scores, places), self.firsts)
        return totals

    def find_told(self, known: Flags) -> Rows:
        """The row of each account whose points of a rule count: the first known, or else the first."""
        if not len(self.firsts):
            return self.firsts
        first_known = np.minimum.reduceat(np.where(known, np.arange(len(known)), len(known)), self.firsts)
        return np.where(first_known < len(known), first_known, self.firsts)


def settle(totals: Hundredths, sizes: Sizes, accounts: Accounts) -> Hundredths:
    """What the leads of each account combine to, of the sum of all that they bring."""
    return divide(totals, sizes) if accounts.combine.way == "mean" else totals


def roll_up(ranked: pd.DataFrame, accounts: Accounts) -> pd.DataFrame:
    """One row per account, best first: rank, account, score, tier (if there are any), leads, best_lead.

    Where there are rules, leads_score and account_points stand before leads: the two that the score is the
    sum of. ``ranked``: the ranked leads with what ``account_columns`` keeps of them, in any order. Leads
    without an account are left out. An account's best lead has the highest score, then the lowest id; the
    account is written as that lead writes it. Accounts of equal score stand in the order of their names.
    """
    kept = [f"{what}{rule.name}" for rule in accounts.rules for what in (POINTS, KNOWN)]
    leads, codes, keys = _best_first(ranked.loc[ranked[KEY].notna(), [KEY, NAME, "id", "score", *kept]])
    runs = Runs.of(np.searchsorted(codes, np.arange(len(keys))), len(codes))
    scores = leads["score"].to_numpy(dtype=np.int64)
    leads_score = settle(runs.add_up(scores, accounts), runs.sizes, accounts)
    points = np.zeros(len(keys), dtype=np.int64)
    for rule in accounts.rules:
        told = runs.find_told(leads[KNOWN + rule.name].to_numpy(dtype=bool))
        points = points + leads[POINTS + rule.name].to_numpy(dtype=np.int64)[told]
    best = leads.iloc[runs.firsts]
    columns = {"account": best[NAME].array, "score": leads_score + points, "leads_score": leads_score}
    more = {"account_points": points, "leads": runs.sizes, "best_lead": best["id"].array}
    table = pd.DataFrame({**columns, **more})
    return lay_out(table.iloc[_ranked(table["score"].to_numpy(), keys)], accounts)


def lay_out(table: pd.DataFrame, accounts: Accounts, before: int = 0) -> pd.DataFrame:
    """Accounts in the order of their ranks with the columns of the file; ``before``: how many are better."""
    parts = ["leads_score", "account_points"] if accounts.rules else []
    shown = table[["account", "score", *parts, "leads", "best_lead"]].reset_index(drop=True)
    shown.insert(0, "rank", np.arange(before + 1, before + len(shown) + 1))
    if accounts.tiers:
        shown.insert(3, "tier", _tiers(shown["score"].to_numpy(), accounts))
    return shown


def _best_first(leads: pd.DataFrame) -> tuple[pd.DataFrame, Sizes, npt.NDArray[np.object_]]:
    """The leads account by account, each one's best first; each lead's account; the accounts' keys."""
    codes, keys = pd.factorize(leads[KEY])
    scores, ids = leads["score"].to_numpy(dtype=np.int64), pa.array(leads["id"], pa.large_string())
    columns = pa.table({"account": codes, "score": scores, "id": ids})
    wanted = [("account", "ascending"), ("score", "descending"), ("id", "ascending")]
    order = pc.sort_indices(columns, wanted).to_numpy()
    return leads.iloc[order], codes[order], np.asarray(keys, dtype=object)


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
