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
from leadscore.pipeline.publish import Stage
from leadscore.pipeline.read import CsvExport, ParquetExport

BLOCK = 100_000
"""Leads written at a time."""


def open_formats(export: CsvExport | ParquetExport, model: Model, names: Sequence[str]) -> dict[str, Format]:
    """The formats a run writes."""
    return {name: FORMATS[name](export, model.output.formula_guard, model.output.prefix) for name in names}


def write_ranked(
    stage: Stage, leads: pd.DataFrame, rows: npt.NDArray[np.int64], model: Model, formats: dict[str, Format]
) -> None:
    """The ranked file and one file per tier. ``rows``: positions of the leads, best first."""
    added = ["rank", "score", "tier", *_lead_columns(model)]
    tiers = [tier.name for tier in model.tiers]
    for suffix, form in formats.items():
        with ExitStack() as files:
            ranked = files.enter_context(_started(stage, f"ranked.{suffix}", form, added))
            by_tier = [
                files.enter_context(_started(stage, f"tiers/{file_name(tier)}.{suffix}", form, added))
                for tier in tiers
            ]
            for first, part in _blocks(rows):
                frame = leads.iloc[part]
                frame = frame.assign(rank=np.arange(first + 1, first + len(part) + 1))[added]
                block = form.block(frame, part)
                ranked.write(block)
                for tier, writer in zip(tiers, by_tier, strict=True):
                    here = (frame["tier"] == tier).to_numpy()
                    writer.write(block if here.all() else block.filter(pa.array(here)))


def write_disqualified(
    stage: Stage, leads: pd.DataFrame, rows: npt.NDArray[np.int64], model: Model, formats: dict[str, Format]
) -> None:
    """The leads that left the ranking, with the reason and the score they would have had."""
    added = ["disqualified_by", "score", *_lead_columns(model)]
    for suffix, form in formats.items():
        with _started(stage, f"disqualified.{suffix}", form, added) as file:
            for _, part in _blocks(rows):
                file.write(form.block(leads.iloc[part][added], part))


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


def _write_rows(
    stage: Stage, name: str, header: Sequence[str], rows: Iterable[Sequence[str]], guard: bool
) -> None:
    with stage.create(name) as file:
        for row in (header, *rows):
            line = ",".join(map(_quoted, row)).encode("utf-8", "surrogateescape") + b"\n"
            file.write(guard_line(line, ",")[0] if guard else line)


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(mark in cell for mark in ',"\r\n') else cell


def _lead_columns(model: Model) -> list[str]:
    return [*model.groups, *(["grade"] if model.grade else []), "reasons", "coverage"]


def _blocks(rows: npt.NDArray[np.int64]) -> Iterator[tuple[int, npt.NDArray[np.int64]]]:
    """At least one block, so that a file without leads has its columns all the same."""
    for first in range(0, max(len(rows), 1), BLOCK):
        yield first, rows[first : first + BLOCK]


@contextmanager
def _started(stage: Stage, name: str, form: Format, added: Sequence[str]) -> Iterator[Writer]:
    with stage.create(name) as file:
        writer: Any = form.start(file, added)
        yield writer
        writer.close()
