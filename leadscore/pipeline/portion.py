"""portion: the leads of a batch that one model scores: all of them, or those of one segment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadscore.fields import TRUE, Leads
from leadscore.model.schema import Model
from leadscore.pipeline.coded import Column, chain, encode, no_numbers, take_rows
from leadscore.pipeline.combine import Contributions, Line, add_up
from leadscore.pipeline.measure import measure_leads, to_column
from leadscore.pipeline.reason import name_reasons
from leadscore.pipeline.score import award_points
from leadscore.pipeline.tier import assign_grades
from leadscore.points import Flags, Hundredths, Rows, divide


@dataclass(frozen=True)
class Portion:
    """Some leads of a batch, scored; ``rows`` are their positions in it."""

    segment: str
    """Empty where the config has no segments."""
    model: Model
    rows: Rows
    contributions: Contributions
    columns: dict[str, Column]
    """What scoring adds to the leads of the portion; points in whole hundredths."""

    @property
    def comparable(self) -> Hundredths:
        """What leads' own scores are compared by: points, or with segments percent of the most there are."""
        own = self.contributions.own
        return _percent(own, self.model.own_bounds()[1]) if self.segment else own


def score_portions(leads: Leads, model: Model) -> tuple[Portion, ...]:
    """Every lead scored by the model of its segment. Each segment is there, even without leads."""
    if not model.segments:
        return (_score(leads, model, "", np.arange(leads.count)),)
    places = find_segments(leads, model)
    return tuple(
        _score(leads.take(rows), own, segment.name, rows)
        for place, (segment, own) in enumerate(zip(model.segments, model.models, strict=True))
        for rows in (np.flatnonzero(places == place),)
    )


def find_segments(leads: Leads, model: Model) -> npt.NDArray[np.intp]:
    """The position of each lead's segment: the first whose criteria hold. Unknown does not hold."""
    places = np.full(leads.count, len(model.segments) - 1)
    for place, segment in reversed(list(enumerate(model.segments))):
        if segment.when is not None:
            places = np.where(segment.when.hold(leads) == TRUE, place, places)
    return places


def by_model(leads: pd.DataFrame, model: Model) -> Iterator[tuple[Model, Flags]]:
    """Each model, and which of the scored leads are its own."""
    if not model.segments:
        yield model, np.ones(len(leads), dtype=bool)
    for segment, own in zip(model.segments, model.models, strict=False):
        yield own, (leads["segment"] == segment.name).to_numpy()


def _score(leads: Leads, model: Model, segment: str, rows: Rows) -> Portion:
    contributions = add_up(leads, model, award_points(leads, model))
    measured = measure_leads(leads, model, contributions)
    columns: dict[str, Column] = {"score": contributions.score}
    columns["tier"] = encode([tier.name for tier in model.tiers], measured.tiers)
    if segment:
        columns["segment"] = encode([segment], np.zeros(leads.count))
        columns["percent"] = _percent(contributions.score, model.bounds()[1])
    columns |= contributions.groups
    columns |= {name: to_column(column) for name, column in measured.columns.items()}
    grades = assign_grades(contributions, model)
    if grades is not None:
        columns["grade"] = grades
    columns |= name_reasons(contributions, model.output.reasons)
    columns["coverage"] = contributions.coverage
    return Portion(segment, model, rows, contributions, columns)


def _percent(scores: Hundredths, most: int) -> Hundredths:
    """models.md E9: leads of two models are compared by their share of the most each can give."""
    return divide(scores * 100_00, np.full(len(scores), most))


def join_columns(portions: Sequence[Portion]) -> dict[str, Column]:
    """What scoring adds to the whole batch; a group that a lead's segment does not have is missing."""
    if len(portions) == 1:
        return portions[0].columns
    order = np.argsort(np.concatenate([portion.rows for portion in portions]))
    names = dict.fromkeys(name for portion in portions for name in portion.columns)
    return {
        name: take_rows(chain([_completed(portion, name) for portion in portions]), order) for name in names
    }


def _completed(portion: Portion, name: str) -> Column:
    # Only points of groups may be missing: segments have all other columns in common.
    return portion.columns[name] if name in portion.columns else no_numbers(len(portion.rows))


def join_comparable(portions: Sequence[Portion]) -> Hundredths:
    """What each lead of the batch is compared by."""
    joined = np.concatenate([portion.comparable for portion in portions])
    return joined[np.argsort(np.concatenate([portion.rows for portion in portions]))]


def join_lines(portions: Sequence[Portion]) -> tuple[tuple[Line, ...], npt.NDArray[np.int64]]:
    """Every line of any portion, and its points for each lead of the batch: 0 where its segment has none."""
    if len(portions) == 1:
        return portions[0].contributions.lines, portions[0].contributions.points
    named = [name_lines(portion.contributions.lines) for portion in portions]
    lines = {key: line for each in named for key, line in each.items()}
    points = np.zeros((len(lines), sum(len(portion.rows) for portion in portions)), dtype=np.int64)
    places = {key: place for place, key in enumerate(lines)}
    for portion, each in zip(portions, named, strict=True):
        own = np.array([places[key] for key in each])
        points[np.ix_(own, portion.rows)] = portion.contributions.points
    return tuple(lines.values()), points


def name_lines(lines: Sequence[Line]) -> dict[tuple[str, str, int], Line]:
    """The lines by name, kind and number: a rule and its group may have one name, and both fade."""
    named: dict[tuple[str, str, int], Line] = {}
    count: Counter[tuple[str, str]] = Counter()
    for line in lines:
        named[line.name, line.kind, count[line.name, line.kind]] = line
        count[line.name, line.kind] += 1
    return named
