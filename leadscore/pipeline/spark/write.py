"""write: a part of the ordered leads -> part files of a run, and the figures of these leads."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from leadscore.model.check import FILE
from leadscore.model.resolve import file_name
from leadscore.pipeline.arms import deal_leads
from leadscore.pipeline.coded import encode, to_frame
from leadscore.pipeline.export import TEXT
from leadscore.pipeline.figures import Figures
from leadscore.pipeline.formats import Format
from leadscore.pipeline.lists import PARTS, Listing, list_parts, list_views
from leadscore.pipeline.outline import Whole
from leadscore.pipeline.previous import CONTRIBUTIONS
from leadscore.pipeline.reason import hold_columns, show_columns
from leadscore.pipeline.spark.order import PARTITION, Start
from leadscore.pipeline.spark.own import OwnRows
from leadscore.pipeline.spark.part_files import PartFiles
from leadscore.pipeline.spark.plan import Plan
from leadscore.pipeline.spark.rows import as_type, note_batch
from leadscore.pipeline.write import choose_leads, contributions_table, open_formats, start_contributions

NOTE_COLUMNS = ("kind", "note")


@dataclass(frozen=True)
class Order:
    """What every task that writes is told."""

    plan: Plan
    whole: Whole
    starts: Mapping[int, Start]
    folder: str
    mode: int


@dataclass
class Written:
    """What a task wrote: the facts of its files by name, and the figures of its leads."""

    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    figures: Figures | None = None
    disarmed: int = 0


def write_leads(batches: Iterator[pa.RecordBatch], order: Order) -> Iterator[pa.RecordBatch]:
    """Leads in their order -> part files; gives one row that says what was written, or why it was not."""
    columns = {name: order.plan.scored_columns[name] for name in NOTE_COLUMNS}
    writer: PartWriter | None = None
    try:
        for batch in batches:
            for first in range(0, batch.num_rows, ROWS):
                rows = batch.slice(first, ROWS)
                if writer is None:
                    writer = PartWriter(order, rows.column(PARTITION)[0].as_py())
                writer.write(rows)
        if writer is not None:
            yield note_batch(columns, written=writer.close())
    except BaseException as error:
        fault = None if writer is None else writer.files.drop(error)
        if fault is None:
            raise  # the engine tries once more
        yield note_batch(columns, fault=fault)


ROWS = 20_000
"""Leads that are written at a time."""


class PartWriter:
    """The files of one partition, each begun with the first lead that is in it."""

    def __init__(self, order: Order, partition: int, without: Collection[str] = ()) -> None:
        self.order, self.plan, self._partition = order, order.plan, partition
        self.files = PartFiles(order.folder, order.mode, partition, without)
        start = order.starts.get(partition, Start())
        self._ranked, self._known, self._left = dict(start.ranked), start.known, start.rows
        self._rows = OwnRows(self.plan.own)
        output = self.plan.model.output
        source: Any = self._rows
        self._formats = open_formats(source, self.plan.model, output.formats)
        # What views show once more is not counted again.
        self._again = open_formats(source, self.plan.model, output.formats)
        self._figures: Figures | None = None
        self._pieces = 0

    def write(self, batch: pa.RecordBatch) -> None:
        """Write leads that follow those written before; of none, begin the files they would be in."""
        cells = self.plan.scored_cells(batch)
        self._rows.turn_to(cells)
        self._left -= batch.num_rows
        leads = self._frame(cells, batch.num_rows)
        codes = batch.column("part").to_numpy()
        parts = {name: np.flatnonzero(codes == place) for place, name in self._parts.items()}
        listings = list_parts(leads, parts, self.plan.model, self._ranked)
        ranked = next(listing for listing in listings if listing.name == "ranked")
        for listing in listings:
            self._write_listing(listing, self._formats, batch.num_rows)
        for listing in list_views(ranked, self.plan.model):
            self._write_listing(listing, self._again, batch.num_rows)
        if self.plan.model.output.contributions and (len(parts["ranked"]) or not batch.num_rows):
            self._write_contributions(cells, leads, parts["ranked"])
        self._count(leads, parts)

    def close(self) -> Written:
        """Finish all files. AssertionError where the leads are not those that were counted before."""
        if self._left:
            raise AssertionError("a partition has not the leads that were counted in it")
        disarmed = sum(form.disarmed for form in self._formats.values())
        return Written(self.files.close(), self._figures, disarmed)

    @cached_property
    def _parts(self) -> dict[int, str]:
        return {
            place: name for place, (name, part) in enumerate(PARTS.items()) if part.wanted(self.plan.model)
        }

    def _frame(self, cells: Mapping[str, pa.Array], count: int) -> pd.DataFrame:
        plan = self.plan
        columns = {name: _to_column(cells[f"e{place}"], kind, missing)
                   for place, (name, kind, missing) in enumerate(plan.kept)}  # fmt: skip
        for name, (of, steps) in plan.settings["percentiles"].items():
            columns[name] = _to_column(steps.rank(cells[plan.place_of(of)]), pa.int64(), True)
        if len(plan.parts) > 1:
            names = [part.name for part in plan.parts]
            columns[FILE] = encode(names, cells["file"].to_numpy())
        leads = to_frame(columns, pd.RangeIndex(count), coded=True)
        ids = pd.array(as_type(cells["id"], pa.large_string()), TEXT)
        leads = deal_leads(leads.assign(id=ids), plan.model)
        predictor = plan.settings.get("predictor")
        return leads if predictor is None else predictor.add_chances(leads)

    def _write_listing(self, listing: Listing, formats: Mapping[str, Format], rows: int) -> None:
        if rows and not len(listing.rows):
            return
        shown = show_columns(hold_columns(listing.leads, listing.columns).loc[listing.rows], listing.columns)
        tiers = [tier.name for tier in self.plan.model.tiers] if listing.by_tier else []
        for suffix, form in formats.items():
            start = partial(form.start, added=listing.columns)
            block = form.block(shown, listing.rows)
            self.files.write(f"{listing.name}.{suffix}", start, block)
            for tier in tiers:
                own = choose_leads(block, (shown["tier"] == tier).to_numpy())
                if len(own) or not rows:
                    self.files.write(f"tiers/{file_name(tier)}.{suffix}", start, own)

    def _write_contributions(self, cells: Mapping[str, pa.Array], leads: pd.DataFrame, rows: Any) -> None:
        lines = self.plan.settings["lines"]
        points = np.array([cells[f"p{place}"].to_numpy() for place in range(len(lines))])
        table = contributions_table(leads, lines, points, rows)
        self.files.write(CONTRIBUTIONS, partial(start_contributions, lines=lines), table, "write_table")

    def _count(self, leads: pd.DataFrame, parts: Mapping[str, Any]) -> None:
        model = self.plan.model
        place, self._pieces = (self._partition << 32) + self._pieces, self._pieces + 1
        figures = Figures.of(leads, parts, model, self.order.whole, self._known, place)
        if self._figures is None:
            self._figures = figures
        else:
            self._figures.add(figures)
        ranked = leads.iloc[parts["ranked"]]
        self._ranked[""] = self._ranked.get("", 0) + len(ranked)
        if model.outcome:
            self._known += Whole.of(ranked, np.arange(len(ranked)), model).known
        for name, count in ranked["segment"].value_counts().items() if model.segments else ():
            self._ranked[str(name)] = self._ranked.get(str(name), 0) + int(count)


def _to_column(cells: pa.Array, kind: pa.DataType, missing: bool) -> Any:
    if pa.types.is_large_string(kind):
        return as_type(cells, kind).dictionary_encode()
    if not missing:
        return cells.to_numpy(zero_copy_only=False)
    known = cells.is_valid().to_numpy(zero_copy_only=False)
    return pd.arrays.IntegerArray(cells.fill_null(0).to_numpy(), ~known)
