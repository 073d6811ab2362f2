"""lint_measures: doubts about scales, heat, the matrix and the expected value."""

from __future__ import annotations

from collections.abc import Iterator

from leadscore.measures.base import best_first
from leadscore.model.order import key_name
from leadscore.model.ranges import find_ranges
from leadscore.model.subject import Subject
from leadscore.model.tree import Fault


def scale_cut_out_of_reach(subject: Subject) -> Iterator[Fault]:
    """A label of a scale that is cut by points can never be given: its cut, or the next, is out of reach."""
    ranges = find_ranges(subject.model)
    for name, scale in subject.model.scales.items():
        held, cuts = ranges[scale.of], scale.cuts if scale.by == "points" else None
        labels = best_first(cuts or {})
        for place, label in enumerate(labels):
            cut, above = (cuts or {})[label], (cuts or {})[labels[place - 1]] if place else None
            too_high = held.high is not None and cut > held.high and place < len(labels) - 1
            if too_high or (above is not None and held.low is not None and above <= held.low):
                what = f"is never given: {scale.of} is {held.describe()}"
                yield Fault(("scales", name, "cuts", label), what, "change the cuts")


def matrix_cut_out_of_reach(subject: Subject) -> Iterator[Fault]:
    """An axis of the matrix is on one side of its cut for every lead, so two of the cells stay empty."""
    ranges = find_ranges(subject.model)
    for axis, cut in (subject.model.matrix or {}).items():
        low, high = ranges[axis].ends
        if not low < cut <= high:
            side = "low" if cut > high else "high"
            what = f"every lead is {side}: {axis} is {ranges[axis].describe()}"
            yield Fault(("matrix", axis), what, "change the cut")


def segments_mixed(subject: Subject) -> Iterator[Fault]:
    """Leads of different segments are ranked by points of different models.

    30 of 50 points are more than 45 of 100: `rank_by: [percent]` compares leads by their share of the most
    their own model gives.
    """
    model = subject.model
    by = next((key_name(key) for key in model.rank_by if key_name(key) != "tier"), "tier")
    if model.segments and by in ("score", *model.group_names):
        what = f"ranks leads of different segments by {by}, and their models give points of their own"
        yield Fault(("rank_by",), what, "write rank_by: [percent]")


def matrix_tiers_mixed(subject: Subject) -> Iterator[Fault]:
    """With a matrix the score does not follow the tiers, so a ranking by score mixes them.

    `rank_by: [tier, product]` keeps each cell together and ranks inside it.
    """
    model = subject.model
    if model.matrix and key_name(model.rank_by[0]) != "tier":
        yield Fault(("matrix",), "the ranked file mixes its tiers", "write rank_by: [tier, product]")
