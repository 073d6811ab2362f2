"""told: who is told how far a run is."""

from __future__ import annotations

from collections.abc import Callable

Told = Callable[[str, int, float], None]
"""Takes what is done, the rows of it so far, and the share of it (0 to 1)."""


def nobody(doing: str, rows: int, share: float) -> None:
    """Nobody asks."""
