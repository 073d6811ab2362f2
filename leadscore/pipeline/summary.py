"""summary: scored leads and counts -> the figures people look at after a run."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pandas as pd

from leadscore.fields import TRUE, UNKNOWN
from leadscore.model.schema import Model, Tier
from leadscore.pipeline.collect import Collected


def summarize(
    collected: Collected, ranked: pd.DataFrame, disqualified: pd.DataFrame, model: Model, as_of: date
) -> dict[str, Any]:
    """What summary.json holds and the summary table shows. Points are in points, shares from 0 to 1."""
    low, high = model.bounds()
    overall = _outcome(ranked)
    return {
        "name": model.name,
        "as_of": as_of.isoformat(),
        "leads": {
            "in": collected.read,
            "ranked": len(ranked),
            "disqualified": len(disqualified),
            "set_aside": len(collected.set_aside),
        },
        "score": {"minimum": low / 100, "maximum": high / 100},
        "outcome": overall,
        "tiers": [_tier(tier, ranked, overall) for tier in model.tiers],
        "disqualified_by": disqualified["disqualified_by"].value_counts(sort=False).to_dict(),
        "rules": _rules(collected, model),
        "set_aside": dict(sorted(Counter(aside.reason for aside in collected.set_aside).items())),
        "unreadable": [
            {"column": column, "reason": reason, "cells": cells}
            for (column, reason), cells in sorted(collected.tally.unreadable.items())
        ],
    }


def _tier(tier: Tier, ranked: pd.DataFrame, overall: dict[str, Any] | None) -> dict[str, Any]:
    leads = ranked[ranked["tier"] == tier.name]
    scores = leads["score"]
    outcome = _outcome(leads)
    rates = (outcome["rate"], overall["rate"]) if outcome and overall else (None, None)
    return {
        "name": tier.name,
        "min_score": None if tier.min_score is None else tier.min_score / 100,
        "leads": len(leads),
        "share": _ratio(len(leads), len(ranked)),
        "lowest": scores.min() / 100 if len(leads) else None,
        "highest": scores.max() / 100 if len(leads) else None,
        "mean": round(int(scores.sum()) / len(leads)) / 100 if len(leads) else None,
        "outcome": outcome,
        "lift": round(rates[0] / rates[1], 2) if rates[0] is not None and rates[1] else None,
    }


def _outcome(leads: pd.DataFrame) -> dict[str, Any] | None:
    """Won leads among those whose outcome is known."""
    if "won" not in leads:
        return None
    known = int((leads["won"] != UNKNOWN).sum())
    won = int((leads["won"] == TRUE).sum())
    return {"known": known, "won": won, "rate": _ratio(won, known)}


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _rules(collected: Collected, model: Model) -> list[dict[str, Any]]:
    rules = []
    for name, group in model.groups.items():
        for rule in group.rules:
            tally = collected.tally.rules[rule.name]
            rules.append({"name": rule.name, "group": name, "kind": rule.kind, "fired": tally.fired,
                          "unknown": tally.unknown, "points": tally.points / 100})  # fmt: skip
    return rules
