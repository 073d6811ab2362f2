"""trend_json: runs over time as one object for machines: shares from 0 to 1, null where it is unknown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from leadscore.analysis.trend.moves import Moves
from leadscore.analysis.trend.result import Step, Trend
from leadscore.pipeline.snapshot import Named


def trend_json(trend: Trend) -> dict[str, Any]:
    """All runs, the moves and new values of the last one, and what is too far."""
    return {
        "exit_code": trend.exit_code,
        "runs": [_step(step) for step in trend.steps],
        "moves": None if trend.moves is None else list(_moves(trend.moves)),
        "new_values": [
            asdict(new) | {"shown": [{"value": value, "leads": leads} for value, leads in new.shown]}
            for new in trend.new_values
        ],
        "alarms": [alarm.told for alarm in trend.alarms],
        "notes": list(trend.notes),
    }


def _step(step: Step) -> dict[str, Any]:
    shot = step.run.shot
    return {
        "run": str(step.run.path),
        "as_of": shot.as_of.isoformat(),
        "same_config": step.same_config,
        "leads": dict(shot.leads),
        "tiers": [asdict(tier) for tier in shot.tiers],
        "score": {
            "mean": shot.mean,
            "quantiles": dict(shot.quantiles),
            "psi": step.psi,
            "psi_of_first": step.psi_of_first,
        },
        "rules": [
            {**_name(key), "fired": rule.fired, "leads": rule.leads, "rate": rule.rate,
             "psi": step.rules.get(key)}
            for key, rule in shot.rules.items()
        ],
        "fields": [
            {"name": name, "unknown": field.unknown, "leads": field.leads, "rate": field.rate,
             **({"newest_days": field.newest_days} if field.is_date else {})}
            for name, field in shot.fields.items()
        ],
        "unlisted": [{**_name(key), **asdict(unlisted)} for key, unlisted in shot.unlisted.items()],
    }  # fmt: skip


def _name(key: Named) -> dict[str, str]:
    segment, name = key
    return {"name": name, "segment": segment} if segment else {"name": name}


def _moves(moves: Moves) -> Iterator[dict[str, Any]]:
    """The cells of the matrix that have leads."""
    for was, row in zip((*moves.before[:-1], None), moves.leads.tolist(), strict=True):
        for now, leads in zip((*moves.now[:-1], None), row, strict=True):
            if leads:
                yield {"before": was, "after": now, "leads": leads}
