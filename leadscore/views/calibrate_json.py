"""calibrate_json: points from history, for machines; shares are from 0 to 1, points are numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from leadscore.analysis.calibrate.figures import Figures
from leadscore.analysis.calibrate.result import Result
from leadscore.analysis.calibrate.suggested import Row
from leadscore.analysis.evaluate.shares import Share
from leadscore.views.chances import chances_json
from leadscore.views.figures import estimate_json


def calibrate_json(result: Result, as_of: date, written: Sequence[Path] = ()) -> dict[str, Any]:
    """What ``calibrate --json`` prints."""
    parts, scale = result.parts, result.scale
    return {
        "as_of": as_of.isoformat(),
        "config": {"file": result.variant.file, "sha256": result.variant.sha256},
        "method": result.method,
        "learned_on": {
            "leads": len(parts.learning),
            "won": int(result.judged.flags(parts.learning).sum()),
            "held_out": len(parts.held_out),
            "by_date": parts.by_date,
        },
        "scale": None if scale is None else {
            "pdo": scale.pdo, "factor": scale.factor, "offset": scale.offset, "strength": scale.strength,
        },
        "levers": [_row(row) for row in result.rows],
        "changes": [
            {"key": change.key, "before": change.before, "after": change.after} for change in result.changes
        ],
        "before": _figures(result.before),
        "after": None if result.after is None else _figures(result.after),
        "verdict": result.verdict,
        "notes": result.told,
        "left_out": result.judged.left_out,
        "written": [str(path) for path in written],
    }  # fmt: skip


def _row(row: Row) -> dict[str, Any]:
    return {
        "rule": row.rule,
        "lever": row.lever,
        "before": None if row.before is None else row.before / 100,
        "after": row.after / 100,
        "leads": row.leads,
        "of_won": row.frequency,
        "lift": estimate_json(row.lift),
        "rate": estimate_json(row.rate),
        "influence": row.influence,
        "note": row.note,
    }


def _figures(figures: Figures) -> dict[str, Any]:
    return {
        "leads": figures.leads,
        "won": figures.won,
        "auc": estimate_json(figures.area),
        "top_tenth": _share(figures.top),
        "tiers": [_share(share) for share in figures.tiers],
        "chances": chances_json(figures.chances),
        "curve": {"intercept": figures.curve.intercept, "slope": figures.curve.slope},
    }


def _share(share: Share) -> dict[str, Any]:
    return {
        "name": share.name,
        "leads": share.leads,
        "won": share.won,
        "rate": estimate_json(share.rate),
        "lift": share.lift,
    }
