"""read_parquet: a Parquet export -> batches of leads as text, and any lead's original row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import NoReturn

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from leadscore.errors import InputError, Problem
from leadscore.fields import FieldType
from leadscore.pipeline.export import BATCH_BYTES, MAX_COLUMNS, Batch, Dialect, SetAside, to_frame
from leadscore.pipeline.source import STEP, Cursor, FileBytes

MAX_ROWS = 500_000_000
BYTES_PER_ROW = 256  # a guess: only how many rows make a batch hangs on it


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
        with self._opened() as file:
            self._schema = file.schema_arrow
            rows, columns = file.metadata.num_rows, len(self._schema)
        if rows > MAX_ROWS:
            self._refuse(f"more than {MAX_ROWS:,} rows")
        if columns > MAX_COLUMNS or file.metadata.num_columns > MAX_COLUMNS:
            self._refuse(f"more than {MAX_COLUMNS:,} columns")
        self.columns = tuple(self._schema.names)
        self.repeated: frozenset[str] = frozenset()
        for name in sorted({name for name in self.columns if self.columns.count(name) > 1}):
            self._refuse("two columns have this name", name)
        kinds = {name: _kind(self._schema.field(name).type) for name in dict.fromkeys(self._schema.names)}
        self.kinds: Mapping[str, FieldType] = {name: kind for name, kind in kinds.items() if kind}

    def batches(self, columns: Sequence[str]) -> Iterator[Batch]:
        """The leads in file order."""
        asked = list(dict.fromkeys(columns))
        missing = [name for name in asked if name not in self.columns]
        if missing:
            raise InputError([Problem(str(self.path), key=name, what="no such column") for name in missing])
        self.refuse_without_text(asked)
        return self._read_batches(asked)

    def refuse_without_text(self, columns: Sequence[str]) -> None:
        """Raise InputError for the first of the columns that cannot be read, or written to CSV, as text."""
        for name in columns:
            kind = self._schema.field(name).type
            if not _has_text(kind):
                self._refuse(f"a column of type {kind} holds no text", name, "leave it out of the export")

    def take_rows(self, rows: NDArray[np.int64]) -> pa.Table:
        """Leads number `rows` (0-based), all columns in their original types."""
        rows = np.asarray(rows, np.int64)
        wanted, place = np.unique(rows, return_inverse=True)
        parts, first = [], 0
        with self._opened() as file:
            for group in range(file.num_row_groups):
                last = first + file.metadata.row_group(group).num_rows
                here = wanted[np.searchsorted(wanted, first) : np.searchsorted(wanted, last)]
                if here.size:
                    group_rows = _without_views(file.read_row_group(group))
                    parts.append(group_rows.take(pa.array(here - first)))
                first = last
        table = pa.concat_tables(parts) if parts else _without_views(self._schema.empty_table())
        return table.take(pa.array(place.ravel()))

    def _read_batches(self, columns: list[str]) -> Iterator[Batch]:
        count = 0
        with self._opened() as file:
            for part in file.iter_batches(self._rows, columns=columns):
                if part.num_rows:
                    yield self._batch(part, columns, count)
                    count += part.num_rows
        if not count:
            yield self._batch(self._schema.empty_table(), columns, 0)

    def _batch(self, part: pa.RecordBatch | pa.Table, columns: list[str], count: int) -> Batch:
        table = pa.table({name: as_text(part.column(name)) for name in columns})
        if not columns:
            table = pa.table({"": pa.nulls(part.num_rows, pa.large_string())})
        lines = np.arange(count + 1, count + 1 + part.num_rows, dtype=np.int64)
        return Batch(to_frame(table, columns), count, lines)

    @contextmanager
    def _opened(self) -> Iterator[pq.ParquetFile]:
        """Whatever Arrow raises means a corrupt file; its messages may quote cells."""
        try:
            with self._parquet() as file:
                yield file
        except (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError):
            self._refuse("the Parquet file is corrupt or cut off", hint="export it again")

    def _parquet(self) -> pq.ParquetFile:
        if not isinstance(self._data, FileBytes):
            return pq.ParquetFile(pa.BufferReader(self._data))
        # A row group may be as large as the file: without these its columns would be read whole, and ahead.
        return pq.ParquetFile(pa.PythonFile(Cursor(self._data), "r"), buffer_size=STEP, pre_buffer=False)

    def _refuse(self, what: str, column: str = "", hint: str = "") -> NoReturn:
        raise InputError(Problem(str(self.path), key=column, what=what, hint=hint)) from None


def _has_text(kind: pa.DataType) -> bool:
    """Types that have one reading as text."""
    if pa.types.is_dictionary(kind):
        return _has_text(kind.value_type)
    tests = (
        pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_boolean,
        pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_date,
        pa.types.is_timestamp, pa.types.is_time, pa.types.is_null,
    )  # fmt: skip
    return any(test(kind) for test in tests)


def _kind(kind: pa.DataType) -> FieldType | None:
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return "date"
    numbers = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)
    return "number" if any(test(kind) for test in numbers) else None


def _without_views(table: pa.Table) -> pa.Table:
    """Arrow cannot take rows of string views yet."""
    kinds = {pa.string_view(): pa.large_string(), pa.binary_view(): pa.large_binary()}
    schema = pa.schema([field.with_type(kinds.get(field.type, field.type)) for field in table.schema])
    return table if schema.equals(table.schema) else table.cast(schema)


def as_text(cells: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Cells as a CSV export would hold them: 5, 2.5, true, 2026-01-31, 2026-01-31T09:30:00."""
    if isinstance(cells, pa.ChunkedArray):
        cells = cells.combine_chunks()
    if pa.types.is_dictionary(cells.type):
        cells = cells.cast(cells.type.value_type)
    kind = cells.type
    if pa.types.is_timestamp(kind) and kind.tz:
        cells = cells.cast(pa.timestamp(kind.unit, "UTC"))
    if pa.types.is_floating(kind):
        cells = pc.if_else(pc.is_nan(cells), pa.scalar(None, kind), cells)
    text = cells.cast(pa.large_string())
    if pa.types.is_temporal(kind):
        text = pc.replace_substring_regex(text, r"\.0+(Z?)$", r"\1")
        return pc.replace_substring(text, " ", "T")
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return _without_exponent(text)
    text.validate(full=True)
    return text


def _without_exponent(text: pa.Array) -> pa.Array:
    """1e+20 written out. inf stays what it is: no number."""
    long = pc.fill_null(pc.match_substring_regex(text, "[0-9][eE]"), False)
    if not pc.any(long).as_py():
        return text
    plain = [format(Decimal(number), "f") for number in text.filter(long).to_pylist()]
    return pc.replace_with_mask(text, long, pa.array(plain, pa.large_string()))
