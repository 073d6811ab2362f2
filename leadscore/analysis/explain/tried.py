"""tried: what was otherwise with a lead, and what it then scored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from leadscore.analysis.explain.turning import Cell

TOGETHER = 12
"""Cells of a field that are tried together with those of another one: those that give different scores."""


@dataclass(frozen=True)
class Step:
    """A cell that would be otherwise."""

    field: str
    before: str | None
    """None where it is missing or cannot be read."""
    after: str
    event: bool = False
    """Whether it is no cell, but something the lead would do today."""


@dataclass(frozen=True)
class Change:
    """One or two steps, and the score (hundredths) and the tier the lead would then have."""

    steps: tuple[Step, ...]
    score: int
    tier: str
    gain: int
    """How much higher the score is than now."""


@dataclass(frozen=True)
class Tried:
    cells: tuple[Cell, ...]
    score: int
    tier: int
    """Its place among the model's tiers, 0 for the best."""


def pick_some(tried: Sequence[Tried]) -> list[Tried]:
    """One trial for each score, not more than are tried together: the lowest, the highest, some between."""
    by_score = {each.score: each for each in reversed(tried)}
    each = [by_score[score] for score in sorted(by_score)]
    places = np.linspace(0, len(each) - 1, min(len(each), TOGETHER)).round().astype(int)
    return [each[place] for place in dict.fromkeys(places.tolist())]
