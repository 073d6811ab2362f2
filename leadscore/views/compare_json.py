"""compare_json: what another config does to the same leads, as one object for machines; points as points."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from leadscore.analysis.compare.first import Mover, list_first
from leadscore.analysis.compare.order import Agreement
from leadscore.analysis.compare.result import Comparison, Result


def compare_json(result: Result, as_of: date, first: int, out: Path | None) -> dict[str, Any]:
    """The whole comparison; of the movers the first so many."""
    return {
        "as_of": as_of.isoformat(),
        "leads": result.counts,
        "configs": [
            {
                "label": variant.label,
                "file": variant.file,
                "set": list(variant.overrides),
                "tiers": [asdict(figure) for figure in result.figures[place]],
            }
            for place, variant in enumerate(result.variants)
        ],
        "comparisons": [
            _comparison(result, place, each, first) for place, each in enumerate(result.comparisons, start=1)
        ],
        "sweep": _sweep(result) if result.key else None,
        "notes": result.notes,
        "written": None if out is None else str(out),
    }


def _comparison(result: Result, place: int, comparison: Comparison, first: int) -> dict[str, Any]:
    names = result.standing_names
    movers = comparison.movers
    return {
        "before": comparison.before.label,
        "after": comparison.after.label,
        "changes": [asdict(change) for change in comparison.changes],
        "tiers": list(_crossing(names, comparison)),
        "moved": comparison.counts,
        "moved_by": [{"name": name, **counts} for name, counts in (movers.by_cause() if movers else ())],
        "movers": [_mover(mover) for mover in list_first(result, place, comparison, first)],
        "order": _order(comparison.agreement),
        "work": _work(result, comparison) if result.work else None,
    }


def _crossing(names: list[str], comparison: Comparison) -> Iterator[dict[str, Any]]:
    for was, row in zip(names, comparison.crossing.tolist(), strict=True):
        for now, leads in zip(names, row, strict=True):
            if leads:
                yield {"before": was, "after": now, "leads": leads}


def _mover(mover: Mover) -> dict[str, Any]:
    told = asdict(mover)
    lines = [{"name": name, "kind": kind, "points": points / 100} for name, kind, points in mover.lines]
    points = {"score": mover.score / 100, "previous_score": mover.previous_score / 100}
    ranks = {"rank": mover.rank or None, "previous_rank": mover.previous_rank or None}
    return {**told, "file": mover.file or None, **points, **ranks, "lines": lines}


def _order(agreement: Agreement) -> dict[str, Any]:
    first = [{**asdict(each), "share": round(each.share, 4)} for each in agreement.first]
    return {
        "leads": agreement.leads,
        "kendall": agreement.kendall,
        "spearman": agreement.spearman,
        "first": first,
    }


def _work(result: Result, comparison: Comparison) -> dict[str, Any]:
    assert result.work is not None, "it was asked for"
    rows = [
        {
            "value": counted.value if counted.values == 1 else None,
            "values": counted.values,
            "before": dict(zip(result.tiers, counted.before.tolist(), strict=True)),
            "after": dict(zip(result.tiers, counted.after.tolist(), strict=True)),
        }
        for counted in comparison.work
    ]
    return {"field": result.work.name, "rows": rows}


def _sweep(result: Result) -> dict[str, Any]:
    refused = [
        {"value": each.label, "problems": [asdict(problem) for problem in each.problems]}
        for each in result.refused
    ]
    return {"key": result.key, "refused": refused}
