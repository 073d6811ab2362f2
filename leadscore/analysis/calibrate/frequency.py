"""frequency: how many of the won leads have what a rule looks for -> points from 1 to m; models.md E16."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from leadscore.analysis.calibrate.parts import Parts
from leadscore.analysis.calibrate.pulls import Handle, handles_of
from leadscore.analysis.calibrate.suggested import WHOLE, Row, Suggested, name_lever, name_some, put_points
from leadscore.analysis.evaluate.judged import Judged
from leadscore.analysis.statistics import Z95, Estimate
from leadscore.points import Flags, Rows, round_half_away
from leadscore.rules import Lever

SEPARATES_NOTHING, MORE_LOST = "separates nothing", "more of the lost"
WARNINGS = {
    SEPARATES_NOTHING: "the lift may as well be 1, so that this separates nothing",
    MORE_LOST: "more of the lost leads have it than of the won, and it earns points all the same",
}
_FIVE = 5


def suggest_by_frequency(judged: Judged, parts: Parts, most: int) -> Suggested:
    """Points of 1 to ``most`` for each lever by the share of won learning leads that pulled it.

    Rules with negative points, and those that give points by a number, are left as they are.
    """
    points: dict[str, dict[Lever, int]] = {}
    rows, left = [], []
    won = judged.flags(parts.learning)
    handles = handles_of(judged.model)
    for handle in handles:
        why = _why_left(handle)
        if why:
            left.append(f"{handle.rule.name} ({why})")
            continue
        pulled = _pulled(judged, handle, parts.learning)
        for place, lever in enumerate(handle.levers):
            row = _row(handle, lever, pulled == place, won, most)
            rows.append(row)
            points.setdefault(handle.rule.name, {})[lever] = row.after
    rules, values = put_points(judged.model, handles, points)
    told = [f"left as they are: {name_some(left)}"] if left else []
    for note, warning in WARNINGS.items():
        found = [" ".join(filter(None, (row.rule, row.lever))) for row in rows if row.note == note]
        if found:
            told.append(f"{warning}: {name_some(found)}")
    return Suggested(rules, values, rows, told=told)


def _why_left(handle: Handle) -> str:
    if any(lever.points < 0 for lever in handle.levers):
        return "it has negative points"
    return "it gives points by a number" if any(lever.each for lever in handle.levers) else ""


def _pulled(judged: Judged, handle: Handle, rows: Rows) -> Rows:
    codes: Rows = judged.collected.leads[handle.codes].to_numpy()[rows].astype(np.int64)
    return codes


def _row(handle: Handle, lever: Lever, have: Flags, outcomes: Flags, most: int) -> Row:
    won, lost = int((have & outcomes).sum()), int((have & ~outcomes).sum())
    all_won, all_lost = int(outcomes.sum()), int((~outcomes).sum())
    points = frequency_points(won, all_won, most) if lever.points else 0
    lift = find_lift(won, all_won, lost, all_lost)
    return Row(
        handle.rule.name,
        name_lever(lever),
        lever.points,
        points * WHOLE,
        won + lost,
        won / all_won,
        lift,
        influence=influence(points, most) if points else "",
        note=_note(lift, won, lost) if points else "",
    )


def _note(lift: Estimate | None, won: int, lost: int) -> str:
    if lift is None:
        return "no won lead has it" if not won else "no lost lead has it"
    if lift.high < 1:
        return MORE_LOST
    return SEPARATES_NOTHING if lift.low <= 1 else ""


def frequency_points(won: int, all_won: int, most: int) -> int:
    """p = clip(half up(r m), 1, m), where r is the share of the won leads."""
    return min(max(round_half_away(Fraction(won * most, all_won)), 1), most)


def influence(points: int, most: int) -> str:
    """Of five points 1 and 2 are small, 3 is medium, 4 and 5 are large; of others a third each."""
    small, medium = (2, 3) if most == _FIVE else (most / 3, most * 2 / 3)
    return "small" if points <= small else "medium" if points <= medium else "large"


def find_lift(won: int, all_won: int, lost: int, all_lost: int) -> Estimate | None:
    """The share of the won leads by that of the lost ones, with Katz's log interval (1978).

    ln(lift) -+ z sqrt(1/w - 1/W + 1/l - 1/L). None where one of the two has nobody.
    """
    if not (won and lost):
        return None
    lift = won / all_won / (lost / all_lost)
    half = Z95 * math.sqrt(1 / won - 1 / all_won + 1 / lost - 1 / all_lost)
    return Estimate(lift, lift * math.exp(-half), lift * math.exp(half))
