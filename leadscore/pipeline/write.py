"""write: leads in rank order -> the files of a run, each lead's line made once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from leadscore.model.resolve import file_name
from leadscore.model.schema import Model
from leadscore.pipeline.batch import to_decimals
from leadscore.pipeline.combine import Line
from leadscore.pipeline.export import SetAside
from leadscore.pipeline.formats import FORMATS, Format, Writer
from leadscore.pipeline.guard import guard_line
from leadscore.pipeline.lists import Listing, Rows
from leadscore.pipeline.publish import Stage
from leadscore.pipeline.read import CsvExport, ParquetExport

BLOCK = 100_000
"""Leads written at a time."""


def open_formats(export: CsvExport | ParquetExport, model: Model, names: Sequence[str]) -> dict[str, Format]:
    """The formats a run writes."""
    return {name: FORMATS[name](export, model.output.formula_guard, model.output.prefix) for name in names}


def write_leads(stage: Stage, listing: Listing, model: Model, formats: dict[str, Format]) -> None:
    """A file of leads, and where it is wanted its lines once more in one file per tier."""
    tiers = [tier.name for tier in model.tiers] if listing.by_tier else []
    for suffix, form in formats.items():
        with ExitStack() as files:
            whole, *by_tier = (
                files.enter_context(_started(stage, f"{name}.{suffix}", form, listing.columns))
                for name in (listing.name, *(f"tiers/{file_name(tier)}" for tier in tiers))
            )
            for part in _blocks(listing.rows):
                frame = listing.leads.loc[part, listing.columns]
                block = form.block(frame, part)
                whole.write(block)
                for tier, writer in zip(tiers, by_tier, strict=True):
                    here = (frame["tier"] == tier).to_numpy()
                    writer.write(block if here.all() else block.filter(pa.array(here)))


def write_table(stage: Stage, name: str, table: pd.DataFrame, formats: dict[str, Format]) -> None:
    """A file of something else than leads, such as accounts."""
    for suffix, form in formats.items():
        with stage.create(f"{name}.{suffix}") as file:
            writer = form.start(file, list(table.columns), alone=True)
            writer.write(form.block(table, None))
            writer.close()


def write_contributions(
    stage: Stage, ids: pd.Series, lines: Sequence[Line], points: npt.NDArray[np.int64], score: pd.Series
) -> None:
    """A signed column per line; across each row they add up to the score. ``points[line, lead]``."""
    columns: dict[str, pa.Array] = {
        "id": pa.array(ids, pa.large_string()),
        "score": to_decimals(score.to_numpy()),
    }
    for line, row in zip(lines, points, strict=True):
        columns[f"line {line.name}" if line.name in columns else line.name] = to_decimals(
            np.ascontiguousarray(row)
        )
    table = pa.table(columns)
    with (
        stage.create("contributions.parquet") as file,
        pq.ParquetWriter(pa.PythonFile(file, mode="w"), table.schema) as writer,
    ):
        writer.write_table(table)


def write_set_aside(stage: Stage, lines: Iterable[SetAside], guard: bool) -> None:
    """Lines that could not be read: number, what was wrong, and the line as it was."""
    texts = ((str(line.line), line.reason, line.text.decode("utf-8", "surrogateescape")) for line in lines)
    _write_rows(stage, "set_aside.csv", ("line", "reason", "text"), texts, guard)


def write_unreadable(stage: Stage, cells: Iterable[tuple[int, str, str]]) -> None:
    """Cells that are not what the config says they are: line, column, reason; their value stays out."""
    rows = ((str(line), column, reason) for line, column, reason in cells)
    _write_rows(stage, "unreadable.csv", ("line", "column", "reason"), rows, guard=True)


def write_log_problems(stage: Stage, problems: Iterable[Sequence[str]], guard: bool) -> None:
    """What could not be read of the activity logs: damaged lines as they were, and cells without value."""
    header = ("file", "line", "column", "reason", "text")
    _write_rows(stage, "events_set_aside.csv", header, problems, guard)


def _write_rows(
    stage: Stage, name: str, header: Sequence[str], rows: Iterable[Sequence[str]], guard: bool
) -> None:
    with stage.create(name) as file:
        for row in (header, *rows):
            line = ",".join(map(_quoted, row)).encode("utf-8", "surrogateescape") + b"\n"
            file.write(guard_line(line, ",")[0] if guard else line)


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(mark in cell for mark in ',"\r\n') else cell


def _blocks(rows: Rows) -> Iterator[Rows]:
    """At least one block, so that a file without leads has its columns all the same."""
    for first in range(0, max(len(rows), 1), BLOCK):
        yield rows[first : first + BLOCK]


@contextmanager
def _started(stage: Stage, name: str, form: Format, added: Sequence[str]) -> Iterator[Writer]:
    with stage.create(name) as file:
        writer: Any = form.start(file, added)
        yield writer
        writer.close()
