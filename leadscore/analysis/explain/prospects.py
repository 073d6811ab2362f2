"""prospects: what a lead could be: its interval, the unknowns that would lift it, the next tier."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from leadscore.analysis.explain.change import Trials
from leadscore.analysis.explain.interval import find_interval
from leadscore.analysis.explain.tried import Change
from leadscore.pipeline.tier import assign_tiers


@dataclass(frozen=True)
class Prospects:
    """What a lead could be; points in hundredths."""

    low: int | None = None
    high: int | None = None
    """What the unknown fields could make of the score at least, and at most; None where nobody looked."""
    lowest_tier: str = ""
    highest_tier: str = ""
    """The tiers of these; empty where tiers do not follow the score."""
    next_tier: str = ""
    missing_points: int | None = None
    """What the score lacks for the next tier's cut; None where there is none."""
    lifts: tuple[Change, ...] = ()
    """Of each unknown field that could lift the tier, the value that does so best."""
    changes: tuple[Change, ...] = ()
    """The cheapest ways to a better tier."""


NO_PROSPECTS = Prospects()
"""Where nobody looks."""


def find_prospects(trials: Trials, facts: bool = False) -> Prospects:
    """The prospects of one lead. ``facts``: also through fields that are facts, such as its industry."""
    lead, model = trials.lead, trials.own_model
    low, high = find_interval(lead, trials.model)
    place = [tier.name for tier in model.tiers].index(trials.tier)
    above = model.tiers[place - 1] if place else None
    ends = assign_tiers(np.array([low, high], dtype=np.int64), model).tolist()
    by_score = not (model.matrix or trials.model.segments)
    lowest, highest = (model.tiers[place].name if by_score else "" for place in ends)
    return Prospects(
        low,
        high,
        lowest,
        highest,
        above.name if above else "",
        above.min_score - trials.now if above and above.min_score is not None else None,
        tuple(trials.find_lifts()),
        tuple(trials.find_changes(facts)) if above else (),
    )
