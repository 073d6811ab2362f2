"""figures: numbers as they are shown."""

from __future__ import annotations


def percent(share: float | None) -> str:
    """A share as people write it; '' where it is unknown."""
    return "" if share is None else f"{share * 100:.1f} %"


def from_to(was: str, now: str) -> str:
    """One figure where both configs give it, else from which to which."""
    return was if was == now else f"{was or '-'} to {now or '-'}"
