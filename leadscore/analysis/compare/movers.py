"""movers: where leads stand in two configs -> who has moved, and by which line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from leadscore.analysis.compare.lines import Differences, LineNames, find_largest
from leadscore.analysis.compare.moves import Moves
from leadscore.points import Flags, Hundredths, Rows

CHANGES = ("entered", "up", "down", "left", "renamed")
"""Into the ranking; to a better tier, to a worse one; out of the ranking; between tiers that the two configs
do not both have, or not in the same order."""
_ENTERED, _UP, _DOWN, _LEFT, _RENAMED = range(len(CHANGES))
TIERS, SEGMENT = "tiers", "segment"
"""What leads are moved by that is no line: where tiers begin, another segment."""


@dataclass(frozen=True)
class Standings:
    """Where every lead of the export stands in one config."""

    tiers: tuple[str, ...]
    """Of this config."""
    places: Rows
    """Of each lead's tier among the tiers of all configs, or beyond them."""
    scores: Hundredths
    ranks: Rows
    """From 1 for the best; 0 for who is not ranked."""
    ties: Rows
    """The same, but leads that are equal in all they are ranked by share a place."""


@dataclass(frozen=True)
class Movers:
    """The leads that stand elsewhere, best first, and those that left the ranking at the end."""

    rows: Rows
    """Their positions in the export."""
    changes: Rows
    """Places in CHANGES."""
    causes: Rows
    """What has moved each most, as a place in ``names``."""
    names: tuple[str, ...]
    lines: LineNames
    differences: Differences
    """Every line that differs; those of a lead add up to the difference of its score."""

    def counts(self) -> dict[str, int]:
        """How many leads each change has."""
        numbers = np.bincount(self.changes, minlength=len(CHANGES)).tolist()
        return dict(zip(CHANGES, numbers, strict=True))

    def by_cause(self) -> list[tuple[str, dict[str, int]]]:
        """How many leads each line or other cause has moved, and which way; most first."""
        table = np.zeros((len(self.names), len(CHANGES)), np.int64)
        np.add.at(table, (self.causes, self.changes), 1)
        order = sorted(
            range(len(self.names)), key=lambda place: (-int(table[place].sum()), self.names[place])
        )
        return [
            (self.names[place], dict(zip(CHANGES, table[place].tolist(), strict=True)))
            for place in order
            if table[place].any()
        ]


def find_movers(
    moves: Moves, before: Standings, after: Standings, tiers: Sequence[str], trusted: Flags
) -> Movers:
    """Who stands elsewhere in the second config, among the leads that can be trusted."""
    rows = np.concatenate(moves.rows)
    out, segment = np.concatenate(moves.out), np.concatenate(moves.segment)
    kept = np.flatnonzero(trusted[rows])
    kept = kept[_best_first(rows[kept], before, after)]
    rows, differences = rows[kept], moves.differences().take(kept)
    changes = find_changes(before, after, tiers)[before.places[rows], after.places[rows]]
    causes, names = _find_causes(differences, moves, changes, out[kept], segment[kept])
    return Movers(rows, changes, causes, names, moves.names, differences)


def count_changes(
    before: Standings, after: Standings, tiers: Sequence[str], trusted: Flags
) -> dict[str, int]:
    """How many leads each change has."""
    table = find_changes(before, after, tiers)
    changes = table[before.places[trusted], after.places[trusted]]
    numbers = np.bincount(changes[changes >= 0], minlength=len(CHANGES)).tolist()
    return dict(zip(CHANGES, numbers, strict=True))


def _best_first(rows: Rows, before: Standings, after: Standings) -> Rows:
    """By the rank they have now; those without one after them, by the rank they had."""
    now, was = after.ranks[rows], before.ranks[rows]
    return np.lexsort((was, now, now == 0))


def find_changes(before: Standings, after: Standings, tiers: Sequence[str]) -> npt.NDArray[np.int64]:
    """The change of a lead by where it stood and where it stands; -1 for none.

    Tiers are the same where they have the same name, and one is better than the other where both configs
    list it first.
    """
    count = len(tiers)
    table = np.full((count + 2, count + 2), -1)  # beyond the tiers: disqualified, screened
    table[count:, :count], table[:count, count:] = _ENTERED, _LEFT
    for was, first in enumerate(tiers):
        for now, second in enumerate(tiers):
            if was != now:
                table[was, now] = _direction(first, second, before.tiers, after.tiers)
    return table


def _direction(was: str, now: str, before: Sequence[str], after: Sequence[str]) -> int:
    if not {was, now} <= set(before) & set(after):
        return _RENAMED
    up = {tiers.index(now) < tiers.index(was) for tiers in (before, after)}
    return _RENAMED if len(up) > 1 else _UP if up == {True} else _DOWN


def _find_causes(
    differences: Differences, moves: Moves, changes: Rows, out: Rows, segment: Rows
) -> tuple[Rows, tuple[str, ...]]:
    """What took a lead out of the ranking or lets it in; another segment; the largest line, where the score
    went the way of the tier; else where the tiers begin."""
    names = [name for name, _, _ in moves.names.keys]
    names += [
        TIERS,
        SEGMENT,
        *(name if name == "screen" else f"disqualify: {name}" for name in moves.reasons),
    ]
    lines = len(moves.names.keys)
    signs = np.sign(differences.sums())
    agrees = np.select([changes == _UP, changes == _DOWN], [signs > 0, signs < 0], True)
    largest = find_largest(differences, np.where(agrees, signs, 0), moves.names)
    causes = np.where(largest >= 0, largest, lines)
    causes = np.where(segment == 1, lines + 1, causes)
    causes = np.where(out >= 0, lines + 2 + out, causes)
    return causes, tuple(names)
