"""write: leads in rank order -> the files of a run, each lead's line made once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from leadscore.model.resolve import file_name
from leadscore.model.schema import Model
from leadscore.pipeline.ahead import ahead
from leadscore.pipeline.batch import to_decimals
from leadscore.pipeline.causes import name_lines
from leadscore.pipeline.combine import Line
from leadscore.pipeline.files import Source
from leadscore.pipeline.formats import FORMATS, Format, Writer
from leadscore.pipeline.lists import Listing, Rows
from leadscore.pipeline.previous import CONTRIBUTIONS
from leadscore.pipeline.publish import Stage
from leadscore.pipeline.reason import hold_columns, show_columns
from leadscore.pipeline.told import Told, nobody
from leadscore.points import Flags

if TYPE_CHECKING:
    import pyarrow.parquet as pq

BLOCK = 100_000
"""Leads whose contributions are written at a time."""
HOLD_BYTES = 32 << 20
"""Of an export's file, whose lines are in memory together, unless it takes more than PARTS times to write."""
PARTS = 10
"""How often the file is read at most for one file that is written."""


def open_formats(export: Source, model: Model, names: Sequence[str]) -> dict[str, Format]:
    """The formats a run writes."""
    return {name: FORMATS[name](export, model.output.formula_guard, model.output.prefix) for name in names}


def write_listings(
    stage: Stage, listings: Sequence[Listing], model: Model, formats: dict[str, Format], told: Told = nobody
) -> None:
    """Files of leads, in each of the formats."""
    rows, total = 0, max(sum(len(listing.rows) for listing in listings) * len(formats), 1)
    for listing in listings:
        for written in write_leads(stage, listing, model, formats):
            rows += written
            told("leads written", rows, rows / total)


def write_leads(stage: Stage, listing: Listing, model: Model, formats: dict[str, Format]) -> Iterator[int]:
    """A file of leads, and where it is wanted its lines once more in one file per tier.

    Gives the number of leads after each block.
    """
    tiers = [tier.name for tier in model.tiers] if listing.by_tier else []
    names = [listing.name, *(f"tiers/{file_name(tier)}" for tier in tiers)]
    for suffix, form in formats.items():
        rows = np.zeros(len(names), np.int64)
        with ExitStack() as files:
            writers = [
                files.enter_context(_started(stage, f"{name}.{suffix}", form, listing.columns))
                for name in names
            ]
            # Blocks are made in one thread while the other hashes and writes those before.
            for pieces in files.enter_context(closing(ahead(_make_pieces(listing, form, tiers)))):
                for writer, piece in zip(writers, pieces, strict=True):
                    writer.write(piece)
                rows += [len(piece) for piece in pieces]
                yield len(pieces[0])
        for name, count in zip(names, rows.tolist(), strict=True):
            stage.count(f"{name}.{suffix}", count)


def _make_pieces(listing: Listing, form: Format, tiers: Sequence[str]) -> Iterator[list[Any]]:
    """What each file gets of each block: the whole block, and the leads of each tier."""
    leads = hold_columns(listing.leads, listing.columns)
    for part in hold_parts(listing, form):
        for rows in cut_blocks(part, form.block_rows):
            frame = show_columns(leads.loc[rows], listing.columns)
            block = form.block(frame, rows)
            yield [block, *(choose_leads(block, (frame["tier"] == tier).to_numpy()) for tier in tiers)]


def choose_leads(block: Any, chosen: Flags) -> Any:
    """Some leads of a block; without a copy where they stand together, as tiers do if ranked by score."""
    places = np.flatnonzero(chosen)
    first, last = (int(places[0]), int(places[-1]) + 1) if len(places) else (0, 0)
    return block.slice(first, last - first) if last - first == len(places) else block.filter(pa.array(chosen))


def hold_parts(listing: Listing, form: Format) -> Iterator[Rows]:
    """The leads in parts, small enough for their lines to be in memory together.

    The file is read once for each part, so there are not more of them than PARTS: what is in memory then
    grows with the file, but slowly. A part is whole blocks, so that its size changes nothing in them.
    """
    parts = min(form.export.size // HOLD_BYTES, PARTS - 1) + 1
    leads = int(listing.rows.max(initial=0)) + 1  # of the export, as far as is known here
    blocks = -(-leads // (parts * form.block_rows))
    held = list(cut_blocks(listing.rows, blocks * form.block_rows))
    for rows, following in zip(held, [*held[1:], None], strict=True):
        form.hold(rows, following)
        yield rows


def write_table(stage: Stage, name: str, table: pd.DataFrame, formats: dict[str, Format]) -> None:
    """A file of something else than leads, such as accounts."""
    for suffix, form in formats.items():
        with stage.create(f"{name}.{suffix}") as file:
            writer = form.start(file, list(table.columns), alone=True)
            writer.write(form.block(table, None))
            writer.close()
        stage.count(f"{name}.{suffix}", len(table))


def write_contributions(
    stage: Stage, leads: pd.DataFrame, lines: Sequence[Line], points: npt.NDArray[np.int64], rows: Rows
) -> None:
    """A signed column per line; across each row they add up to the score. ``points[line, lead]``.

    ``rows``: the leads to be written, in their order.
    """
    with stage.create(CONTRIBUTIONS) as file, start_contributions(file, lines) as writer:
        for part in cut_blocks(rows, BLOCK):
            writer.write_table(contributions_table(leads, lines, points, part))
    stage.count(CONTRIBUTIONS, len(rows))


def start_contributions(file: Any, lines: Sequence[Line]) -> pq.ParquetWriter:
    """A file of contributions, to be closed by whoever began it."""
    import pyarrow.parquet as pq  # late: a run without contributions does without

    return pq.ParquetWriter(pa.PythonFile(file, mode="w"), _contributions_schema(lines))


def contributions_table(
    leads: pd.DataFrame, lines: Sequence[Line], points: npt.NDArray[np.int64], rows: Rows
) -> pa.Table:
    """Id, score and the points of each line, of the leads at these positions."""
    ids = pa.array(leads["id"].iloc[rows], pa.large_string())
    made = [
        to_decimals(leads["score"].to_numpy(dtype=np.int64)[rows]),
        *(to_decimals(each[rows]) for each in points),
    ]
    return pa.table([ids, *made], schema=_contributions_schema(lines))


def _contributions_schema(lines: Sequence[Line]) -> pa.Schema:
    names = ["score", *name_lines(lines)]
    return pa.schema([("id", pa.large_string()), *((name, pa.decimal128(18, 2)) for name in names)])


def cut_blocks(rows: Rows, size: int) -> Iterator[Rows]:
    """At least one block, so that a file without leads has its columns all the same."""
    for first in range(0, max(len(rows), 1), size):
        yield rows[first : first + size]


@contextmanager
def _started(stage: Stage, name: str, form: Format, added: Sequence[str]) -> Iterator[Writer]:
    with stage.create(name) as file:
        writer: Any = form.start(file, added)
        yield writer
        writer.close()
