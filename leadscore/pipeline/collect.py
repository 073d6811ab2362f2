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

from leadscore.errors import ConfigError, InputError, Problem
from leadscore.fields import Field
from leadscore.model.check import lead_columns
from leadscore.model.order import key_name
from leadscore.model.schema import Model
from leadscore.pipeline.accounts import account_columns
from leadscore.pipeline.activity import Activity, gather_activity
from leadscore.pipeline.batch import Scored, score_leads
from leadscore.pipeline.combine import Line
from leadscore.pipeline.export import Batch, Export, SetAside
from leadscore.pipeline.measure import TEXT, add_percentiles
from leadscore.pipeline.prepare import NO_ACTIVITY, choose_columns
from leadscore.pipeline.rank import rank_key
from leadscore.pipeline.read import CsvExport
from leadscore.pipeline.tally import Tally

# What a spreadsheet makes of a long id when a CSV file is opened and saved in it.
_DAMAGED_ID = r"[0-9]([.,][0-9]+)?[eE]\+[0-9]+"
_SHOWN = 20


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


def refuse_columns(export: Export, model: Model) -> dict[str, str]:
    """Field -> column. Raises InputError for missing columns and for names the output needs itself."""
    file = str(export.path)
    taken = [model.output.prefix + name for name in (*lead_columns(model), *model.groups)]
    clashes = [
        Problem(
            file,
            1,
            key=name,
            what="the output has a column of this name",
            hint="set output.prefix, for example ls_",
        )
        for name in taken
        if name in export.columns
    ]
    if clashes:
        raise InputError(clashes)
    return choose_columns(model, export.columns, file, export.repeated)


def collect_leads(export: Export, model: Model, as_of: date, logs: Sequence[Export] = ()) -> Collected:
    """Score every batch and keep the few columns that are needed of all leads."""
    columns = refuse_columns(export, model)
    activity = gather_activity(logs, model, as_of)
    tally, parts, contributions = Tally(), [], []
    lines: tuple[Line, ...] = ()
    for batch in export.batches(sorted(set(columns.values()))):
        seen = NO_ACTIVITY if activity is None else activity.of(batch.leads[columns[model.id]])
        scored = score_leads(batch.leads, model, columns, as_of, export.kinds, seen)
        tally.add(scored, batch.lines)
        parts.append(_keep(scored, batch, model, columns))
        lines = scored.contributions.lines
        if model.output.contributions:
            contributions.append(scored.contributions.points)
    leads = add_percentiles(pd.concat(parts, ignore_index=True), model)
    read = tally.leads + len(export.set_aside)
    return Collected(leads, tally, list(export.set_aside), lines, contributions, read, activity)


def _keep(scored: Scored, batch: Batch, model: Model, columns: dict[str, str]) -> pd.DataFrame:
    ids = batch.leads[columns[model.id]]
    kept = scored.columns.assign(id=ids.where(scored.leads[model.id].known), line=batch.lines)
    for name in map(key_name, model.rank_by):
        if name not in model.columns:
            kept[rank_key(name, model)] = _values(scored.leads[name])
    if model.nurture and model.nurture.idle:
        kept["days_idle"] = scored.leads.age(model.nurture.idle.since)
    if model.accounts:
        kept = kept.assign(**account_columns(scored.leads[model.accounts.by]))
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


def set_aside_without_id(collected: Collected, export: Export, model: Model) -> npt.NDArray[np.bool_]:
    """Which leads have an id that can be trusted; the lines of the others join those set aside."""
    ids = collected.leads["id"]
    blank = ids.isna().to_numpy()
    damaged = ids.str.fullmatch(_DAMAGED_ID).fillna(False).to_numpy(dtype=bool)
    for rows, reason in (
        (blank, f"{model.id} is empty"),
        (damaged, f"{model.id} was damaged by a spreadsheet (1.23E+11)"),
    ):
        places = np.flatnonzero(rows)
        texts = _texts(export, places)
        numbers = collected.leads["line"].to_numpy()[places].tolist()
        collected.set_aside += [
            SetAside(line, reason, text) for line, text in zip(numbers, texts, strict=True)
        ]
    collected.set_aside.sort(key=lambda aside: aside.line)
    return ~(blank | damaged)


def _texts(export: Export, places: npt.NDArray[np.int64]) -> Sequence[bytes]:
    if not isinstance(export, CsvExport) or not len(places):
        return [b""] * len(places)
    end = export.dialect.line_end.encode()
    return [line.removesuffix(end) for line in export.take_lines(places).to_pylist()]


def refuse_duplicates(leads: pd.DataFrame, file: str, model: Model) -> None:
    """Raise InputError naming the lines of every id that stands more than once."""
    twice = leads["id"].duplicated(keep=False)
    if not twice.any():
        return
    lines = leads.loc[twice, "line"].groupby(leads.loc[twice, "id"], sort=False).agg(list)
    problems = [
        Problem(
            file,
            found[0],
            key=model.id,
            what=f"the same id stands again in {_places(file, found[1:])}",
            hint="every lead needs an id of its own: remove the copies, or name another column under id",
        )
        for found in lines.head(_SHOWN)
    ]
    if len(lines) > _SHOWN:
        problems.append(Problem(file, what=f"and {len(lines) - _SHOWN:,} more ids that stand more than once"))
    raise InputError(problems)


def _places(file: str, lines: Sequence[int]) -> str:
    shown = ", ".join(f"{file}:{line}" for line in lines[:5])
    return f"{shown} and {len(lines) - 5} more" if len(lines) > 5 else shown


def _some(lines: Sequence[int]) -> str:
    shown = ", ".join(str(line) for line in lines[:5])
    return f"{shown} and {len(lines) - 5:,} more" if len(lines) > 5 else shown
