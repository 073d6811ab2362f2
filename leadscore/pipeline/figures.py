"""figures: some of the leads -> counts of them that can be added up, in any order, to those of all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadscore.fields import TRUE, UNKNOWN
from leadscore.model.check import ARM
from leadscore.model.schema import Model
from leadscore.pipeline.batch import whole_numbers
from leadscore.pipeline.measure import find_labels
from leadscore.pipeline.nurture import find_nearly
from leadscore.pipeline.outline import Outline, Whole as Whole
from leadscore.pipeline.score_counts import ScoreCounts, exact_sum
from leadscore.points import Rows

Place = tuple[int, int]


@dataclass
class Lot:
    """Some ranked leads: their scores, outcomes and expected values."""

    scores: ScoreCounts = field(default_factory=ScoreCounts)
    known: int = 0
    """Leads whose outcome is known."""
    won: int = 0
    valued: int = 0
    """Leads whose expected value is known."""
    worth: int = 0
    """What these are expected to bring together, in hundredths; a whole number of Python's has no end."""

    @classmethod
    def join(cls, lots: Sequence[Lot]) -> Lot:
        """Those of different leads together."""
        return cls(
            ScoreCounts.join([lot.scores for lot in lots]),
            sum(lot.known for lot in lots),
            sum(lot.won for lot in lots),
            sum(lot.valued for lot in lots),
            sum(lot.worth for lot in lots),
        )


@dataclass
class Found:
    """The leads with one label, and where the first of them stands."""

    first: Place
    leads: int


@dataclass
class Figures:
    """Counts of some of the leads, or of all of them.

    They grow with distinct scores and with labels, never with the leads, and can be pickled.
    """

    outline: Outline
    leads: Counter[str]
    """Of each part."""
    lots: dict[tuple[str, str], Lot]
    """The ranked leads by segment, '' where there are none, and tier; none without a lead."""
    labels: dict[str, Counter[str]]
    """Column of labels -> the ranked leads with each."""
    disqualified_by: dict[str, Found]
    verdicts: Counter[str]
    """What the screen says of the leads of all parts."""
    nurture: Counter[str]
    """``leads`` on the nurture list, and ``unknown``: left off as the date of their last touch is missing."""
    arms: Counter[str]
    """The ranked leads of each."""

    @classmethod
    def of(
        cls,
        leads: pd.DataFrame,
        parts: Mapping[str, Rows],
        model: Model,
        whole: Whole,
        before: int = 0,
        place: int = 0,
    ) -> Figures:
        """Count scored leads, with the columns of ``Collected.leads``; those in no part do not count.

        ``parts``: positions among ``leads``, best first, that follow one another in the order of all leads.
        ``whole``: of all ranked leads; ``before``: those with a known outcome that stand before these.
        ``place``: any number that is higher for leads further down, no two pieces have the same; reasons to
        disqualify are told in the order in which leads first have them.
        """
        ranked, disqualified = parts["ranked"], parts["disqualified"]
        columns = [name for name in model.measures if find_labels(name, model)]
        listed = np.concatenate(list(parts.values()))
        return cls(
            outline=Outline.of(leads, ranked, model, whole, before),
            leads=Counter({name: len(rows) for name, rows in parts.items()}),
            lots=_count_lots(leads, ranked, model),
            labels={name: _count_labels(leads[name].iloc[ranked]) for name in columns},
            disqualified_by=_find_labels(leads["disqualified_by"].iloc[disqualified], place),
            verdicts=_count_labels(leads["screen"].iloc[listed]) if model.screen else Counter(),
            nurture=_count_nearly(leads, ranked, model),
            arms=_count_labels(leads[ARM].iloc[ranked]) if model.arms else Counter(),
        )

    def add(self, other: Figures) -> None:
        """Count other leads as well: those of the same run, by the same model."""
        self.outline.add(other.outline)
        for key, lot in other.lots.items():
            self.lots[key] = Lot.join([self.lots.get(key, Lot()), lot])
        for name, found in other.disqualified_by.items():
            own = self.disqualified_by.get(name, Found(found.first, 0))
            together = Found(min(own.first, found.first), own.leads + found.leads)
            self.disqualified_by[name] = together
        for name, counts in other.labels.items():
            self.labels[name].update(counts)
        self.leads.update(other.leads)
        self.verdicts.update(other.verdicts)
        self.nurture.update(other.nurture)
        self.arms.update(other.arms)

    def lot(self, segment: str | None = None, tier: str | None = None) -> Lot:
        """The ranked leads of all segments, or of one; in all tiers, or in one."""
        return Lot.join(
            [
                lot
                for (of_segment, of_tier), lot in self.lots.items()
                if segment in (None, of_segment) and tier in (None, of_tier)
            ]
        )


