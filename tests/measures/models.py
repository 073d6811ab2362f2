"""models: configs whose groups have just the points a test says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from leadscore.model.load import load_model
from leadscore.pipeline.batch import score_batch

Config = dict[str, Any]
Bounds = Mapping[str, tuple[int | None, int | None]]
AS_OF = date(2026, 6, 30)


def model_of(groups: Bounds, **more: Any) -> Config:
    """Each group gives the number in the column of its name with an s, from its minimum to its maximum."""
    return {
        "name": "test",
        "id": "lead_id",
        "groups": {name: _group(name, low, high) for name, (low, high) in groups.items()},
        "tiers": [{"name": "all"}],
        **more,
    }


def _group(name: str, low: int | None, high: int | None) -> Config:
    count = {"kind": "count", "field": f"{name}s"}
    rules = [{"name": f"{name} earned", **count, "each": 1, "cap": high}] if high != 0 else []
    if low != 0:
        rules.append({"name": f"{name} lost", **count, "field": f"{name}s_lost", "each": -1, "floor": low})
    return {"rules": rules or [{"name": f"{name} nothing", **count, "each": 0}]}


def rank(config: Config, leads: list[Config]) -> list[Config]:
    """The columns scoring adds for each lead, in the leads' order."""
    cells = [{"lead_id": str(number), **_cells(lead)} for number, lead in enumerate(leads)]
    frame = pd.DataFrame(cells).fillna("").astype("str")
    found = score_batch(frame, load_model(config), AS_OF)
    return [{str(name): cell for name, cell in row.items()} for row in found.to_dict("records")]


def score(config: Config, **lead: Any) -> Config:
    """The columns scoring adds for one lead, whose groups have these points."""
    return rank(config, [lead])[0]


def _cells(lead: Config) -> Config:
    cells: Config = {}
    for name, value in lead.items():
        if isinstance(value, str):
            cells[name] = value
        else:
            cells |= {f"{name}s": str(max(value, 0)), f"{name}s_lost": str(max(-value, 0))}
    return cells
