"""lines: a batch scored by two configs -> the lines that differ, and add up to what the scores do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from leadscore.pipeline.portion import Portion, name_lines
from leadscore.points import Hundredths, Rows

Key = tuple[str, str, int]
"""Name and kind of a line, and its number among those of the same name and kind."""


@dataclass(frozen=True)
class Differences:
    """By how much each line of some leads is more in the second config; nothing of lines that agree."""

    sizes: Rows
    """How many lines of each lead differ."""
    lines: Rows
    """The place of each such line, lead by lead, among ``LineNames.keys``."""
    points: Hundredths
    """The difference, in hundredths, which is never 0."""

    def take(self, chosen: Rows) -> Differences:
        """Those of some of the leads, by their positions, in that order."""
        sizes = self.sizes[chosen]
        starts = (np.cumsum(self.sizes) - self.sizes)[chosen]
        before = np.cumsum(sizes) - sizes
        places = np.repeat(starts - before, sizes) + np.arange(sizes.sum())
        return Differences(sizes, self.lines[places], self.points[places])

    @property
    def leads(self) -> Rows:
        """The position of the lead each line is of."""
        return np.repeat(np.arange(len(self.sizes)), self.sizes)

    def sums(self) -> Hundredths:
        """The difference of each lead's score."""
        sums: Hundredths = np.zeros(len(self.sizes), np.int64)
        np.add.at(sums, self.leads, self.points)
        return sums


@dataclass
class LineNames:
    """The lines of two configs, each once, in the order of the first."""

    keys: list[Key] = field(default_factory=list)
    _places: dict[Key, int] = field(default_factory=dict)

    def place(self, key: Key) -> int:
        """Where the line stands; one not met before comes last."""
        if key not in self._places:
            self._places[key] = len(self.keys)
            self.keys.append(key)
        return self._places[key]


def subtract_lines(
    before: Sequence[Portion], after: Sequence[Portion], rows: Rows, names: LineNames
) -> Differences:
    """The lines that differ, of the leads at these positions of a batch. A line that one config, or a lead's
    segment, does not have gives 0 there."""
    taken = [_take(before, rows, names), _take(after, rows, names)]
    matrix = np.zeros((len(names.keys), len(rows)), np.int64)
    for sign, (places, points) in zip((-1, 1), taken, strict=True):
        matrix[places] += sign * points
    leads, lines = np.nonzero(matrix.T)
    return Differences(np.bincount(leads, minlength=len(rows)), lines, matrix[lines, leads])


def _take(
    portions: Sequence[Portion], rows: Rows, names: LineNames
) -> tuple[list[int], npt.NDArray[np.int64]]:
    """The places of all lines, and their points for some of the leads: ``[line, lead]``."""
    each = [name_lines(portion.contributions.lines) for portion in portions]
    places = list(dict.fromkeys(names.place(key) for keys in each for key in keys))
    points = np.zeros((len(places), len(rows)), np.int64)
    own = {place: number for number, place in enumerate(places)}
    where = np.full(sum(len(portion.rows) for portion in portions), -1)
    where[rows] = np.arange(len(rows))
    for portion, keys in zip(portions, each, strict=True):
        columns = where[portion.rows]
        chosen = np.flatnonzero(columns >= 0)
        lines = np.array([own[names.place(key)] for key in keys])
        points[np.ix_(lines, columns[chosen])] = portion.contributions.points[:, chosen]
    return places, points


def chain_differences(parts: Sequence[Differences]) -> Differences:
    """Those of several batches, one after the other."""
    nothing = np.zeros(0, np.int64)
    return Differences(
        np.concatenate([nothing, *(part.sizes for part in parts)]),
        np.concatenate([nothing, *(part.lines for part in parts)]),
        np.concatenate([nothing, *(part.points for part in parts)]),
    )


def find_largest(differences: Differences, signs: Rows, names: LineNames) -> Rows:
    """The line of each lead that gives or takes most in the direction of its sign; -1 where there is none.

    Of equal ones the first by name, so that the answer is the same whichever config comes first.
    """
    by_name = np.argsort(
        np.array(sorted(range(len(names.keys)), key=lambda place: names.keys[place]), np.int64)
    )
    leads = differences.leads
    wanted = np.flatnonzero(np.sign(differences.points) == signs[leads])
    lines, points = differences.lines[wanted], differences.points[wanted]
    order = np.lexsort((by_name[lines], -np.abs(points), leads[wanted]))
    owners = leads[wanted][order]
    first = np.flatnonzero(np.diff(owners, prepend=-1))
    largest = np.full(len(signs), -1)
    largest[owners[first]] = lines[order][first]
    return largest
