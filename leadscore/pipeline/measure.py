"""measure: points -> the columns that follow from them: scales, heat, matrix, expected value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from leadscore.fields import Leads
from leadscore.measures import Amounts, Labels, Range
from leadscore.measures.best import TIE
from leadscore.measures.matrix import find_cells, multiply_axes
from leadscore.model.ranges import find_ranges
from leadscore.model.schema import Model
from leadscore.pipeline.coded import TEXT as TEXT, Column, encode
from leadscore.pipeline.combine import Contributions
from leadscore.pipeline.tier import assign_tiers
from leadscore.points import Hundredths


@dataclass(frozen=True)
class Measured:
    """What measures say of a batch, in the order of the output, and the place of each lead's tier."""

    columns: dict[str, Amounts | Labels]
    tiers: npt.NDArray[np.intp]


def measure_leads(leads: Leads, model: Model, contributions: Contributions) -> Measured:
    """Every measure the config asks for."""
    ranges = find_ranges(model)
    points = {"score": contributions.score, **contributions.groups}
    amounts = {name: Amounts(each, ranges[name]) for name, each in points.items()}
    found: dict[str, Amounts | Labels] = {}
    if model.best_of:
        found |= dict(model.best_of.measure(contributions.groups, contributions.group_coverage))
    if model.value:
        found["expected_value"] = amounts["expected_value"] = model.value.measure(leads)
    for name, scale in model.scales.items():
        if not scale.among_all:
            found[name] = scale.measure(amounts[scale.of])
    amounts |= {name: column for name, column in found.items() if isinstance(column, Amounts)}
    if model.heat:
        found["heat"], found["heat_colour"] = model.heat.measure(amounts)
    tiers = assign_tiers(contributions.score, model)
    if model.matrix:
        found["product"] = multiply_axes(model.matrix, amounts)
        tiers = find_cells(model.matrix, [tier.high or () for tier in model.tiers], amounts)
    return Measured({name: found[name] for name in model.measures if name in found}, tiers)


def add_percentiles(leads: pd.DataFrame, model: Model) -> pd.DataFrame:
    """The leads of a whole file with their percentile ranks, in hundredths.

    As ``percentile_ranks`` has them, among the leads whose points are known. The one measure that depends on
    the other leads.
    """
    added = {}
    for name, scale in model.models[0].scales.items():
        if scale.among_all:
            points = leads[scale.of]
            known, count = points.notna().to_numpy(), int(points.notna().sum())
            ranks = points.rank(method="average").to_numpy(dtype=np.float64, na_value=np.nan)
            twice = (2 * np.where(known, ranks, 1) - 1).astype(np.int64)  # ranks are whole or half
            added[name] = to_column(Amounts(percentile_ranks(twice, count), Range(0, 100_00), known))
    return leads.assign(**added)


def percentile_ranks(twice: Hundredths, count: int) -> Hundredths:
    """100 x (less + half of equal) / count in hundredths, rounded half away from zero.

    ``twice``: 2 x less + equal, of each lead: how many of the ``count`` leads have less than it and how
    many as much, itself included.
    """
    return (twice * 100_00 + count) // max(2 * count, 1)


def find_labels(column: str, model: Model) -> tuple[str, ...]:
    """The labels a column of the result may hold, best first; none for a column of numbers."""
    if column == "segment":
        return tuple(segment.name for segment in model.segments)
    model = model.models[0]  # labels are the same in all segments
    if column == "tier":
        return tuple(tier.name for tier in model.tiers)
    if column == "heat_colour" and model.heat:
        return model.heat.labels
    if model.best_of and column in model.best_of.columns:
        return {model.best_of.columns[0]: model.best_of.groups, model.best_of.columns[1]: TIE}.get(column, ())
    return model.scales[column].labels if column in model.scales else ()


def to_column(measured: Amounts | Labels) -> Column:
    """A measure as a column: whole hundredths (missing where unknown), or text."""
    if isinstance(measured, Labels):
        return encode(measured.names, measured.codes)
    if measured.known is None:
        return measured.hundredths
    return pd.arrays.IntegerArray(measured.hundredths, ~measured.known)


def to_text(texts: pa.Array, index: pd.Index) -> pd.Series:
    """Texts as a column of a frame."""
    return pd.Series(pd.array(texts, dtype=TEXT), index=index)
