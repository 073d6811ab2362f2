"""collect: batches of an export -> one row per lead with what ranking and the summary need."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from leadscore.errors import ConfigError, Problem
from leadscore.fields import Field
from leadscore.model.check import FILE
from leadscore.model.order import key_name
from leadscore.model.schema import Model
from leadscore.pipeline.accounts import LEAD_SCORE, account_columns
from leadscore.pipeline.activity import Activity
from leadscore.pipeline.batch import Scored
from leadscore.pipeline.coded import TEXT, Column, chain, encode, to_frame
from leadscore.pipeline.combine import Line
from leadscore.pipeline.export import Batch, Export, SetAside
from leadscore.pipeline.fit import Fit
from leadscore.pipeline.join import Joins
from leadscore.pipeline.join_tables import NO_TABLES
from leadscore.pipeline.measure import add_percentiles
from leadscore.pipeline.memory import give_back
from leadscore.pipeline.portion import join_comparable, join_lines
from leadscore.pipeline.rank import rank_key
from leadscore.pipeline.sweep import Sweep, open_sweep
from leadscore.pipeline.tally import Tally
from leadscore.pipeline.told import Told, nobody


@dataclass
class Collected:
    """All leads of an export, scored. Memory grows with leads, not with the export's columns."""

    leads: pd.DataFrame
    """One row per lead, in file order: id, line, won (three-valued), rank keys, and what scoring adds.

    With several files also the file.
    """
    tally: Tally
    set_aside: list[SetAside]
    fits: Mapping[str, Fit]
    """Of each file, which column each field was read from, and by which preset."""
    lines: tuple[Line, ...] = ()
    contributions: list[npt.NDArray[np.int64]] = field(default_factory=list)
    """``[line, lead]`` per batch, kept only where the config asks for them."""
    read: int = 0
    """Rows of the export, damaged ones included."""
    activity: Activity | None = None
    joins: Joins = field(default_factory=Joins)
    """The tables joined to the leads, and what came of it."""
    copies: int = 0
    """Of the lines set aside those that are no damage: copies of a lead, which the config lets go."""

    def id_columns(self, model: Model) -> list[str]:
        """The headers leads are identified by, each file's once."""
        return list(dict.fromkeys(fit.columns[model.id] for fit in self.fits.values()))

    @property
    def unreadable(self) -> int:
        """Cells of the export, cells and lines of the logs, lines of the tables, that could not be read."""
        cells = sum(self.tally.unreadable.values())
        report = self.activity.report if self.activity is not None else {"unreadable": 0, "set_aside": 0}
        return cells + report["unreadable"] + report["set_aside"] + self.joins.damaged


Keep = Callable[[Scored, Batch], dict[str, Column]]
"""What more is to be kept of the leads of a batch, by the column's name."""


def nothing_more(scored: Scored, batch: Batch) -> dict[str, Column]:
    """For those who need no more of a lead."""
    return {}


def collect_leads(
    export: Export,
    model: Model,
    as_of: date,
    logs: Sequence[Export] = (),
    tables: Mapping[str, Export] = NO_TABLES,
    told: Told = nobody,
    also: Keep = nothing_more,
) -> Collected:
    """Score every batch and keep the few columns that are needed of all leads, and ``also`` others."""
    sweep = open_sweep(export, model, as_of, logs, tables, told)
    tally, parts, contributions = Tally(), [], []
    lines: tuple[Line, ...] = ()
    for batch, scored in sweep.batches():
        tally.add(scored, batch)
        told("leads read", tally.leads, batch.share)
        parts.append(_keep(scored, batch, sweep) | also(scored, batch))
        if model.output.contributions:
            lines, points = join_lines(scored.portions)
            contributions.append(points)
        del batch, scored  # or they would be in memory until the next ones are there
    leads = add_percentiles(_stack(parts), model)
    give_back()
    read = tally.leads + len(export.set_aside)
    return Collected(
        leads,
        tally,
        list(export.set_aside),
        sweep.fits,
        lines,
        contributions,
        read,
        sweep.activity,
        sweep.joins,
    )


def _stack(parts: list[dict[str, Column]]) -> pd.DataFrame:
    """The batches one below the other, a column at a time: none is in memory twice for longer than that."""
    names, count = list(parts[0]), sum(len(part["line"]) for part in parts)
    columns = {name: chain([part.pop(name) for part in parts]) for name in names}
    return to_frame(columns, pd.RangeIndex(count), coded=True)


def _keep(scored: Scored, batch: Batch, sweep: Sweep) -> dict[str, Column]:
    kept = {name: narrow(column) for name, column in kept_columns(scored, sweep.model).items()}
    kept |= {"id": known_ids(sweep.ids(batch), scored.leads[sweep.model.id]), "line": narrow(batch.lines)}
    if batch.file:
        kept[FILE] = encode([batch.file], np.zeros(scored.leads.count))
    return kept


def kept_columns(scored: Scored, model: Model) -> dict[str, Column]:
    """What is kept of each lead of a batch, beside its id and where it stands."""
    kept: dict[str, Column] = dict(scored.added)
    for name in map(key_name, model.rank_by):
        if name not in model.columns:
            kept[rank_key(name, model)] = rank_values(scored.leads[name])
    if model.nurture and model.nurture.idle:
        kept["days_idle"] = scored.leads.age(model.nurture.idle.since)
    if model.accounts:
        kept |= account_columns(scored.leads, model.accounts)
        kept[LEAD_SCORE] = join_comparable(scored.portions)
    if model.outcome:
        kept["won"] = model.outcome.test.hold(scored.leads[model.outcome.field], scored.leads.as_of)
    return kept


def narrow(column: Column) -> Column:
    """Whole numbers in half the memory, where they are small enough for that, as points nearly always are."""
    if isinstance(column, np.ndarray) and column.dtype == np.int64 and len(column):
        limits = np.iinfo(np.int32)
        if limits.min <= column.min() and column.max() <= limits.max:
            return column.astype(np.int32)
    return column


def known_ids(ids: pd.Series, field: Field) -> Column:
    """The ids, missing where they are unknown."""
    return ids.array if field.known.all() else ids.where(field.known).array


def rank_values(field: Field) -> Any:
    """A value per lead to rank by: a number (NaN where unknown), or a text."""
    if field.numbers is not None:
        return field.values
    texts = pa.array(field.texts, pa.large_string())
    return pd.array(texts.take(pa.array(field.codes, mask=field.codes < 0)), dtype=TEXT)


def refuse_ambiguous_dates(tally: Tally, config: str) -> None:
    """Raise ConfigError where dates without a declared format could be read in two ways."""
    by_column: dict[str, list[str]] = {}
    for file, line, column in tally.ambiguous:
        by_column.setdefault(column, []).append(f"{file}:{line}" if file else str(line))
    if by_column:
        raise ConfigError(
            Problem(
                config,
                key=f"column {column!r}",
                what=f"lines {_some(lines)} hold dates that can be read as day-first and month-first",
                hint='set its format under fields, for example format: "%d/%m/%Y"',
            )
            for column, lines in by_column.items()
        )


def _some(lines: Sequence[str]) -> str:
    shown = ", ".join(lines[:5])
    return f"{shown} and {len(lines) - 5:,} more" if len(lines) > 5 else shown
