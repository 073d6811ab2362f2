"""write_parquet: leads in their new order -> Parquet rows, typed, the export's own columns unchanged."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from leadscore.model.check import CHANCE, WHOLE_COLUMNS
from leadscore.pipeline.batch import to_decimals, whole_numbers
from leadscore.pipeline.files import Source
from leadscore.pipeline.read import ParquetExport
from leadscore.pipeline.several import Exports
from leadscore.pipeline.staged import StagedFile
from leadscore.points import Rows

if TYPE_CHECKING:
    import pyarrow.parquet as pq

_TEXT = pa.large_string()
_TYPES = b"ARROW:schema"  # where Arrow keeps the types of the columns in a Parquet file
GROUP_ROWS = 250_000
"""Rows of a row group: with more of them text that repeats takes less room, and more memory is held."""
_FEW = 4
"""Codes are written as they are where each stands for so many rows of a row group on average."""


class ParquetFormat:
    """Typed columns: scores as decimals, the export's own columns in their types, text where it was CSV."""

    block_rows = 50_000
    """Leads in a block."""

    def __init__(self, export: Source, guard: bool, prefix: str) -> None:
        self.export, self.prefix, self.disarmed = export, prefix, 0
        if isinstance(export, Exports):
            export.refuse_without_text(export.mixed)

    def hold(self, rows: Rows, following: Rows | None = None) -> None:
        """The blocks that come now are of these leads."""
        self.export.hold(rows)

    def block(self, added: pd.DataFrame, rows: Rows | None) -> pa.Table:
        """Text that repeats is kept as codes; the types it is written in stand beside the columns."""
        columns = {self.prefix + name: _typed(name, added[name]) for name in added.columns}
        kinds = {name: _plain(column.type) for name, column in columns.items()}
        if rows is not None:
            own, schema = self._take(rows)
            columns |= {name: own.column(name) for name in own.column_names}
            kinds |= dict(zip(schema.names, schema.types, strict=True))
        types = base64.b64encode(pa.schema(list(kinds.items())).serialize().to_pybytes())
        return pa.table(columns).replace_schema_metadata({_TYPES: types})

    def _take(self, rows: Rows) -> tuple[pa.Table, pa.Schema]:
        if isinstance(self.export, ParquetExport):
            return self.export.take_coded(rows), self.export.schema
        own = self.export.take_rows(rows)
        return own, own.schema

    def start(self, file: StagedFile, added: Sequence[str], alone: bool = False) -> _ParquetWriter:
        return _ParquetWriter(file, [self.prefix + name for name in added])


class _ParquetWriter:
    """One file; its row groups are made in a thread of its own, one after the other.

    They have the same rows whatever blocks these come in.
    """

    def __init__(self, file: StagedFile, added: Sequence[str]) -> None:
        self.file, self.added = file, frozenset(added)
        self._waiting: list[pa.Table] = []
        self._writer: pq.ParquetWriter | None = None
        self._thread, self._running = ThreadPoolExecutor(1), list[Future[None]]()

    def write(self, block: pa.Table) -> None:
        """Append a block; it may be empty."""
        # Of blocks without rows one is kept for its columns, if there is no other.
        self._waiting = [some for some in (*self._waiting, block) if some.num_rows] or [block]
        while sum(block.num_rows for block in self._waiting) >= GROUP_ROWS:
            table = pa.concat_tables(self._waiting)
            self._waiting = [table.slice(GROUP_ROWS)]
            self._pass_on(table.slice(0, GROUP_ROWS))

    def close(self) -> None:
        """Finish the file, of one block at least. One without rows has its columns all the same."""
        self._pass_on(pa.concat_tables(self._waiting))
        self._wait()
        self._thread.shutdown()
        assert self._writer is not None, "the last of what waited has begun the file, if nothing did before"
        self._writer.close()

    def _pass_on(self, rows: pa.Table) -> None:
        self._wait()
        self._running.append(self._thread.submit(self._write_group, rows))

    def _wait(self) -> None:
        while self._running:
            self._running.pop().result()

    def _write_group(self, rows: pa.Table) -> None:
        columns = [self._in_one_piece(rows, name) for name in rows.column_names]
        group = pa.table(columns, rows.schema)
        if self._writer is None:
            self._writer = self._start(group.schema)
        if group.num_rows:
            self._writer.write_table(group, row_group_size=GROUP_ROWS)

    def _start(self, schema: pa.Schema) -> pq.ParquetWriter:
        import pyarrow.parquet as pq  # late: a run on CSV files does without

        # Text of the export repeats all over the ranks: its least and greatest would leave out no row group,
        # and to find them takes as long as all the rest.
        told = [
            field.name
            for field in schema
            if field.name in self.added or not pa.types.is_dictionary(field.type)
        ]
        file = pa.PythonFile(self.file, mode="w")
        writer = pq.ParquetWriter(file, schema, store_schema=False, write_statistics=told)
        writer.add_key_value_metadata({_TYPES: schema.metadata[_TYPES]})
        return writer

    def _in_one_piece(self, rows: pa.Table, name: str) -> pa.Array | pa.ChunkedArray:
        column = rows.column(name)
        if not pa.types.is_dictionary(column.type):
            return pa.table([column], names=[""]).combine_chunks().column(0)
        cells = column.unify_dictionaries().combine_chunks()
        few = name not in self.added and len(cells.dictionary) * _FEW <= len(cells)
        return cells if few else _by_appearance(cells)


def _by_appearance(cells: pa.DictionaryArray) -> pa.DictionaryArray:
    """Codes for the texts that are there and no others, numbered as they come.

    Then they are the same however the codes came about: in batches of any size, in many files or in one.
    """
    again = cells.indices.dictionary_encode()
    codes = again.indices.cast(cells.type.index_type)
    return pa.DictionaryArray.from_arrays(
        codes, cells.dictionary.take(again.dictionary), ordered=cells.type.ordered
    )


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _typed(name: str, values: pd.Series) -> pa.Array:
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes = values.cat.codes.to_numpy()
        texts = _whole(pa.array(values.cat.categories, _TEXT))
        indices = pa.array(codes.astype(np.int32), mask=codes < 0)
        return _by_appearance(pa.DictionaryArray.from_arrays(indices, texts))
    if not pd.api.types.is_integer_dtype(values.dtype):
        return _whole(pa.array(values, _TEXT)).dictionary_encode()
    numbers, known = whole_numbers(values)
    if name in WHOLE_COLUMNS:
        return pa.array(numbers)
    return to_decimals(numbers, known, places=4 if name == CHANCE else 2)


def _whole(texts: pa.Array | pa.ChunkedArray) -> pa.Array:
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
