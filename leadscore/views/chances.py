"""chances: how far predicted chances to be won can be believed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType

from leadscore.analysis.evaluate.chances import Chances, Part
from leadscore.analysis.statistics import Estimate
from leadscore.views.figures import estimate_json, percent
from leadscore.views.screen import figures, plain


def chances_view(chances: Chances) -> Iterator[RenderableType]:
    """Predicted against observed, a tenth of the leads at a time, the highest chances first."""
    table = figures("Predicted", "Mean", "Observed", "95 %", "Won", "Leads", "")
    for part in chances.parts:
        between = f"{part.lowest * 100:.1f} to {part.highest * 100:.1f} %"
        table.add_row(between, percent(part.predicted), *_observed(part.observed), f"{part.won:,}",
                      f"{part.leads:,}", _verdict(part))  # fmt: skip
    yield table
    observed = f"{percent(chances.predicted)} predicted, {percent(chances.observed.value)} came"
    yield plain(f"{observed}; Brier {chances.brier:.4f}, of the rate alone {chances.brier_of_rate:.4f}")
    if chances.learned_from:
        files = ", ".join(chances.learned_from)
        yield plain(f"the model was learned on these leads ({files}): of new ones it knows less", "yellow")


def _observed(observed: Estimate) -> tuple[str, str]:
    return percent(observed.value), f"{observed.low * 100:.1f} to {observed.high * 100:.1f}"


def _verdict(part: Part) -> str:
    if part.observed.low <= part.predicted <= part.observed.high:
        return ""
    return "too low" if part.predicted < part.observed.low else "too high"


def chances_json(chances: Chances) -> dict[str, Any]:
    """The same for machines; all shares are from 0 to 1."""
    return {
        "predicted": chances.predicted,
        "observed": estimate_json(chances.observed),
        "brier": chances.brier,
        "brier_of_rate": chances.brier_of_rate,
        "parts": [
            {
                "lowest": part.lowest,
                "highest": part.highest,
                "predicted": part.predicted,
                "leads": part.leads,
                "won": part.won,
                "observed": estimate_json(part.observed),
            }
            for part in chances.parts
        ],
        "learned_from": chances.learned_from,
    }
