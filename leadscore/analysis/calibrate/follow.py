"""follow: caps, floors and cuts that go with other points, so that they bind no more leads than before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from leadscore.analysis.calibrate.parts import Parts
from leadscore.analysis.calibrate.suggested import WHOLE, Suggested
from leadscore.analysis.evaluate.judged import Judged
from leadscore.measures.base import best_first
from leadscore.model.schema import Axis, Group, Model, ScoreConfig, Tier
from leadscore.model.tree import Path
from leadscore.points import LIMIT, Hundredths


@dataclass
class Follower:
    """What follows from other points, of the leads to learn from."""

    before: Judged
    opened: Judged
    """By the new points, without any cap or floor."""
    parts: Parts
    model: Model
    """With the new points, and in the end with all that follows."""
    values: dict[Path, int]
    """What has to be another number (hundredths)."""

    def points(self, judged: Judged, name: str) -> Hundredths:
        """Of the learning leads, what they have in a group, or as their score."""
        column: Hundredths = judged.collected.leads[name].to_numpy()[self.parts.learning].astype(np.int64)
        return column


def open_model(model: Model, suggested: Suggested) -> Model:
    """The model with other points and no caps and floors, to see what the points come to by themselves."""
    opened = suggested.put_into(model)
    free = {"cap": None, "floor": None}
    groups = {name: group.model_copy(update=free) for name, group in opened.groups.items()}
    nothing: dict[str, Any] = {
        "grade": None,
        "value": None,
        "scales": {},
        "heat": None,
        "best_of": None,
        "matrix": None,
    }
    return opened.model_copy(
        update={
            **nothing,
            "groups": groups,
            "score": opened.score.model_copy(update=free),
            "tiers": (Tier(name="all"),),
            "nurture": None,
            "rank_by": ("score",),
        }
    )


def follow_points(before: Judged, opened: Judged, parts: Parts, suggested: Suggested) -> dict[Path, int]:
    """The caps, floors and cuts that become others, by their path (hundredths).

    A cap or floor that would bind a learning lead that it did not bind before, or a rule of its own, or that
    nothing could reach any more, moves to the most or the least there can be. Cuts of tiers and grades move
    to the whole points that keep the share of the learning leads above them as nearly as can be.
    """
    follower = Follower(before, opened, parts, suggested.put_into(before.model), {})
    points = {name: _bound_group(follower, name) for name in follower.model.groups}
    score = _bound_score(follower, sum(points.values(), np.zeros(len(parts.learning), np.int64)))
    if before.model.matrix is None:
        _move_tiers(follower, score)
    grade = before.model.grade
    for key in ("rows", "columns") if grade else ():
        axis: Axis = getattr(grade, key)
        _move_letters(follower, ("grade", key, "cuts"), axis, points[axis.group])
    return follower.values


def _bound_group(follower: Follower, name: str) -> Hundredths:
    group, was = follower.model.groups[name], follower.before.model.groups[name]
    points = follower.points(follower.opened, name)
    old = follower.points(follower.before, name)
    above = _any_above_cap(group) and not _any_above_cap(was)
    moved = _move_bounds(group, group.sums(), was.sums(), points, old)
    if above and group.cap is not None:
        moved["cap"] = group.sums()[1]
    follower.values |= {("groups", name, key): bound for key, bound in moved.items()}
    group = group.model_copy(update=moved)
    follower.model = follower.model.model_copy(update={"groups": {**follower.model.groups, name: group}})
    return _within(points, group)


def _any_above_cap(group: Group) -> bool:
    return group.cap is not None and any(rule.bounds()[1] > group.cap for rule in group.rules)


def _bound_score(follower: Follower, total: Hundredths) -> Hundredths:
    score = follower.model.score
    old = follower.points(follower.before, "score")
    moved = _move_bounds(score, follower.model.sums(), follower.before.model.sums(), total, old)
    follower.values |= {("score", key): bound for key, bound in moved.items()}
    score = score.model_copy(update=moved)
    follower.model = follower.model.model_copy(update={"score": score})
    return _within(total, score)


def _move_bounds(
    bounds: Group | ScoreConfig,
    sums: tuple[int, int],
    were: tuple[int, int],
    new: Hundredths,
    old: Hundredths,
) -> dict[str, int]:
    """The cap and the floor that have to be others; where the sums have no end, that of the leads counts."""
    moved = {}
    least, most = sums
    if bounds.cap is not None:
        binds = bool(((new > bounds.cap) & (old < bounds.cap)).any())
        idle = bounds.cap > most and bounds.cap <= were[1]
        if binds or idle or bounds.cap <= least:
            moved["cap"] = most if most < LIMIT else _whole(int(new.max()), up=True)
    if bounds.floor is not None:
        binds = bool(((new < bounds.floor) & (old > bounds.floor)).any())
        idle = bounds.floor < least and bounds.floor >= were[0]
        if binds or idle or bounds.floor >= most:
            moved["floor"] = least if least > -LIMIT else _whole(int(new.min()), up=False)
    return moved


def _whole(hundredths: int, up: bool) -> int:
    return -(-hundredths // WHOLE) * WHOLE if up else hundredths // WHOLE * WHOLE


def _within(points: Hundredths, bounds: Group | ScoreConfig) -> Hundredths:
    points = points if bounds.floor is None else np.maximum(points, bounds.floor)
    return points if bounds.cap is None else np.minimum(points, bounds.cap)


def _move_tiers(follower: Follower, score: Hundredths) -> None:
    cuts = [tier.min_score for tier in follower.before.model.tiers]
    known = [cut for cut in cuts if cut is not None]
    old = follower.points(follower.before, "score")
    moved = iter(move_cuts(known, old, score, follower.model.bounds()))
    for place, cut in enumerate(cuts):
        new = None if cut is None else next(moved)
        if new is not None and new != cut:
            follower.values["tiers", place, "min_score"] = new


def _move_letters(follower: Follower, path: Path, axis: Axis, points: Hundredths) -> None:
    """The lowest letter takes whatever is left, so that its cut only has to stay below the others."""
    labels = best_first(axis.cuts)
    cuts = [axis.cuts[label] for label in labels]
    old = follower.points(follower.before, axis.group)
    moved = move_cuts(cuts[:-1], old, points, follower.model.groups[axis.group].bounds())
    last = min([cuts[-1], *(cut - WHOLE for cut in moved)])
    for label, cut, new in zip(labels, cuts, [*moved, last], strict=True):
        if new != cut:
            follower.values[*path, label] = new


def move_cuts(cuts: Sequence[int], old: Hundredths, new: Hundredths, bounds: tuple[int, int]) -> list[int]:
    """Falling cuts that as many of the new points reach as the old ones reached the old cuts.

    Of whole points that are equally near the cut as it was is taken, else the highest. Each is above the
    least there can be, and not above the most.
    """
    candidates = sorted({*_candidates(new), *cuts}, reverse=True)
    found: list[int] = []
    rising = np.sort(new)
    for cut in cuts:
        wanted = int((old >= cut).sum())
        above = found[-1] if found else bounds[1] + 1
        free = [each for each in candidates if bounds[0] < each < above]
        reached = len(rising) - np.searchsorted(rising, free, side="left")
        near = np.abs(reached - wanted)
        best = [each for each, far in zip(free, near.tolist(), strict=True) if far == near.min()]
        found.append(above - WHOLE if not best else cut if cut in best else best[0])
    return found


def _candidates(points: Hundredths) -> Iterator[int]:
    """Whole points at which leads part, and one that none of them reaches."""
    distinct = np.unique(points)
    yield from (distinct // WHOLE * WHOLE).tolist()
    yield int(distinct[-1]) // WHOLE * WHOLE + WHOLE
