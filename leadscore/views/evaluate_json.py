"""evaluate_json: what outcomes say of a score, for machines. Points are in points, shares from 0 to 1."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from leadscore.analysis.evaluate.asked import Answer
from leadscore.analysis.evaluate.cuts import KEPT, Cut
from leadscore.analysis.evaluate.propose import Proposed
from leadscore.analysis.evaluate.rules import Evidence, Level
from leadscore.analysis.evaluate.shares import Share, cumulate
from leadscore.views.arms import arms_json
from leadscore.views.chances import chances_json
from leadscore.views.evaluate_tables import cuts_to_show
from leadscore.views.figures import estimate_json


def evaluate_json(answer: Answer, as_of: date, out: Path | None = None) -> dict[str, Any]:
    """All figures, and what was asked beside them."""
    evaluation = answer.evaluation
    judged, whole = evaluation.judged, evaluation.whole
    gains = cumulate(evaluation.deciles)
    return {
        "config": judged.variant.file,
        "as_of": as_of.isoformat(),
        "leads": {
            "ranked": len(judged.parts["ranked"]),
            "known": whole.known,
            "won": whole.won,
            "left_out": judged.left_out,
            "set_aside": len(judged.collected.set_aside),
            "unreadable_cells": judged.collected.unreadable,
        },
        "rate": estimate_json(evaluation.rate),
        "auc": estimate_json(evaluation.area),
        "ks": evaluation.distance,
        "verdict": evaluation.verdict,
        "tiers": [share_json(share) for share in evaluation.tiers],
        "tenths": [
            share_json(share) | {"so_far": gain}
            for share, gain in zip(evaluation.deciles, gains, strict=True)
        ],
        "segments": [
            share_json(segment.share) | {"auc": estimate_json(segment.area)}
            for segment in evaluation.segments
        ],
        "cuts": [cut_json(evaluation.cuts.at(place)) for place in cuts_to_show(evaluation, KEPT)],
        "rules": [_rule(rule) for rule in evaluation.rules],
        "proposed": None if answer.proposed is None else _proposed(answer.proposed),
        "written": None if out is None else str(out),
        "by": None if answer.groups is None else arms_json(answer.groups),
        "chances": None if answer.chances is None else chances_json(answer.chances),
        "missed": [
            {"id": lead.id, "line": lead.line, "tier": lead.tier, "score": lead.score / 100}
            for lead in answer.missed
        ],
        "doubts": evaluation.doubts,
        "notes": judged.notes,
    }


def share_json(share: Share) -> dict[str, Any]:
    """A part of the leads."""
    return {
        "name": share.name,
        "leads": share.leads,
        "known": share.known,
        "won": share.won,
        "rate": estimate_json(share.rate),
        "lift": share.lift,
        "of_won": share.of_won,
        "lowest": None if share.lowest is None else share.lowest / 100,
        "highest": None if share.highest is None else share.highest / 100,
    }


def cut_json(cut: Cut) -> dict[str, Any]:
    """A place where a tier could begin."""
    return {
        "score": cut.score / 100,
        "passed": cut.passed,
        "won": cut.won,
        "share": cut.share,
        "precision": cut.precision,
        "recall": cut.recall,
        "f1": cut.f1,
        "youden": cut.youden,
        "missed": cut.missed,
    }


def _proposed(proposed: Proposed) -> dict[str, Any]:
    return {
        "days": proposed.days,
        "cuts": [
            {
                "tier": each.wanted.tier,
                "way": each.wanted.way,
                "number": each.wanted.number or None,
                "before": each.before / 100,
                "after": each.after / 100,
                "figures": cut_json(each.figures),
            }
            for each in proposed.proposals
        ],
        "tiers": [share_json(share) for share in proposed.tiers],
    }


def _rule(rule: Evidence) -> dict[str, Any]:
    of = {"segment": rule.segment} if rule.segment else {}
    return {
        "name": rule.rule,
        **of,
        "group": rule.group,
        "auc": rule.area,
        "with": _level(rule.given),
        "without": _level(rule.rest),
        "levels": [_level(level) | {"unknown": level.unknown} for level in rule.levels],
    }


def _level(level: Level) -> dict[str, Any]:
    return {
        "lowest": level.low / 100,
        "highest": level.high / 100,
        "points": level.points,
        "known": level.known,
        "won": level.won,
        "rate": estimate_json(level.rate),
        "lift": level.lift,
        "supported": estimate_json(level.supported),
        "verdict": level.verdict or None,
    }
