"""collect: batches of an export -> one row per lead with what ranking and the summary need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from leadscore.errors import ConfigError, Problem
from leadscore.fields import Field
from leadscore.model.order import key_name
from leadscore.model.schema import Model
from leadscore.pipeline.accounts import LEAD_SCORE, account_columns
from leadscore.pipeline.activity import Activity
from leadscore.pipeline.batch import Scored
from leadscore.pipeline.combine import Line
from leadscore.pipeline.export import Batch, Export, SetAside
from leadscore.pipeline.measure import TEXT, add_percentiles
from leadscore.pipeline.portion import join_comparable, join_lines
from leadscore.pipeline.rank import rank_key
from leadscore.pipeline.sweep import Sweep, open_sweep
from leadscore.pipeline.tally import Tally


@dataclass
class Collected:
    """All leads of an export, scored. Memory grows with leads, not with the export's columns."""

    leads: pd.DataFrame
    """One row per lead, in file order: id, line, won (three-valued), rank keys, and what scoring adds."""
    tally: Tally
    set_aside: list[SetAside]
    lines: tuple[Line, ...] = ()
    contributions: list[npt.NDArray[np.int64]] = field(default_factory=list)
    """``[line, lead]`` per batch, kept only where the config asks for them."""
    read: int = 0
    """Rows of the export, damaged ones included."""
    activity: Activity | None = None

    @property
    def unreadable(self) -> int:
        """Cells of the export, and cells and lines of the logs, that could not be read."""
        cells = sum(self.tally.unreadable.values())
        report = self.activity.report if self.activity is not None else {"unreadable": 0, "set_aside": 0}
        return cells + report["unreadable"] + report["set_aside"]


def collect_leads(export: Export, model: Model, as_of: date, logs: Sequence[Export] = ()) -> Collected:
    """Score every batch and keep the few columns that are needed of all leads."""
    sweep = open_sweep(export, model, as_of, logs)
    tally, parts, contributions = Tally(), [], []
    lines: tuple[Line, ...] = ()
    for batch, scored in sweep.batches():
        tally.add(scored, batch.lines)
        parts.append(_keep(scored, batch, sweep))
        if model.output.contributions:
            lines, points = join_lines(scored.portions)
            contributions.append(points)
    leads = add_percentiles(pd.concat(parts, ignore_index=True), model)
    read = tally.leads + len(export.set_aside)
    return Collected(leads, tally, list(export.set_aside), lines, contributions, read, sweep.activity)


def _keep(scored: Scored, batch: Batch, sweep: Sweep) -> pd.DataFrame:
    model, columns = sweep.model, sweep.columns
    ids = batch.leads[columns[model.id]]
    kept = scored.columns.assign(id=ids.where(scored.leads[model.id].known), line=batch.lines)
    for name in map(key_name, model.rank_by):
        if name not in model.columns:
            kept[rank_key(name, model)] = _values(scored.leads[name])
    if model.nurture and model.nurture.idle:
        kept["days_idle"] = scored.leads.age(model.nurture.idle.since)
    if model.accounts:
        kept = kept.assign(**account_columns(scored.leads, model.accounts))
        kept[LEAD_SCORE] = join_comparable(scored.portions)
    if model.outcome:
        kept["won"] = model.outcome.test.hold(scored.leads[model.outcome.field], scored.leads.as_of)
    return kept


def _values(field: Field) -> Any:
    """A value per lead to rank by: a number (NaN where unknown), or a text."""
    if field.numbers is not None:
        return field.values
    texts = pa.array(field.texts, pa.large_string())
    return pd.array(texts.take(pa.array(field.codes, mask=field.codes < 0)), dtype=TEXT)


def refuse_ambiguous_dates(tally: Tally, config: str) -> None:
    """Raise ConfigError where dates without a declared format could be read in two ways."""
    by_column: dict[str, list[int]] = {}
    for line, column in tally.ambiguous:
        by_column.setdefault(column, []).append(line)
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


def _some(lines: Sequence[int]) -> str:
    shown = ", ".join(str(line) for line in lines[:5])
    return f"{shown} and {len(lines) - 5:,} more" if len(lines) > 5 else shown
