"""write_xlsx: the leads of a run -> one workbook: a summary, a sheet per tier, and the other lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from tempfile import TemporaryFile
from typing import Any

import pandas as pd

from leadscore.model.schema import Model
from leadscore.pipeline.collect import Collected
from leadscore.pipeline.files import Source, title_of
from leadscore.pipeline.job import Job
from leadscore.pipeline.lists import PARTS, Listing, Rows
from leadscore.pipeline.publish import Stage
from leadscore.pipeline.reason import show_columns
from leadscore.pipeline.sheet_cells import MAX_LETTERS, Cells, SheetCells, number_columns
from leadscore.pipeline.sheet_names import WORKBOOK, name_sheets, refuse_long_sheets
from leadscore.pipeline.sheet_summary import list_lines
from leadscore.pipeline.sheets import Blocks, Sheets
from leadscore.pipeline.write import hold_parts

_COPY = 1 << 20


@dataclass
class SheetForm:
    """How the leads of an export are taken for a sheet; see ``formats.Format``."""

    export: Source
    cells: SheetCells
    prefix: str
    block_rows: int = 16_384

    def hold(self, rows: Rows, following: Rows | None = None) -> None:
        """The blocks that come now are of these leads."""
        self.export.hold(rows)

    def blocks(self, listing: Listing) -> Blocks:
        """The headers and the columns of a list of leads, a block at a time, one at least."""
        for part in hold_parts(listing, self):  # type: ignore[arg-type]
            for first in range(0, max(len(part), 1), self.block_rows):
                yield self._block(listing, part[first : first + self.block_rows])

    def _block(self, listing: Listing, rows: Rows) -> tuple[list[str], list[Cells]]:
        added, own = show_columns(listing.leads.loc[rows], listing.columns), self.export.take_rows(rows)
        names = [self.prefix + name for name in added.columns]
        columns = [self.cells.added(name, added[name]) for name in added.columns]
        columns += [self.cells.own(name, own.column(name)) for name in own.column_names]
        return [*names, *own.column_names], columns

    def table(self, table: pd.DataFrame) -> Blocks:
        """The same of a table of something else than leads."""
        yield (
            [self.prefix + name for name in table.columns],
            [self.cells.added(name, table[name]) for name in table.columns],
        )


def write_workbook(
    stage: Stage,
    export: Any,
    collected: Collected,
    listings: Sequence[Listing],
    tables: Mapping[str, pd.DataFrame],
    job: Job,
    summary: dict[str, Any],
) -> list[str]:
    """All lists of a run as sheets of one file, the ranked leads by tier. Gives a note if texts were cut.

    Strings are written as strings: nothing in a cell is run, so nothing gets an apostrophe.
    """
    form = SheetForm(export, SheetCells(number_columns(export, collected.fits)), job.model.output.prefix)
    parts = [(listing.name in PARTS, part) for listing in listings for part in _by_tier(listing, job.model)]
    others = {part.name: len(part.rows) for is_part, part in parts if not is_part}
    refuse_long_sheets(title_of(export), others | {name: len(table) for name, table in tables.items()})
    names = iter(name_sheets([*(part.name for _, part in parts), *tables]))
    leads = 0
    # XlsxWriter seeks in its file and a stage's are hashed as they grow: it is copied when it is whole.
    with TemporaryFile(dir=stage.folder) as made, stage.create(WORKBOOK) as file:
        with Sheets(made, stage.folder, job, summary, form.prefix) as sheets:
            sheets.summarize(list_lines(summary, job))
            for is_part, part in parts:
                written = sheets.add(next(names), form.blocks(part), len(part.rows))
                leads += written if is_part else 0
            for table in tables.values():
                sheets.add(next(names), form.table(table), len(table))
        made.seek(0)
        while content := made.read(_COPY):
            file.write(content)
    stage.count(WORKBOOK, leads)
    what = f"{form.cells.cut:,} texts were cut in {WORKBOOK}: a cell holds {MAX_LETTERS:,} letters"
    return [what] if form.cells.cut else []


def _by_tier(listing: Listing, model: Model) -> Iterator[Listing]:
    if not listing.by_tier:
        yield listing
        return
    tiers = listing.leads["tier"].iloc[listing.rows]
    for tier in model.tiers:
        rows = listing.rows[(tiers == tier.name).to_numpy()]
        yield replace(listing, name=tier.name, rows=rows, by_tier=False)
