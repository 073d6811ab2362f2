"""summary: scored leads and counts -> the figures people look at after a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from leadscore.fields import TRUE, UNKNOWN
from leadscore.model.schema import Model, Tier
from leadscore.model.screen import VERDICTS
from leadscore.pipeline.arms import count_arms
from leadscore.pipeline.collect import Collected
from leadscore.pipeline.lists import Rows
from leadscore.pipeline.measure import find_labels
from leadscore.pipeline.nurture import find_nearly
from leadscore.pipeline.outline import axes_of, outline_leads
from leadscore.pipeline.stability import Histogram
from leadscore.points import Hundredths, divide

_COUNTED = ("score", "tier", "segment", "won", "disqualified_by")
"""What is counted of leads, beside their measures."""
QUANTILES = (10, 25, 50, 75, 90)
"""In percent of the ranked leads, from the lowest score up."""


def summarize(collected: Collected, parts: Mapping[str, Rows], model: Model, as_of: date) -> dict[str, Any]:
    """What summary.json holds and the summary table shows. Points are in points, shares from 0 to 1."""
    low, high = model.bounds()
    leads = collected.leads[[name for name in collected.leads if name in {*_COUNTED, *model.measures}]]
    ranked, disqualified = (leads.iloc[parts[name]] for name in ("ranked", "disqualified"))
    overall = _outcome(ranked)
    return {
        "name": model.name,
        "as_of": as_of.isoformat(),
        "leads": {
            "in": collected.read,
            **{name: len(rows) for name, rows in reversed(list(parts.items()))},  # ranked first
            "set_aside": len(collected.set_aside),
        },
        "score": {"minimum": low / 100, "maximum": high / 100, **_scores(ranked["score"].to_numpy())},
        "outcome": overall,
        **_segments(ranked, overall, model),
        "tiers": [_tier(tier, ranked, overall) for tier in _common_tiers(model)],
        "expected_value": _expected_value(ranked),
        "labels": _labels(ranked, model),
        **outline_leads(_axes(collected.leads, parts["ranked"], model), model),
        "disqualified_by": _count(disqualified["disqualified_by"], disqualified["disqualified_by"].unique()),
        **_screen(collected, parts, model),
        **_nurture(collected.leads, parts["ranked"], model),
        **count_arms(collected.leads.iloc[parts["ranked"]], model),
        "rules": _rules(collected, model),
        **collected.tally.drift.report(),
        "events": collected.activity.report if collected.activity else None,
        "set_aside": dict(sorted(Counter(aside.reason for aside in collected.set_aside).items())),
        "unreadable": [
            {"column": column, "reason": reason, "cells": cells}
            for (column, reason), cells in sorted(collected.tally.unreadable.items())
        ],
    }


def _axes(leads: pd.DataFrame, ranked: Rows, model: Model) -> pd.DataFrame:
    """What an outline of the ranked leads is drawn from: points of two groups and outcomes, best first."""
    wanted = {*(axes_of(model) or ()), "won"}
    return leads[[name for name in leads if name in wanted]].iloc[ranked]


def _common_tiers(model: Model) -> list[Tier]:
    """The tiers, without a cut where segments have different ones."""
    each = zip(*(own.tiers for own in model.models), strict=True)
    return [tiers[0] if len(set(tiers)) == 1 else Tier(name=tiers[0].name) for tiers in each]


def _tier(tier: Tier, ranked: pd.DataFrame, overall: dict[str, Any] | None) -> dict[str, Any]:
    leads = ranked[ranked["tier"] == tier.name]
    scores = leads["score"]
    outcome = _outcome(leads)
    return {
        "name": tier.name,
        "min_score": None if tier.min_score is None else tier.min_score / 100,
        "high": None if tier.high is None else list(tier.high),
        "leads": len(leads),
        "share": _ratio(len(leads), len(ranked)),
        "lowest": scores.min() / 100 if len(leads) else None,
        "highest": scores.max() / 100 if len(leads) else None,
        "mean": round(int(scores.sum()) / len(leads)) / 100 if len(leads) else None,
        "expected_value": _expected_value(leads),
        "outcome": outcome,
        "lift": _lift(outcome, overall),
    }


def _lift(outcome: dict[str, Any] | None, overall: dict[str, Any] | None) -> float | None:
    """How many times as often leads were won as all were."""
    rates = (outcome["rate"], overall["rate"]) if outcome and overall else (None, None)
    return round(rates[0] / rates[1], 2) if rates[0] is not None and rates[1] else None


def _expected_value(leads: pd.DataFrame) -> dict[str, Any] | None:
    """What leads are worth together, of those whose size and chance are known; None without a `value`."""
    if "expected_value" not in leads:
        return None
    known = leads["expected_value"].dropna()
    total = sum(known.tolist())  # Python's whole numbers do not overflow
    return {"known": len(known), "unknown": len(leads) - len(known), "total": total / 100}


def _labels(ranked: pd.DataFrame, model: Model) -> dict[str, dict[str, int]]:
    """Leads per label of each column of labels, best label first."""
    columns = {name: find_labels(name, model) for name in model.measures}
    return {name: _count(ranked[name], labels) for name, labels in columns.items() if labels}


def _count(leads: pd.Series, labels: Iterable[str]) -> dict[str, int]:
    """How many leads have each label."""
    counts = leads.value_counts()
    return {label: int(counts.get(label, 0)) for label in labels}


def _outcome(leads: pd.DataFrame) -> dict[str, Any] | None:
    """Won leads among those whose outcome is known."""
    if "won" not in leads:
        return None
    known = int((leads["won"] != UNKNOWN).sum())
    won = int((leads["won"] == TRUE).sum())
    return {"known": known, "won": won, "rate": _ratio(won, known)}


def _scores(scores: Hundredths) -> dict[str, Any]:
    """Mean, quantiles and histogram of the ranked leads' scores. A quantile is a score that leads have."""
    if not len(scores):
        return {"mean": None, "quantiles": dict.fromkeys(map(str, QUANTILES)), "histogram": None}
    found = np.quantile(scores, [share / 100 for share in QUANTILES], method="inverted_cdf").tolist()
    return {
        "mean": int(divide(scores.sum(dtype=np.int64, keepdims=True), np.array([len(scores)]))[0]) / 100,
        "quantiles": {str(share): score / 100 for share, score in zip(QUANTILES, found, strict=True)},
        "histogram": Histogram.of(scores).kept,
    }


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _rules(collected: Collected, model: Model) -> list[dict[str, Any]]:
    rules = []
    names = [segment.name for segment in model.segments] or [""]
    for segment, own in zip(names, model.models, strict=True):
        of = {"segment": segment} if segment else {}
        for name, group in own.groups.items():
            for rule in group.rules:
                tally = collected.tally.rules[segment, rule.name]
                rules.append({"name": rule.name, **of, "group": name, "kind": rule.kind, "fired": tally.fired,
                              "unknown": tally.unknown, "points": tally.points / 100,
                              "leads": collected.tally.segments[segment]})  # fmt: skip
    return rules


