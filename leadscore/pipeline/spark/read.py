"""read: a file of the export -> its leads as rows, with the lines that are none, all in one task."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from leadscore.errors import LeadscoreError
from leadscore.model.schema import Model
from leadscore.pipeline.coded import to_texts
from leadscore.pipeline.column import read_field
from leadscore.pipeline.export import Batch
from leadscore.pipeline.ids import find_unsound
from leadscore.pipeline.inputs import open_wanted
from leadscore.pipeline.read import CsvExport
from leadscore.pipeline.spark.known import Known
from leadscore.pipeline.spark.plan import Plan
from leadscore.pipeline.spark.rows import LeadRows, note_batch, set_aside_batch
from leadscore.pipeline.sweep import Sweep

_ASIDE_ROWS = 10_000
"""Lines set aside that are handed on at a time."""


def read_leads(batches: Iterator[pa.RecordBatch], plan: Plan) -> Iterator[pa.RecordBatch]:
    """Files, by their numbers in the plan -> their leads as rows; a fault of a file is told, not raised."""
    for number in numbers_of(batches):
        try:
            for rows in read_file(number, plan):
                yield rows.to_batch(plan) if isinstance(rows, LeadRows) else rows
        except LeadscoreError as error:
            yield note_batch(plan.read_columns, file=number, fault=error)


def numbers_of(batches: Iterator[pa.RecordBatch]) -> Iterator[int]:
    """The numbers of files that a task is given."""
    for batch in batches:
        yield from batch.column(0).to_pylist()


def read_file(number: int, plan: Plan, columns: Any = None) -> Iterator[LeadRows | pa.RecordBatch]:
    """The leads of a file, then the lines of it that are none, then what is to be told of it.

    ``columns``: those of the rows that are no leads; as in ``Plan.read_columns`` where nothing is said.
    """
    part, columns = plan.parts[number], columns or plan.read_columns
    export = open_wanted(part.path, plan.model)
    sweep = Sweep(export, {"": part.fit}, plan.as_of)
    below: dict[str, bool] = {}
    count = 0
    for batch, rows in _batches(export, sweep.columns[""]):
        count += len(batch.leads)
        yield _as_rows(sweep.complete(batch, below), rows, export, number, plan)
        del batch, rows
    lines = export.set_aside
    for first in range(0, len(lines), _ASIDE_ROWS):
        some = lines[first : first + _ASIDE_ROWS]
        found = (
            [aside.line for aside in some],
            [aside.reason for aside in some],
            [aside.text for aside in some],
        )
        yield set_aside_batch(columns, number, *found)
    known = Known.of(export, export.digest)
    yield note_batch(columns, file=number, known=known, read=count + len(lines))


def _batches(export: Any, columns: list[str]) -> Iterator[tuple[Batch, Any]]:
    """The leads with the columns that are read, and their own rows in the file."""
    if not isinstance(export, CsvExport):
        yield from export.whole_batches(columns)
        return
    for batch in export.batches(columns, coded=True):
        yield batch, np.arange(batch.start, batch.start + len(batch.leads))


def _as_rows(batch: Batch, rows: Any, export: Any, number: int, plan: Plan) -> LeadRows:
    part, count = plan.parts[number], len(batch.leads)
    lines = None
    if isinstance(export, CsvExport):
        lines = export.take_lines(rows)[0]
        own = plan.own.load(lines if plan.own.header is not None else export.take_rows(rows))
    else:
        own = plan.own.load(rows)
    cells = batch.leads[part.fit.columns[plan.model.id]]
    reasons = _find_reasons(cells, part.fit.model, part.kinds)
    aside = pa.array(reasons, pa.large_string())
    texts = pa.nulls(count, pa.large_binary())
    if lines is not None and (aside.null_count < count or _copies_need_text(plan)):
        texts = _without_ends(lines, export.dialect.line_end, None if _copies_need_text(plan) else aside)
    files, lines_of = np.full(count, number, np.int64), batch.lines.astype(np.int64)
    return LeadRows(number, batch.leads, files, lines_of, to_texts(cells), aside, texts, own)


def _find_reasons(cells: pd.Series, model: Model, kinds: Any) -> Any:
    """Why each lead's id cannot be trusted; None where it can."""
    config = model.fields[model.id]
    known = read_field(cells, config, config.type or "text", [], kinds).known
    reasons = np.full(len(cells), None, dtype=object)
    for rows, reason in find_unsound(cells.where(pd.Series(known, cells.index)), model):
        reasons[rows] = reason
    return reasons


def _copies_need_text(plan: Plan) -> bool:
    """Whether a line may be set aside later that then is not there any more."""
    return plan.model.checks.on_duplicate != "refuse" and plan.own.header is None


def _without_ends(lines: pa.Array, end: str, aside: pa.Array | None) -> pa.Array:
    cut = pa.array([line.removesuffix(end.encode()) for line in lines.to_pylist()], pa.large_binary())
    if aside is None:
        return cut
    import pyarrow.compute as pc

    return pc.if_else(aside.is_valid(), cut, pa.scalar(None, pa.large_binary()))
