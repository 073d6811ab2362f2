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

from leadscore.model.check import FILE
from leadscore.model.resolve import file_name
from leadscore.model.schema import Model
from leadscore.pipeline.batch import to_decimals
from leadscore.pipeline.combine import Line
from leadscore.pipeline.export import SetAside
from leadscore.pipeline.files import Source
from leadscore.pipeline.formats import FORMATS, Format, Writer
from leadscore.pipeline.guard import guard_line
from leadscore.pipeline.lists import Listing, Rows
from leadscore.pipeline.publish import Stage

BLOCK = 100_000
"""Leads written at a time."""


def open_formats(export: Source, model: Model, names: Sequence[str]) -> dict[str, Format]:
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
    stage: Stage, leads: pd.DataFrame, lines: Sequence[Line], points: npt.NDArray[np.int64], rows: Rows
) -> None:
    """A signed column per line; across each row they add up to the score. ``points[line, lead]``.

    ``rows``: the leads to be written, in their order.
    """
    names: list[str] = ["id", "score"]
    for line in lines:
        names.append(f"line {line.name}" if line.name in names else line.name)
    schema = pa.schema([("id", pa.large_string()), *((name, pa.decimal128(18, 2)) for name in names[1:])])
    with (
        stage.create("contributions.parquet") as file,
        pq.ParquetWriter(pa.PythonFile(file, mode="w"), schema) as writer,
    ):
        for part in _blocks(rows):
            ids = pa.array(leads["id"].iloc[part], pa.large_string())
            made = [
                to_decimals(leads["score"].to_numpy()[part]),
                *(to_decimals(each[part]) for each in points),
            ]
            writer.write_table(pa.table([ids, *made], schema=schema))


def write_set_aside(stage: Stage, lines: Iterable[SetAside], guard: bool, several: bool = False) -> None:
    """Lines that could not be read: of ``several`` files which one, number, what was wrong, the line."""
    rows = (
        (aside.file, str(aside.line), aside.reason, aside.text.decode("utf-8", "surrogateescape"))
        for aside in lines
    )
    _write_places(stage, "set_aside.csv", ("reason", "text"), rows, guard, several)


def write_unreadable(stage: Stage, cells: Iterable[tuple[str, int, str, str]], several: bool = False) -> None:
    """Cells that are not what the config says they are: line, column, reason; their value stays out."""
    rows = ((file, str(line), column, reason) for file, line, column, reason in cells)
    _write_places(stage, "unreadable.csv", ("column", "reason"), rows, True, several)


def _write_places(
    stage: Stage, name: str, about: Sequence[str], rows: Iterable[Sequence[str]], guard: bool, several: bool
) -> None:
    """Rows that begin with a file, left out where there is but one, and a line."""
    first = 0 if several else 1
    _write_rows(stage, name, (FILE, "line", *about)[first:], (row[first:] for row in rows), guard)


def write_log_problems(
    stage: Stage, problems: Iterable[Sequence[str]], guard: bool, name: str = "events_set_aside.csv"
) -> None:
    """What could not be read of the activity logs: damaged lines as they were, and cells without value."""
    header = ("file", "line", "column", "reason", "text")
    _write_rows(stage, name, header, problems, guard)


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
