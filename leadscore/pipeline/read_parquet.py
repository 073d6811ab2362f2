"""read_parquet: a Parquet export -> batches of leads as text, and any lead's original row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import numpy as np
import pandas as pd
import pyarrow as pa

from leadscore.errors import InputError, Problem
from leadscore.fields import FieldType
from leadscore.pipeline.categories import Categories
from leadscore.pipeline.export import BATCH_BYTES, MAX_COLUMNS, Batch, Dialect, SetAside, to_frame
from leadscore.pipeline.held_rows import HeldRows, Look, hold_rows, look_at, open_parquet, text_columns
from leadscore.pipeline.source import FileBytes
from leadscore.pipeline.typed_text import as_text as as_text, field_type, refuse_without_text
from leadscore.points import Rows

if TYPE_CHECKING:
    import pyarrow.parquet as pq

MAX_ROWS = 500_000_000
MAX_ROWS_PER_BYTE = 16  # no two leads have the same id, so that many do not fit
BYTES_PER_ROW = 64  # a guess: only how many rows make a batch hangs on it

_FEW_BATCHES = 0.25  # of a row group's rows, or more, make it worth reading by itself


class ParquetExport:
    """A Parquet export. Its types decide nothing: every asked column is read as text."""

    def __init__(
        self,
        path: Path,
        data: bytes | bytearray | FileBytes,
        *,
        digest: str = "",
        size: int = 0,
        batch_bytes: int = BATCH_BYTES,
    ) -> None:
        self.path, self.digest, self.size = path, digest, size
        self.dialect = Dialect("parquet", delimiter="", line_end="")
        self.set_aside: list[SetAside] = []
        self.damaged = 0
        self.notes: list[str] = []
        self._data, self._rows = data, max(batch_bytes // BYTES_PER_ROW, 1)
        self._held: HeldRows | None = None
        with self._opened() as file:
            self._schema = file.schema_arrow
            rows, columns = file.metadata.num_rows, len(self._schema)
            self._count = rows
        if rows > 1_000_000 and rows > len(data) * MAX_ROWS_PER_BYTE:
            self._refuse(f"{rows:,} rows in {len(data):,} bytes cannot be leads", hint="export it again")
        if rows > MAX_ROWS:
            self._refuse(f"more than {MAX_ROWS:,} rows")
        if columns > MAX_COLUMNS or file.metadata.num_columns > MAX_COLUMNS:
            self._refuse(f"more than {MAX_COLUMNS:,} columns")
        self.columns = tuple(self._schema.names)
        self.repeated: frozenset[str] = frozenset()
        self.header: bytes | None = None
        for name in sorted({name for name in self.columns if self.columns.count(name) > 1}):
            self._refuse("two columns have this name", name)
        kinds = {field.name: field_type(field.type) for field in self._schema}
        self.kinds: Mapping[str, FieldType] = {name: kind for name, kind in kinds.items() if kind}

    def batches(self, columns: Sequence[str], coded: bool = False) -> Iterator[Batch]:
        """The leads in file order. ``coded``: text that repeats as a category instead of "str"."""
        asked = list(dict.fromkeys(columns))
        missing = [name for name in asked if name not in self.columns]
        if missing:
            raise InputError([Problem(str(self.path), key=name, what="no such column") for name in missing])
        self.refuse_without_text(asked)
        return self._read_batches(asked, coded)

    def refuse_without_text(self, columns: Sequence[str]) -> None:
        """Raise InputError for the first of the columns that cannot be read, or written to CSV, as text."""
        refuse_without_text(self.path, self._schema, columns)

    def whole_batches(self, columns: Sequence[str]) -> Iterator[tuple[Batch, pa.RecordBatch]]:
        """The leads in file order, these columns as text and all in their types; none stays in memory."""
        self.refuse_without_text(columns)
        count = 0
        for part in self._read_plain(list(self.columns)):
            with self._judged():
                batch = self._batch(part, list(dict.fromkeys(columns)), count, None)
            yield self._placed(batch), part
            count += part.num_rows

    def _placed(self, batch: Batch) -> Batch:
        return batch  # the line of a lead is its row

    def hold(self, rows: Rows, guard: bool = False) -> None:
        """Decode once what the next calls take: these rows, or all of a file that is small."""
        self._hold(rows)

    def _hold(self, rows: Rows | None) -> HeldRows:
        if self._held is None or self._held.rows is not None:
            with self._opened(self._look.repeating) as file:
                self._held = hold_rows(file, None if self._look.is_small else rows, self.schema)
        return self._held

    def take_rows(self, rows: Rows) -> pa.Table:
        """Leads number `rows` (0-based), all columns in their original types."""
        columns = self.take_coded(rows).columns
        return pa.table(
            [_decoded(*each) for each in zip(columns, self.schema.types, strict=True)], self.schema
        )

    def take_coded(self, rows: Rows) -> pa.Table:
        """The same with text that repeats as codes; rows that are not held are held from now on."""
        rows = np.asarray(rows, np.int64)
        if not len(rows):
            return self.schema.empty_table()
        held = self._held
        if held is None or held.find(rows) is None:
            held = self._hold(rows)
        return held.table.take(pa.array(held.find(rows)))

    @cached_property
    def schema(self) -> pa.Schema:
        """The columns in their types; Arrow cannot take rows of string views yet."""
        kinds = {pa.string_view(): pa.large_string(), pa.binary_view(): pa.large_binary()}
        return pa.schema([field.with_type(kinds.get(field.type, field.type)) for field in self._schema])

    @cached_property
    def _look(self) -> Look:
        with self._opened(text_columns(self._schema)) as file:
            return look_at(file)

    def _read_batches(self, columns: list[str], coded: bool) -> Iterator[Batch]:
        makers = {name: Categories() for name in columns} if coded and columns else None
        count = 0
        for part in self._read_plain(columns) if makers is None else self._read_coded(columns):
            if part.num_rows:
                with self._judged():
                    batch = self._batch(part, columns, count, makers)
                count += part.num_rows
                yield replace(batch, share=count / self._count)
        if not count:
            yield self._batch(self._schema.empty_table(), columns, 0, None)

    def _read_plain(self, columns: list[str]) -> Iterator[pa.RecordBatch]:
        with self._opened() as file:
            yield from file.iter_batches(self._rows, columns=columns)

    def _read_coded(self, columns: list[str]) -> Iterator[pa.RecordBatch]:
        """A file that is small is decoded once, for what is taken of it as well."""
        if self._look.is_small:
            yield from self._hold(None).table.select(columns).to_batches(self._rows)
            return
        with self._opened(self._look.repeating) as file:
            if file.metadata.num_rows < _FEW_BATCHES * file.num_row_groups * self._rows:
                # Codes end with their row group: the batches would be many and small.
                yield from self._read_plain(columns)
                return
            for number in range(file.num_row_groups):
                yield from file.iter_batches(self._rows, columns=columns, row_groups=[number])

    def _batch(
        self,
        part: pa.RecordBatch | pa.Table,
        columns: list[str],
        count: int,
        makers: Mapping[str, Categories] | None,
    ) -> Batch:
        lines = np.arange(count + 1, count + 1 + part.num_rows, dtype=np.int64)
        if makers is not None:
            cells = {name: maker.make(part.column(name)) for name, maker in makers.items()}
            return Batch(pd.DataFrame(cells, pd.RangeIndex(part.num_rows), copy=False), count, lines)
        table = pa.table({name: as_text(part.column(name)) for name in columns})
        if not columns:
            table = pa.table({"": pa.nulls(part.num_rows, pa.large_string())})
        return Batch(to_frame(table, columns), count, lines)

    @contextmanager
    def _opened(self, repeating: Sequence[str] = ()) -> Iterator[pq.ParquetFile]:
        """The file, with these text columns as codes."""
        with self._judged(), open_parquet(self._data, repeating) as file:
            yield file

    @contextmanager
    def _judged(self) -> Iterator[None]:
        """Whatever Arrow raises means a corrupt file; its messages may quote cells."""
        try:
            yield
        except (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError):
            self._refuse("the Parquet file is corrupt or cut off", hint="export it again")

    def _refuse(self, what: str, column: str = "", hint: str = "") -> NoReturn:
        raise InputError(Problem(str(self.path), key=column, what=what, hint=hint)) from None


def _decoded(cells: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    return cells if cells.type == kind else cells.cast(cells.type.value_type).cast(kind)
