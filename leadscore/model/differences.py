"""differences: what the models of a config's segments must have in common."""

from __future__ import annotations

from collections.abc import Iterator

from leadscore.model.check import taken_names
from leadscore.model.order import key_name
from leadscore.model.ranges import find_ranges
from leadscore.model.schema import Model
from leadscore.model.segments import SEGMENT_COLUMNS
from leadscore.model.tree import Fault, Path


def check_segments(model: Model) -> Iterator[Fault]:
    """Segments whose leads could not stand in one ranking, one table and one set of tier files."""
    first = model.models[0]
    for place, own in enumerate(model.models):
        path: Path = ("segments", place)
        yield from _check_tiers(path, own, model)
        yield from _check_maximum(path, own)
        yield from _check_fields(path, own, model)
        if _labels(own) != _labels(first):
            what = f"has other scales, heat, value, best_of or matrix columns than {model.segments[0].name}"
            hint = "every segment needs the same columns and labels; only points and cuts may differ"
            yield Fault(path, what, hint)
        if (own.grade is None) != (first.grade is None):
            has, others = ("no grade", "one") if own.grade is None else ("a grade", "none")
            what = f"has {has}, but {model.segments[0].name} has {others}"
            yield Fault(path, what, "give all segments a grade, or none")
        for group in own.groups:
            if group in taken_names(model):
                yield Fault(path, f"the group {group} has the name of an output column", "rename the group")
    yield from _check_columns(model)


def _check_columns(model: Model) -> Iterator[Fault]:
    """Names that would stand for two columns, or for one that not every lead has."""
    for name in model.measures:
        if name in SEGMENT_COLUMNS:
            what = f"{name} is a column of its own where there are segments"
            yield Fault(("segments",), what, "give the scale, or best_of, another name")
    for place, key in enumerate(model.rank_by):
        name = key_name(key)
        if name in set(model.group_names) - {*model.groups, *SEGMENT_COLUMNS}:
            what = f"{name} is a group that only some segments have"
            yield Fault(("rank_by", place), what, "rank by percent, score or what every segment has")
        elif name not in (*model.columns, *model.fields):
            what = f"{name} is a group or measure that no segment has"
            yield Fault(("rank_by", place), what, "rank by percent, score or what every segment has")


def _check_tiers(path: Path, own: Model, model: Model) -> Iterator[Fault]:
    names, wanted = ([tier.name for tier in each.tiers] for each in (own, model))
    if names != wanted:
        what = f"has the tiers {', '.join(names)}; those of the config are {', '.join(wanted)}"
        yield Fault(path, what, "keep names and order, and change only where they begin")


def _check_maximum(path: Path, own: Model) -> Iterator[Fault]:
    most = find_ranges(own)["score"].high
    if most is None:
        what = "its score has no maximum, so that its leads cannot be compared with those of other segments"
        yield Fault(path, what, "give the score, or the groups that have none, a cap")
    elif most <= 0:
        yield Fault(path, "its score is never above 0", "give its rules points")


def _check_fields(path: Path, own: Model, model: Model) -> Iterator[Fault]:
    """A field is one thing in a run: one column, read in one way."""
    for name, field in own.fields.items():
        shared = model.fields[name]
        if field.type != shared.type:
            what = f"reads {name} as {field.type}, which is read as {shared.type} elsewhere"
            yield Fault(path, what, f"set fields.{name}.type, and test it as that")
        elif field != shared:
            yield Fault(
                path, f"reads {name} otherwise than the config", f"set fields.{name} once, at the top"
            )


def _labels(model: Model) -> object:
    """Everything by which a measure's columns and their labels are known."""
    return (
        model.measures,
        # A percentile compares all leads of a file by one number.
        {
            name: (scale.to, scale.labels, scale.among_all and scale.of)
            for name, scale in model.scales.items()
        },
        model.heat.labels if model.heat else (),
        model.best_of,
    )
