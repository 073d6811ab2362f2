"""held_rows: the rows of a Parquet file that are wanted next, decoded once, given in any order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from leadscore.pipeline.categories import refuse_unknown_codes
from leadscore.pipeline.cursor import Cursor
from leadscore.pipeline.source import STEP, FileBytes
from leadscore.pipeline.typed_text import is_text
from leadscore.points import Rows

if TYPE_CHECKING:
    import pyarrow.parquet as pq

HELD_BYTES = 256 << 20
"""A file that takes no more than this once it is decoded is held as a whole."""
_CODE_BYTES = 4  # of a cell that is kept as a code while a file is decoded
_TOGETHER = 4  # columns that are decoded at a time: at first they take several times what is kept of them
_LOOKED_AT = 10_000  # rows that tell what the others are like


@dataclass(frozen=True)
class Look:
    """What the first rows of a file tell of the others."""

    repeating: list[str]
    """Text columns of few distinct texts: it would be in vain to decode each cell."""
    size: int
    """Of the whole file once it is decoded, in bytes."""

    @property
    def is_small(self) -> bool:
        """Whether it is held as a whole."""
        return self.size <= HELD_BYTES


@dataclass(frozen=True)
class HeldRows:
    """Some rows of a file with all their columns; text that repeats is kept as codes."""

    table: pa.Table
    rows: Rows | None = None
    """The number in the file of each row of the table, going up; None: it is all of the file."""

    def find(self, rows: Rows) -> Rows | None:
        """Where these rows of the file stand in the table; None if one of them is not held."""
        if self.rows is None:
            return rows
        places = np.searchsorted(self.rows, rows)
        there = len(self.rows) > 0 and bool((self.rows.take(places, mode="clip") == rows).all())
        return places if there else None


def text_columns(schema: pa.Schema) -> list[str]:
    """The columns whose cells can be read as codes."""
    return [field.name for field in schema if is_text(field.type)]


def open_parquet(data: bytes | bytearray | FileBytes, repeating: Sequence[str]) -> pq.ParquetFile:
    """The file, with these text columns as codes."""
    import pyarrow.parquet as pq  # late: a run on CSV files does without

    coded = list(repeating)
    if not isinstance(data, FileBytes):
        return pq.ParquetFile(pa.BufferReader(data), read_dictionary=coded)
    # A row group may be as large as the file: without these its columns would be read whole, and ahead.
    return pq.ParquetFile(
        pa.PythonFile(Cursor(data), "r"), read_dictionary=coded, buffer_size=STEP, pre_buffer=False
    )


def look_at(file: pq.ParquetFile) -> Look:
    """The first rows of a file that is opened with its text columns as codes. Only speed hangs on it.

    What the file says of its columns itself is not asked: Arrow ends the process where that is damaged.
    """
    first = next((part for part in file.iter_batches(_LOOKED_AT) if part.num_rows), None)
    if first is None:
        return Look([], 0)
    repeating, a_row = [], 0.0
    for name, cells in zip(first.schema.names, first.columns, strict=True):
        if not pa.types.is_dictionary(cells.type):
            a_row += cells.nbytes / len(cells)
        elif 2 * pc.count_distinct(cells.indices).as_py() <= len(cells) - cells.null_count:
            repeating.append(name)
            a_row += _CODE_BYTES
        else:  # the texts are those of the whole row group
            a_row += _CODE_BYTES + cells.dictionary.nbytes / max(len(cells.dictionary), 1)
    return Look(repeating, int(a_row * file.metadata.num_rows))


def hold_rows(file: pq.ParquetFile, rows: Rows | None, schema: pa.Schema) -> HeldRows:
    """These rows of the file, or all; ``schema``: types that rows can be taken of, for those of the file.

    Raises pa.ArrowException for a file that is corrupt.
    """
    wanted = None if rows is None else np.unique(rows)
    columns: list[pa.ChunkedArray | pa.Array] = []
    for place in range(0, len(schema), _TOGETHER):
        few = pa.schema([schema.field(each) for each in range(len(schema))[place : place + _TOGETHER]])
        columns += _in_one_piece(_read_columns(file, wanted, few), few)
    return HeldRows(pa.table(columns, names=schema.names), wanted)


def _read_columns(file: pq.ParquetFile, wanted: Rows | None, schema: pa.Schema) -> pa.Table:
    parts, first = [], 0
    for number in range(file.num_row_groups):
        # Also where no row is wanted: the codes of a text hang on the file alone, so the same bytes come out.
        group = file.read_row_group(number, columns=schema.names).select(schema.names)
        last = first + group.num_rows
        group = _sound(group, schema)
        if wanted is not None:
            here = wanted[np.searchsorted(wanted, first) : np.searchsorted(wanted, last)]
            group = group.take(pa.array(here - first))
        parts.append(group)
        first = last
    return pa.concat_tables(parts) if parts else schema.empty_table()


def _sound(group: pa.Table, schema: pa.Schema) -> pa.Table:
    """The rows with codes that are there to be looked up, in types that rows can be taken of."""
    columns = []
    for column, field in zip(group.columns, schema, strict=True):
        if not pa.types.is_dictionary(column.type):
            columns.append(column.cast(field.type) if column.type != field.type else column)
            continue
        for chunk in column.chunks:
            refuse_unknown_codes(chunk)
        columns.append(column)
    return pa.table(columns, names=group.column_names)


def _in_one_piece(table: pa.Table, schema: pa.Schema) -> list[pa.ChunkedArray | pa.Array]:
    """The distinct texts of a column once instead of once per row group, and codes as narrow as may be."""
    columns = []
    for column, field in zip(table.columns, schema, strict=True):
        if pa.types.is_dictionary(column.type) and column.type != field.type:
            columns.append(_narrow(column.unify_dictionaries().combine_chunks()))
        else:
            columns.append(pa.table([column], names=[""]).combine_chunks().column(0))
    return columns


def _narrow(cells: pa.DictionaryArray) -> pa.DictionaryArray:
    kinds = (pa.int8(), pa.int16(), pa.int32())
    kind = next(kind for kind in kinds if len(cells.dictionary) < 1 << (kind.bit_width - 1))
    return pa.DictionaryArray.from_arrays(cells.indices.cast(kind), cells.dictionary)
