"""tiers: where leads stand and who was won -> the figures of each tier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from leadscore.analysis.compare.movers import Standings
from leadscore.fields import TRUE, UNKNOWN, Truths
from leadscore.points import Flags


@dataclass(frozen=True)
class TierFigures:
    """One tier in one config; the outcome's figures are None where the config has none."""

    name: str
    leads: int
    share: float | None
    """Of the ranked leads, from 0 to 1."""
    won: int | None = None
    known: int | None = None
    """Leads whose outcome is known."""
    rate: float | None = None
    """Won among those known."""
    lift: float | None = None
    """How many times as often they were won as all ranked leads were."""


def count_tiers(
    standings: Standings, tiers: Sequence[str], trusted: Flags, won: Truths | None
) -> list[TierFigures]:
    """The tiers of a config, best first."""
    ranked = trusted & (standings.places < len(tiers))
    places = standings.places[ranked]
    leads = np.bincount(places, minlength=len(tiers))
    if won is None:
        return [
            TierFigures(name, int(leads[place]), _ratio(int(leads[place]), len(places)))
            for name in standings.tiers
            for place in (tiers.index(name),)
        ]
    known, hits = (
        np.bincount(places[chosen], minlength=len(tiers))
        for chosen in (won[ranked] != UNKNOWN, won[ranked] == TRUE)
    )
    overall = _ratio(int(hits.sum()), int(known.sum()))
    figures = []
    for name in standings.tiers:
        place = tiers.index(name)
        rate = _ratio(int(hits[place]), int(known[place]))
        lift = round(rate / overall, 2) if rate is not None and overall else None
        share = _ratio(int(leads[place]), len(places))
        figures.append(
            TierFigures(name, int(leads[place]), share, int(hits[place]), int(known[place]), rate, lift)
        )
    return figures


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
