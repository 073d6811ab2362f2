"""ranges: the least and the most every number of a model can be, and measures that cannot do with theirs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from leadscore.measures import Range
from leadscore.model.check import CHANCE, KEPT_COLUMNS, WHOLE_COLUMNS, list_columns
from leadscore.model.order import key_name
from leadscore.model.schema import Group, Model
from leadscore.model.tree import Fault, Path
from leadscore.part import nearest
from leadscore.points import LIMIT, format_points

_ALWAYS = ("grade", "reasons", "disqualified_by")
_COLUMNS = ("product", "expected_value", "heat", "heat_colour")


def find_ranges(model: Model) -> dict[str, Range]:
    """What measures can be made of: the score, groups, the expected value and scales in numbers."""
    groups = {name: _of_group(group) for name, group in model.groups.items()}
    scales = {name: scale.range for name, scale in model.scales.items()}
    return {
        "score": _held(groups.values(), model.bounds(), model.score.floor, model.score.cap),
        **groups,
        **({"expected_value": Range()} if model.value else {}),
        **{name: held for name, held in scales.items() if held is not None},
    }


def _of_group(group: Group) -> Range:
    each = [rule.bounds() for rule in group.rules]
    ends = [Range(low if low > -LIMIT else None, high if high < LIMIT else None) for low, high in each]
    return _held(ends, group.bounds(), group.floor, group.cap)


def _held(parts: Iterable[Range], bounds: tuple[int, int], floor: int | None, cap: int | None) -> Range:
    """A sum has an end where all its parts have one, or where a floor or a cap gives it one."""
    parts = list(parts)
    low = floor is not None or all(part.low is not None for part in parts)
    high = cap is not None or all(part.high is not None for part in parts)
    return Range(bounds[0] if low else None, bounds[1] if high else None)


def check_measures(model: Model) -> Iterator[Fault]:
    """Measures of what is not there or has no range, and columns of the same name."""
    ranges = find_ranges(model)
    numbers = {name: held for name, held in ranges.items() if name not in model.scales}
    for name, scale in model.scales.items():
        yield from _check_axis(("scales", name, "of"), scale.of, numbers, scale.needs_range)
    for name in model.heat.weights if model.heat else ():
        yield from _check_axis(("heat", "weights", name), name, ranges)
    yield from _check_matrix(model, ranges)
    yield from _check_names(model)


def _check_axis(path: Path, name: str, ranges: Mapping[str, Range], needs: bool = True) -> Iterator[Fault]:
    if name not in ranges:
        meant = nearest(name, ranges)
        hint = f"did you mean {meant}?" if meant else f"write one of {', '.join(ranges)}"
        yield Fault(path, f"there is no group, score or number called {name}", hint)
        return
    held = ranges[name]
    if needs and (held.low is None or held.high is None):
        end, bound = ("maximum", "cap") if held.high is None else ("minimum", "floor")
        where = "score" if name == "score" else f"groups.{name}"
        hint = f"give {where} a {bound}, or the rules that have none"
        if name == "expected_value":
            hint = "cut it by: points"
        yield Fault(path, f"{name} has no {end}, so nothing says how far up a lead is", hint)
    elif needs and held.low == held.high:
        yield Fault(path, f"{name} is the same for every lead", "give its rules points")


def check_reachable(model: Model) -> Iterator[Fault]:
    """Tiers no lead can be in, of any segment: cut above all it can score, or below what all have.

    The most and the least a lead can score are those of models.md E18; without an end every tier is in reach.
    """
    if model.segments and model.models == (model,):
        return  # the models of its segments are not known, and it scores nobody itself
    each = [dict(_out_of_reach(own, *model.bounds())) for own in model.models]
    for place, fault in each[0].items():
        if all(place in faults for faults in each):
            yield fault


def _out_of_reach(model: Model, least: int, most: int) -> Iterator[tuple[int, Fault]]:
    """The place of each such tier, and what is wrong with it. Tiers of a matrix have no cuts.

    ``least`` and ``most`` (hundredths) are those of all segments.
    """
    held, above = find_ranges(model)["score"], None
    for place, tier in enumerate(model.tiers):
        if tier.min_score is not None and held.high is not None and tier.min_score > held.high:
            what = f"no lead can be in it: the most a lead can score is {format_points(most)}"
            hint = "lower min_score, or raise the points"
            yield place, Fault(("tiers", place, "min_score"), what, hint)
        elif above is not None and held.low is not None and above <= held.low:
            what = f"no lead can be in it: the least a lead can score is {format_points(least)}"
            hint = "raise the min_score of the tier above, or remove this tier"
            yield place, Fault(("tiers", place, "name"), what, hint, ("tiers", place - 1, "min_score"))
        above = tier.min_score


def _check_matrix(model: Model, ranges: Mapping[str, Range]) -> Iterator[Fault]:
    if model.matrix is None:
        for place, tier in enumerate(model.tiers):
            if tier.high is not None:
                hint = "add for example matrix: {pain: 6, fit: 6}, or write min_score"
                yield Fault(("tiers", place, "high"), "there is no matrix", hint)
        return
    if len(model.matrix) != 2:
        yield Fault(("matrix",), "does not have two axes", "write for example {pain: 6, fit: 6}")
    for axis in model.matrix:
        faults = list(_check_axis(("matrix", axis), axis, ranges))
        yield from faults
        if not faults and ranges[axis].ends[1] > LIMIT:
            yield Fault(("matrix", axis), f"{axis} goes beyond {LIMIT // 100:,} points", "give it a cap")
        elif not faults and ranges[axis].ends[0] < 0:
            what = f"{axis} can be below 0, and two axes below 0 would multiply to a good product"
            yield Fault(("matrix", axis), what, "give it floor: 0, or put it on a scale from 1 to 10")
    yield from _check_cells(model, tuple(model.matrix))


def _check_cells(model: Model, axes: tuple[str, ...]) -> Iterator[Fault]:
    first: dict[frozenset[str], int] = {}
    for place, tier in enumerate(model.tiers):
        path: Path = ("tiers", place)
        cell = frozenset(tier.high or ())
        unknown = sorted(cell - set(axes))
        if tier.min_score is not None:
            yield Fault((*path, "min_score"), "the matrix says who is in a tier", "remove it, or the matrix")
        elif unknown:
            what = f"{unknown[0]} is no axis of the matrix"
            yield Fault((*path, "high"), what, f"axes are {', '.join(axes)}")
        elif first.setdefault(cell, place) != place:
            yield Fault(path, "is the same cell as another tier", "change high", ("tiers", first[cell]))
    if len(axes) == 2 and len(model.tiers) != 4:
        hint = f"high: [{', '.join(axes)}], high: [{axes[0]}], high: [{axes[1]}], and one without"
        yield Fault(("tiers",), "a matrix has four cells, and each is a tier", hint)


def _check_names(model: Model) -> Iterator[Fault]:
    """Each column of the result has a name of its own, and each key to rank by one meaning."""
    best = model.best_of.columns if model.best_of else ()
    taken = {*model.columns[:3], *model.groups, *_COLUMNS, *best, *_ALWAYS}
    taken |= {*list_columns(model), *WHOLE_COLUMNS, *KEPT_COLUMNS, CHANCE}
    for name in model.scales:
        if name in taken:
            yield Fault(("scales", name), "another column has this name", "give the scale another name")
    for place, key in enumerate(model.rank_by):
        name = key_name(key)
        if name != "score" and name in model.columns and name in model.fields:
            what = "is a column of the result, and a field as well"
            yield Fault(("rank_by", place), what, "give the field another name, with from")
