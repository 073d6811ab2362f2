"""moves: batches scored by two configs -> leads that stand elsewhere, and the lines that differ."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from leadscore.analysis.compare.lines import Differences, LineNames, chain_differences, subtract_lines
from leadscore.pipeline.batch import Scored
from leadscore.points import Rows


@dataclass
class Moves:
    """Leads that stand elsewhere in another config than in the first."""

    names: LineNames = field(default_factory=LineNames)
    rows: list[Rows] = field(default_factory=list)
    """Their positions in the export."""
    parts: list[Differences] = field(default_factory=list)
    out: list[Rows] = field(default_factory=list)
    """What took them out of the ranking, or no longer does, as a place in ``reasons``; -1 for the others."""
    segment: list[Rows] = field(default_factory=list)
    """1 for those that are in another segment."""
    reasons: list[str] = field(default_factory=list)

    def add(self, before: Scored, after: Scored, standing: tuple[Rows, Rows], tiers: int, start: int) -> None:
        """Those of a batch. ``standing``: where its leads stand, in this config and in the first."""
        was, now = standing
        rows = np.flatnonzero((was != now) & ((was < tiers) | (now < tiers)))
        self.rows.append(rows + start)
        self.parts.append(subtract_lines(before.portions, after.portions, rows, self.names))
        out = np.full(len(rows), -1)
        for scored, places in ((before, was), (after, now)):
            out = np.where(places[rows] >= tiers, self._place_reasons(scored, rows, places, tiers), out)
        self.out.append(out)
        segments = [_texts(scored, "segment", rows) for scored in (before, after)]
        self.segment.append((segments[0] != segments[1]).astype(np.int64))

    def _place_reasons(self, scored: Scored, rows: Rows, places: Rows, tiers: int) -> Rows:
        names = np.where(places[rows] == tiers, _texts(scored, "disqualified_by", rows), "screen")
        codes, distinct = pd.factorize(names)
        for name in distinct:
            if name not in self.reasons:
                self.reasons.append(name)
        return np.array([self.reasons.index(name) for name in distinct], np.int64)[codes]

    def differences(self) -> Differences:
        """The lines of all of them that differ."""
        return chain_differences(self.parts)


def _texts(scored: Scored, name: str, rows: Rows) -> npt.NDArray[np.object_]:
    """A text column of some leads; '' where it is missing or there is none."""
    if name not in scored.added:
        return np.full(len(rows), "", dtype=object)
    column: pa.DictionaryArray = scored.added[name]
    texts = column.take(pa.array(rows)).cast(pa.large_string()).fill_null("")
    return np.asarray(texts.to_numpy(zero_copy_only=False), dtype=object)
