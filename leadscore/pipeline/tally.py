"""tally: scored batches -> what the summary and the manifest count."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from leadscore.fields import TRUE, UNKNOWN
from leadscore.pipeline.batch import Scored
from leadscore.pipeline.cells import AMBIGUOUS
from leadscore.pipeline.drift import Drift
from leadscore.pipeline.export import Batch
from leadscore.pipeline.portion import Portion

LISTED = 100_000
"""Unreadable cells listed one by one; beyond it they are only counted."""


@dataclass
class RuleTally:
    """What one rule did."""

    fired: int = 0
    """Leads it gave or took points."""
    unknown: int = 0
    points: int = 0
    """Hundredths, over all leads."""

    def merge(self, other: RuleTally) -> None:
        """Count what it did to other leads as well."""
        self.fired += other.fired
        self.unknown += other.unknown
        self.points += other.points


@dataclass
class SignTally:
    """What one sign of the screen did."""

    holds: int = 0
    unknown: int = 0

    def merge(self, other: SignTally) -> None:
        """Count other leads as well."""
        self.holds += other.holds
        self.unknown += other.unknown


@dataclass
class Tally:
    """Counts over all batches read so far."""

    leads: int = 0
    rules: dict[tuple[str, str], RuleTally] = field(default_factory=dict)
    """By segment, '' where there are none, and rule."""
    segments: Counter[str] = field(default_factory=Counter)
    """Leads of each segment."""
    signs: dict[str, SignTally] = field(default_factory=dict)
    unreadable: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(column, reason) -> cells."""
    cells: list[tuple[str, int, str, str]] = field(default_factory=list)
    """File ('' where there is but one), line, column, reason of the first LISTED unreadable cells."""
    drift: Drift = field(default_factory=Drift)
    """What later runs are compared with."""

    def add(self, scored: Scored, batch: Batch) -> None:
        """Count a batch and what scoring made of it."""
        self.leads += scored.leads.count
        self.drift.add(scored)
        for portion in scored.portions:
            self.segments[portion.segment] += len(portion.rows)
            self._add_rules(portion)
        for name, truths in scored.screened.truths.items() if scored.screened else ():
            sign = self.signs.setdefault(name, SignTally())
            sign.holds += int(np.count_nonzero(truths == TRUE))
            sign.unknown += int(np.count_nonzero(truths == UNKNOWN))
        listed: list[tuple[str, int, str, str]] = []
        for cells in scored.unreadable:
            self.unreadable[(cells.column, cells.reason)] += len(cells.rows)
            lines = batch.lines[cells.rows].tolist()
            listed += [(batch.file, line, cells.column, cells.reason) for line in lines]
        self.cells += sorted(listed)[: max(LISTED - len(self.cells), 0)]

    def merge(self, other: Tally) -> None:
        """Count the batches of another tally as well, made by the same model; the other stays as it is.

        The order of merging decides which unreadable cells are listed: the first LISTED. All else is the same
        in any order.
        """
        self.leads += other.leads
        for key, rule in other.rules.items():
            self.rules.setdefault(key, RuleTally()).merge(rule)
        self.segments.update(other.segments)
        for name, sign in other.signs.items():
            self.signs.setdefault(name, SignTally()).merge(sign)
        self.unreadable.update(other.unreadable)
        self.cells += other.cells[: max(LISTED - len(self.cells), 0)]
        self.drift.merge(other.drift)

    def _add_rules(self, portion: Portion) -> None:
        made = portion.contributions
        for line, points in zip(made.lines, made.points, strict=True):
            if line.kind == "rule":
                tally = self.rules.setdefault((portion.segment, line.name), RuleTally())
                tally.fired += int(np.count_nonzero(points))
                tally.points += int(points.sum())
                tally.unknown += int((~made.known[line.name]).sum())

    @property
    def ambiguous(self) -> list[tuple[str, int, str]]:
        """File, line and column of dates that have two readings and no declared format."""
        return [(file, line, column) for file, line, column, reason in self.cells if reason == AMBIGUOUS]
