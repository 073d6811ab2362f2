"""cuts: the figures of every place where a tier could begin, and how to choose one; models.md E20."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from leadscore.analysis.statistics import Levels
from leadscore.points import Flags, Rows

SHOWN = 20
KEPT = 200


@dataclass(frozen=True)
class Cut:
    """What is so of the leads whose outcome is known, if a tier begins at this score."""

    score: int
    """Hundredths: the lowest score that reaches it."""
    passed: int
    won: int
    share: float
    """Of the leads, those that reach it."""
    precision: float
    """Won among those that reach it."""
    recall: float
    """Those that reach it among the won."""
    f1: float
    """2 precision recall / (precision + recall)."""
    youden: float
    """J = recall - share of the lost that reach it (Youden 1950)."""
    missed: int
    """Won leads below it."""


@dataclass(frozen=True)
class Cuts:
    """Every distinct score as a cut, the highest first: arrays of one length."""

    levels: Levels
    passed: Rows
    won: Rows

    def at(self, place: int) -> Cut:
        """The figures of one."""
        passed, won = int(self.passed[place]), int(self.won[place])
        leads, all_won = int(self.passed[-1]), int(self.won[-1])
        precision, recall = won / passed, won / all_won
        lost = leads - all_won
        return Cut(
            int(self.levels.scores[place]),
            passed,
            won,
            passed / leads,
            precision,
            recall,
            2 * won / (passed + all_won),
            recall - (passed - won) / lost,
            all_won - won,
        )

    def best_youden(self) -> int:
        """The place with the largest J; of several the highest score."""
        won, lost = self.won / self.won[-1], (self.passed - self.won) / (self.passed - self.won)[-1]
        return int(np.argmax(np.round(won - lost, 12)))

    def best_precision(self, recall: float) -> int:
        """The place with the highest precision of those that keep so much recall; of several the lowest."""
        enough = self.won >= recall * self.won[-1] * (1 - 1e-12)
        precision = np.where(enough, self.won / self.passed, -1.0)
        return len(precision) - 1 - int(np.argmax(precision[::-1]))

    def few(self, scores: Iterable[int], most: int) -> list[int]:
        """Places to show: those of these scores, the best, and others spread evenly over the leads."""
        wanted = {self.best_youden(), *(self.place_of(score) for score in scores)}
        spread = np.linspace(0, self.passed[-1], most + 1)[1:]
        for place in np.searchsorted(self.passed, spread).tolist():
            if len(wanted) < most:
                wanted.add(min(place, len(self.passed) - 1))
        return sorted(wanted)

    def place_of(self, score: int) -> int:
        """The place of the lowest score that reaches a cut; the highest score where none does."""
        return max(int(np.searchsorted(-self.levels.scores, -score, side="right")) - 1, 0)


def find_cuts(levels: Levels) -> Cuts:
    """The cuts of leads by distinct score, of whom some were won and some lost."""
    return Cuts(levels, np.cumsum(levels.leads), np.cumsum(levels.won))


def fitting(scores: Rows, most: float) -> int | None:
    """The lowest score (hundredths) that no more than so many leads reach; None where even the highest is
    reached by more."""
    distinct, leads = np.unique(scores, return_counts=True)
    within = np.cumsum(leads[::-1]) <= most
    return int(distinct[::-1][within][-1]) if within.any() else None


def shortest_between(above: int | None, score: int) -> int:
    """The roundest cut (hundredths) that is above one score and that another still reaches."""
    for step in (10_00, 5_00, 1_00, 50, 10):
        rounded = score // step * step
        if above is None or rounded > above:
            return rounded
    return score


def tiers_at(scores: Rows, cuts: Sequence[int | None]) -> Rows:
    """The place of each lead's tier, for cuts from the highest to None, which all others reach."""
    bounds = [cut for cut in cuts if cut is not None]
    passed: Flags = np.array([scores >= cut for cut in bounds]).reshape(len(bounds), len(scores))
    places: Rows = len(bounds) - passed.sum(axis=0)
    return places
