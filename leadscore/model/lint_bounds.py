"""lint_bounds: doubts about what points can come to: tiers and grades nobody gets, floors and caps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from leadscore.measures.base import best_first
from leadscore.model.schema import Axis, Model
from leadscore.model.subject import Subject
from leadscore.model.sums import Totals, totals_of_group, totals_of_score
from leadscore.model.tree import Fault, Path
from leadscore.points import format_points

_LEAST = 100
"""Leads from which on an empty tier is no accident."""


def tier_out_of_reach(subject: Subject) -> Iterator[Fault]:
    """No sum of the rules' points falls into a tier, though some are above it and some below.

    With one rule of 10 points and one of 40 nobody has from 20 to 39. A tier above all that a lead can score,
    or below, is a fault: such a config is refused.
    """
    totals, above = totals_of_score(subject.model), None
    for place, tier in enumerate(subject.model.tiers if totals else ()):
        if tier.min_score is not None and not _any_within(totals, tier.min_score, above):
            what = f"no lead can be in it: no sum of points is from {format_points(tier.min_score)}"
            up_to = "" if above is None else f" to less than {format_points(above)}"
            yield Fault(("tiers", place, "min_score"), what + up_to, "change the cuts, or the points")
        above = tier.min_score


def _any_within(totals: Totals | None, low: int | None, below: int | None) -> bool:
    """Whether some sum is from one cut to below the next; any may be where they are not known."""
    return totals is None or any(
        (low is None or total >= low) and (below is None or total < below) for total in totals
    )


def tier_stays_empty(subject: Subject) -> Iterator[Fault]:
    """Leads could be in a tier by the config, and none of the export is. Looked at from 100 leads on."""
    leads = sum(subject.facts.tiers.values())
    for place, tier in enumerate(subject.model.tiers):
        if leads >= _LEAST and not subject.facts.tiers.get(tier.name):
            what = f"no lead of the export is in {tier.name} (0 of {leads:,})"
            yield Fault(("tiers", place), what, "change the cuts, or the points")


def grade_cut_out_of_reach(subject: Subject) -> Iterator[Fault]:
    """A letter of the grade can never be given.

    Its cut, or the next one, is beyond what the group gives, or no sum of its rules' points is between them.
    """
    for path, axis in _axes(subject.model):
        group = subject.model.groups[axis.group]
        least, most = group.bounds()
        given = _letters(axis, least, most, totals_of_group(group))
        for label in (label for label in axis.cuts if label not in given):
            reach = f"{format_points(least)} to {format_points(most)} points"
            within = ", but nothing in between" if label in _letters(axis, least, most, None) else ""
            what = f"is never given: {axis.group} gives {reach}{within}"
            yield Fault((*path, "cuts", label), what, "change the cuts")


def grade_cell_out_of_reach(subject: Subject) -> Iterator[Fault]:
    """Two letters of a grade that can each be given never come together, so a cell of it stays empty.

    That is so where both letters are cut from one group: a lead with many points has the good letter of both.
    """
    grade = subject.model.grade
    if grade is None or grade.rows.group != grade.columns.group:
        return
    group = subject.model.groups[grade.rows.group]
    totals = totals_of_group(group)
    rows, columns = (_letters(axis, *group.bounds(), totals) for axis in (grade.rows, grade.columns))
    empty = [
        f"{row}{column}"
        for row, (low, high) in rows.items()
        for column, (other_low, other_high) in columns.items()
        if max(low, other_low) > min(high, other_high)
        or not _any_within(totals, max(low, other_low), min(high, other_high) + 1)
    ]
    if empty:
        what = f"{', '.join(empty)} can never be given: both letters are cut from {grade.rows.group}"
        yield Fault(("grade",), what, "cut the two letters from different groups")


def _axes(model: Model) -> Iterator[tuple[Path, Axis]]:
    if model.grade is not None:
        yield ("grade", "rows"), model.grade.rows
        yield ("grade", "columns"), model.grade.columns


def _letters(axis: Axis, least: int, most: int, totals: Totals | None) -> Mapping[str, tuple[int, int]]:
    """Letter -> the least and the most points it is given for; only those that can be given."""
    found, above = {}, most + 1
    labels = best_first(axis.cuts)
    for label in labels:
        # The lowest letter takes whatever is left.
        low = least if label == labels[-1] else max(axis.cuts[label], least)
        if low < above and _any_within(totals, low, above):
            found[label] = (low, above - 1)
        above = min(above, axis.cuts[label])
    return found


def idle_bound(subject: Subject) -> Iterator[Fault]:
    """A cap above all that can be earned, or a floor below all that can be lost, changes no score.

    Often the points were changed and the cap was not.
    """
    for path, floor, cap, (least, most) in _bounds(subject.model):
        if cap is not None and cap > most:
            what = f"is never reached: the points add up to at most {format_points(most)}"
            yield Fault((*path, "cap"), what, "lower or remove it")
        if floor is not None and floor < least:
            what = f"is never reached: the points add up to at least {format_points(least)}"
            yield Fault((*path, "floor"), what, "raise or remove it")


def bound_always_binds(subject: Subject) -> Iterator[Fault]:
    """Every lead has exactly the cap, or exactly the floor, so the rules below it tell nobody from anybody.

    By the config, where the points are never less than the cap or never more than the floor, or in the
    export, where the line of the cap or floor changes the points of every lead.
    """
    for path, floor, cap, (least, most) in _bounds(subject.model):
        for key, bound, always in (
            ("cap", cap, cap is not None and least >= cap),
            ("floor", floor, floor is not None and most <= floor),
        ):
            seen = subject.facts.bounds.get(f"{path[-1]}: {key}")
            if bound is not None and (always or (seen and 0 < seen.leads == seen.some)):
                by = "whatever the rules give" if always or not seen else f"all {seen.leads:,} of the export"
                what = f"holds every lead at {format_points(bound)}: {by}"
                yield Fault((*path, key), what, "change it, or the points")


def _bounds(model: Model) -> Iterator[tuple[Path, int | None, int | None, tuple[int, int]]]:
    for name, group in model.groups.items():
        yield ("groups", name), group.floor, group.cap, group.sums()
    yield ("score",), model.score.floor, model.score.cap, model.sums()


def rule_above_cap(subject: Subject) -> Iterator[Fault]:
    """One rule alone gives more points than its group may have, so part of them can never count."""
    for path, rule in subject.rules():
        cap, (_, most) = subject.model.groups[str(path[1])].cap, rule.bounds()
        if cap is not None and most > cap:
            what = f"alone gives up to {format_points(most)} points, more than its group's cap"
            yield Fault(path, what, "raise the cap, or give fewer points", (*path[:2], "cap"))