def _segments(ranked: pd.DataFrame, overall: dict[str, Any] | None, model: Model) -> dict[str, Any]:
    """The ranked leads of each segment; nothing where the config has none."""
    rows = []
    for segment, own in zip(model.segments, model.models, strict=False):
        leads = ranked[ranked["segment"] == segment.name]
        outcome, most = _outcome(leads), own.bounds()[1]
        rows.append({"name": segment.name, "leads": len(leads), "share": _ratio(len(leads), len(ranked)),
                     "maximum": most / 100, "tiers": _count(leads["tier"], [tier.name for tier in own.tiers]),
                     "outcome": outcome, "lift": _lift(outcome, overall)})  # fmt: skip
    return {"segments": rows} if model.segments else {}


def _screen(collected: Collected, parts: Mapping[str, Rows], model: Model) -> dict[str, Any]:
    """The verdicts, and how often each sign holds; nothing where the config has no screen."""
    if model.screen is None:
        return {}
    verdicts = collected.leads["screen"].iloc[np.concatenate(list(parts.values()))]
    signs = [{"name": name, **asdict(tally)} for name, tally in collected.tally.signs.items()]
    return {"screen": {"verdicts": _count(verdicts, VERDICTS), "signs": signs}}


def _nurture(leads: pd.DataFrame, ranked: Rows, model: Model) -> dict[str, Any]:
    """Leads on the nurture list, and those left off it because the date of their last touch is unknown."""
    if model.nurture is None:
        return {}
    nearly = find_nearly(leads, model)[ranked]
    return {"nurture": {"leads": int((nearly == TRUE).sum()), "unknown": int((nearly == UNKNOWN).sum())}}
