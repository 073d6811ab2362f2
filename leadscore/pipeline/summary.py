"""summary: scored leads and counts -> the figures people look at after a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from leadscore.model.schema import Model, Tier
from leadscore.model.screen import VERDICTS
from leadscore.pipeline.arms import report_arms
from leadscore.pipeline.collect import Collected
from leadscore.pipeline.figures import Figures, Lot, Whole
from leadscore.pipeline.lists import PARTS, Rows
from leadscore.pipeline.measure import find_labels
from leadscore.pipeline.score_counts import ScoreCounts
from leadscore.pipeline.stability import Histogram
from leadscore.pipeline.tally import Tally

QUANTILES = (10, 25, 50, 75, 90)
"""In percent of the ranked leads, from the lowest score up."""


def summarize(collected: Collected, parts: Mapping[str, Rows], model: Model, as_of: date) -> dict[str, Any]:
    """What summary.json holds, of leads that are all in memory; see ``describe``."""
    whole = Whole.of(collected.leads, parts["ranked"], model)
    figures = Figures.of(collected.leads, parts, model, whole)
    set_aside = Counter(aside.reason for aside in collected.set_aside)
    activity_report = collected.activity.report if collected.activity else None
    return describe(figures, collected.tally, set_aside, activity_report, collected.read, model, as_of)


def describe(
    figures: Figures,
    tally: Tally,
    set_aside: Counter[str],
    activity_report: dict[str, Any] | None,
    read: int,
    model: Model,
    as_of: date,
) -> dict[str, Any]:
    """What summary.json holds and the summary table shows. Points are in points, shares from 0 to 1.

    ``figures``, ``tally``: of all leads, counted at once or in parts. ``set_aside``: reason -> lines.
    ``activity_report``: of the logs; None where the config needs none. ``read``: rows of the export.
    """
    low, high = model.bounds()
    ranked = figures.lot()
    overall = _outcome(ranked, model)
    parts = [name for name, part in PARTS.items() if part.wanted(model)]
    return {
        "name": model.name,
        "as_of": as_of.isoformat(),
        "leads": {
            "in": read,
            **{name: figures.leads[name] for name in reversed(parts)},  # ranked first
            "set_aside": set_aside.total(),
        },
        "score": {"minimum": low / 100, "maximum": high / 100, **_scores(ranked.scores)},
        "outcome": overall,
        **_segments(figures, ranked, model),
        "tiers": [_tier(tier, figures.lot(tier=tier.name), ranked, model) for tier in _common_tiers(model)],
        "expected_value": _expected_value(ranked, model),
        "labels": _labels(figures, model),
        **figures.outline.report(model),
        "disqualified_by": _disqualified_by(figures),
        **_screen(figures, tally, model),
        **({"nurture": {key: figures.nurture[key] for key in ("leads", "unknown")}} if model.nurture else {}),
        **report_arms(figures.arms, ranked.scores.count, model),
        "rules": _rules(tally, model),
        **tally.drift.report(),
        "events": activity_report,
        "set_aside": dict(sorted(set_aside.items())),
        "unreadable": [
            {"column": column, "reason": reason, "cells": cells}
            for (column, reason), cells in sorted(tally.unreadable.items())
        ],
    }


def _common_tiers(model: Model) -> list[Tier]:
    """The tiers, without a cut where segments have different ones."""
    each = zip(*(own.tiers for own in model.models), strict=True)
    return [tiers[0] if len(set(tiers)) == 1 else Tier(name=tiers[0].name) for tiers in each]


def _tier(tier: Tier, lot: Lot, ranked: Lot, model: Model) -> dict[str, Any]:
    scores, leads = lot.scores.scores, lot.scores.count
    return {
        "name": tier.name,
        "min_score": None if tier.min_score is None else tier.min_score / 100,
        "high": None if tier.high is None else list(tier.high),
        "leads": leads,
        "share": _ratio(leads, ranked.scores.count),
        "lowest": int(scores[0]) / 100 if leads else None,
        "highest": int(scores[-1]) / 100 if leads else None,
        "mean": round(lot.scores.total / leads) / 100 if leads else None,
        "expected_value": _expected_value(lot, model),
        "outcome": _outcome(lot, model),
        "lift": _lift(lot, ranked, model),
    }


def _lift(lot: Lot, ranked: Lot, model: Model) -> float | None:
    """How many times as often leads were won as all were."""
    rates = [(_outcome(each, model) or {}).get("rate") for each in (lot, ranked)]
    return round(rates[0] / rates[1], 2) if rates[0] is not None and rates[1] else None


def _expected_value(lot: Lot, model: Model) -> dict[str, Any] | None:
    """What leads are worth together, of those whose size and chance are known; None without a `value`."""
    if "expected_value" not in model.measures:
        return None
    return {"known": lot.valued, "unknown": lot.scores.count - lot.valued, "total": lot.worth / 100}


def _labels(figures: Figures, model: Model) -> dict[str, dict[str, int]]:
    """Leads per label of each column of labels, best label first."""
    return {name: _count(counts, find_labels(name, model)) for name, counts in figures.labels.items()}


def _count(counts: Counter[str], labels: Iterable[str]) -> dict[str, int]:
    """How many leads have each label."""
    return {label: counts[label] for label in labels}


def _disqualified_by(figures: Figures) -> dict[str, int]:
    """Leads per reason, in the order in which they first have them."""
    in_order = sorted(figures.disqualified_by.items(), key=lambda each: (each[1].first, each[0]))
    return {name: found.leads for name, found in in_order}


def _outcome(lot: Lot, model: Model) -> dict[str, Any] | None:
    """Won leads among those whose outcome is known."""
    if model.outcome is None:
        return None
    return {"known": lot.known, "won": lot.won, "rate": _ratio(lot.won, lot.known)}


def _scores(counts: ScoreCounts) -> dict[str, Any]:
    """Mean, quantiles and histogram of the ranked leads' scores. A quantile is a score that leads have."""
    if not counts.count:
        return {"mean": None, "quantiles": dict.fromkeys(map(str, QUANTILES)), "histogram": None}
    return {
        "mean": counts.mean() / 100,
        "quantiles": {str(percent): counts.quantile(percent) / 100 for percent in QUANTILES},
        "histogram": Histogram.of(counts.scores, counts.leads).kept,
    }


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _rules(tally: Tally, model: Model) -> list[dict[str, Any]]:
    rules = []
    names = [segment.name for segment in model.segments] or [""]
    for segment, own in zip(names, model.models, strict=True):
        of = {"segment": segment} if segment else {}
        for name, group in own.groups.items():
            for rule in group.rules:
                made = tally.rules[segment, rule.name]
                rules.append({"name": rule.name, **of, "group": name, "kind": rule.kind, "fired": made.fired,
                              "unknown": made.unknown, "points": made.points / 100,
                              "leads": tally.segments[segment]})  # fmt: skip
    return rules


def _segments(figures: Figures, ranked: Lot, model: Model) -> dict[str, Any]:
    """The ranked leads of each segment; nothing where the config has none."""
    rows = []
    for segment, own in zip(model.segments, model.models, strict=False):
        lot, most = figures.lot(segment.name), own.bounds()[1]
        of_tiers = {tier.name: figures.lots.get((segment.name, tier.name), Lot()) for tier in own.tiers}
        rows.append({"name": segment.name, "leads": lot.scores.count,
                     "share": _ratio(lot.scores.count, ranked.scores.count),
                     "maximum": most / 100,
                     "tiers": {name: each.scores.count for name, each in of_tiers.items()},
                     "outcome": _outcome(lot, model), "lift": _lift(lot, ranked, model)})  # fmt: skip
    return {"segments": rows} if model.segments else {}


def _screen(figures: Figures, tally: Tally, model: Model) -> dict[str, Any]:
    """The verdicts, and how often each sign holds; nothing where the config has no screen."""
    if model.screen is None:
        return {}
    signs = [{"name": name, **asdict(sign)} for name, sign in tally.signs.items()]
    return {"screen": {"verdicts": _count(figures.verdicts, VERDICTS), "signs": signs}}
