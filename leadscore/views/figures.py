"""figures: numbers as they are shown, to people and to machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leadscore.analysis.statistics import Estimate


def percent(share: float | None) -> str:
    """A share as people write it; '' where it is unknown."""
    return "" if share is None else f"{share * 100:.1f} %"


def from_to(was: str, now: str) -> str:
    """One figure where both configs give it, else from which to which."""
    return was if was == now else f"{was or '-'} to {now or '-'}"


def estimate_json(estimate: Estimate | None) -> dict[str, float] | None:
    """A figure and its 95 % interval."""
    return None if estimate is None else {"value": estimate.value, "low": estimate.low, "high": estimate.high}
