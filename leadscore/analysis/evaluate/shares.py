"""shares: leads in the order of their ranks -> how many of each part were won."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from leadscore.analysis.evaluate.judged import Judged
from leadscore.analysis.statistics import Estimate, share_won
from leadscore.points import Rows

DECILES = 10


@dataclass(frozen=True)
class Share:
    """A part of the leads, and how many of it were won."""

    name: str
    leads: int
    """All of them; the figures below are of those whose outcome is known."""
    known: int
    won: int
    rate: Estimate | None
    """won / known with its 95 % interval; None where no outcome is known."""
    lift: float | None
    """How many times as often they were won as all ranked leads were."""
    of_won: float | None
    """Their share of all ranked leads that were won."""
    lowest: int | None = None
    """Of their scores (hundredths)."""
    highest: int | None = None


@dataclass(frozen=True)
class Whole:
    """All ranked leads whose outcome is known: what parts are measured against."""

    known: int
    won: int

    @property
    def rate(self) -> float:
        """won / known; 0 where none is known."""
        return self.won / self.known if self.known else 0.0

    def share(self, name: str, judged: Judged, rows: Rows, known: Rows) -> Share:
        """A part: all its leads, and those of them whose outcome is known."""
        won = int(judged.flags(known).sum())
        rate = share_won(won, len(known))
        scores = judged.collected.leads["score"].to_numpy()[rows]
        return Share(
            name,
            len(rows),
            len(known),
            won,
            rate,
            rate.value / self.rate if rate and self.rate else None,
            won / self.won if self.won else None,
            int(scores.min()) if len(rows) else None,
            int(scores.max()) if len(rows) else None,
        )


def whole_of(judged: Judged) -> Whole:
    """The ranked leads."""
    known = judged.known()
    return Whole(len(known), int(judged.flags(known).sum()))


def count_tiers(judged: Judged, whole: Whole) -> list[Share]:
    """The tiers, best first; then the leads that are in none, by why."""
    tiers = judged.collected.leads["tier"]
    shares = []
    for tier in judged.model.models[0].tiers:
        inside = (tiers == tier.name).to_numpy(dtype=bool, na_value=False)
        rows, known = judged.parts["ranked"], judged.known()
        shares.append(whole.share(tier.name, judged, rows[inside[rows]], known[inside[known]]))
    others = [name for name in judged.parts if name != "ranked" and len(judged.parts[name])]
    return [*shares, *(whole.share(name, judged, judged.parts[name], judged.known(name)) for name in others)]


def count_deciles(judged: Judged, whole: Whole) -> list[Share]:
    """The tenths of the leads whose outcome is known, in the order of their ranks, best first.

    Tenth i holds the ranks from i n / 10 up to (i + 1) n / 10, both rounded down.
    """
    known = judged.known()
    ends = [len(known) * place // DECILES for place in range(DECILES + 1)]
    parts = [known[start:end] for start, end in pairwise(ends)]
    return [whole.share(str(place), judged, part, part) for place, part in enumerate(parts, start=1)]


def count_segments(judged: Judged, whole: Whole) -> list[Share]:
    """The segments, in the order of the config; none where it has none."""
    if not judged.model.segments:
        return []
    segments = judged.collected.leads["segment"]
    ranked, known = judged.parts["ranked"], judged.known()
    shares = []
    for segment in judged.model.segments:
        inside = (segments == segment.name).to_numpy(dtype=bool, na_value=False)
        shares.append(whole.share(segment.name, judged, ranked[inside[ranked]], known[inside[known]]))
    return shares


def cumulate(shares: Sequence[Share]) -> list[float]:
    """The gains: the share of all won leads in each part and those before it."""
    gains: list[float] = np.cumsum([share.of_won or 0.0 for share in shares]).tolist()
    return gains