def _count_lots(leads: pd.DataFrame, ranked: Rows, model: Model) -> dict[tuple[str, str], Lot]:
    tiers = [tier.name for tier in model.models[0].tiers]  # names are the same in all segments
    segments = [segment.name for segment in model.segments] or [""]
    places = _find_places(leads["tier"].iloc[ranked], tiers)
    if model.segments:
        places = places + len(tiers) * _find_places(leads["segment"].iloc[ranked], segments)
    keys = [(segment, tier) for segment in segments for tier in tiers]
    sizes = np.bincount(places, minlength=len(keys))
    # Few places in 16 bits are sorted by their digits, many times as fast as by comparing them.
    in_order = ranked[np.argsort(places.astype(np.int16), kind="stable")]
    lots = zip(keys, np.split(in_order, np.cumsum(sizes)[:-1]), strict=True)
    columns = {name: leads[name] for name in ("score", "won", "expected_value") if name in leads}
    return {key: _count_lot(columns, rows) for key, rows in lots if len(rows)}


def _count_lot(columns: Mapping[str, pd.Series], rows: Rows) -> Lot:
    lot = Lot(ScoreCounts.of(columns["score"].to_numpy()[rows]))
    if "won" in columns:
        won = columns["won"].to_numpy()[rows]
        lot.known, lot.won = int(np.count_nonzero(won != UNKNOWN)), int(np.count_nonzero(won == TRUE))
    if "expected_value" in columns:
        values, there = whole_numbers(columns["expected_value"].iloc[rows])
        lot.valued, lot.worth = int(np.count_nonzero(there)), exact_sum(values)  # an unknown one is 0 there
    return lot


def _find_places(column: pd.Series, names: Sequence[str]) -> npt.NDArray[np.intp]:
    """The place of each lead's label among the names, which are all there are."""
    codes, found = _encode(column)
    places = {name: place for place, name in enumerate(names)}
    return np.array([places[name] for name in found], dtype=np.intp)[codes]


def _count_labels(column: pd.Series) -> Counter[str]:
    """How many leads have each label."""
    return Counter({name: found.leads for name, found in _find_labels(column, 0).items()})


def _find_labels(column: pd.Series, place: int) -> dict[str, Found]:
    codes, names = _encode(column)
    counts = np.bincount(codes[codes >= 0], minlength=len(names)).tolist()
    return {
        name: Found((place, order), leads)
        for order, (name, leads) in enumerate(zip(names, counts, strict=True))
    }


def _encode(column: pd.Series) -> tuple[npt.NDArray[np.intp], list[str]]:
    """Texts or categories as codes, -1 where there is none, into labels in the order of their first leads."""
    codes, names = pd.factorize(column)
    return codes, names.tolist()


def _count_nearly(leads: pd.DataFrame, ranked: Rows, model: Model) -> Counter[str]:
    if model.nurture is None:
        return Counter()
    nearly = find_nearly(leads, model)[ranked]
    return Counter(
        leads=int(np.count_nonzero(nearly == TRUE)), unknown=int(np.count_nonzero(nearly == UNKNOWN))
    )
