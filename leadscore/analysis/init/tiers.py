"""tiers: the scores of an export -> tiers, and a grade, cut by share, the cuts written as whole points."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from leadscore.analysis.init.draft import ENGAGEMENT, FIT, TierDraft
from leadscore.analysis.init.history import LEAST
from leadscore.analysis.init.trial import Tried
from leadscore.fields import FALSE, TRUE, UNKNOWN, Truths
from leadscore.points import Flags, Hundredths

SHARES = {"SQL": 0.10, "MQL": 0.30, "Nurture": 0.60}
"""Tier -> the share of leads that are in it or above."""
REST = "Cold"
_GRADE = {FIT: {"A": 0.2, "B": 0.6}, ENGAGEMENT: {"1": 0.2, "2": 0.6}}
_LOWEST = {FIT: "C", ENGAGEMENT: "3"}


def cut_tiers(tried: Tried) -> tuple[TierDraft, ...]:
    """The tiers, the best first, each with what it holds; one for all where the scores do not differ."""
    cuts = dict(zip(SHARES, find_cuts(tried.scores, list(SHARES.values())), strict=True))
    kept = {name: cut for name, cut in cuts.items() if cut is not None}
    if not kept:
        return (TierDraft("All", None, "every lead has the same score: there is nothing to cut yet"),)
    tiers, above = [], np.zeros(len(tried.scores), dtype=bool)
    for name, cut in [*kept.items(), (REST, None)]:
        there = ~above if cut is None else (tried.scores >= 100 * cut) & ~above
        tiers.append(TierDraft(name, cut, _held(there, tried.won)))
        above |= there
    return tuple(tiers)


def find_cuts(points: Hundredths, shares: list[float]) -> list[int | None]:
    """Whole points whose shares of leads are nearest to those asked for, each below the one before.

    None where no cut is left: leads with the same points are never parted.
    """
    if not len(points):
        return [None] * len(shares)
    order = np.sort(points)
    wholes = np.unique(points // 100)
    reached = 1 - np.searchsorted(order, wholes * 100) / len(order)
    cuts: list[int | None] = []
    limit, least = np.inf, 0.0
    for share in shares:
        fit = (wholes < limit) & (reached > least) & (reached < 1)
        if not fit.any():
            cuts.append(None)
            continue
        place = int(np.argmin(np.where(fit, np.abs(reached - share), np.inf)))
        cuts.append(int(wholes[place]))
        limit, least = wholes[place], reached[place]
    return cuts


def cut_grade(tried: Tried) -> Mapping[str, Mapping[str, int]]:
    """The cuts of fit and of engagement, where there are both and each has three levels or more."""
    grade = {}
    for group, shares in _GRADE.items():
        cuts = find_cuts(tried.groups.get(group, np.zeros(0, np.int64)), list(shares.values()))
        if None in cuts:
            return {}
        least = min(int(tried.groups[group].min()) // 100, 0)
        named = {name: cut for name, cut in zip(shares, cuts, strict=True) if cut is not None}
        grade[group] = {**named, _LOWEST[group]: least}
    return grade


def _held(there: Flags, won: Truths) -> str:
    share = 100 * there.sum() / max(len(there), 1)
    held = f"{int(there.sum()):,} leads, {share:.0f} %"
    known = there & (won != UNKNOWN)
    is_told = min((won == TRUE).sum(), (won == FALSE).sum()) >= LEAST
    rate = f"; {100 * (won[known] == TRUE).mean():.0f} % of them won" if is_told and known.any() else ""
    return held + rate
