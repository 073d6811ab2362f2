"""write_csv: leads in their new order -> CSV lines, the export's own bytes unchanged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from leadscore.model.check import WHOLE_COLUMNS
from leadscore.pipeline.batch import whole_numbers
from leadscore.pipeline.export import Dialect
from leadscore.pipeline.files import Source
from leadscore.pipeline.guard import guard_line, guard_lines, guard_texts
from leadscore.pipeline.publish import StagedFile
from leadscore.pipeline.read import CsvExport, ParquetExport
from leadscore.pipeline.read_parquet import as_text
from leadscore.points import Rows, format_each

_TEXT = pa.large_string()


class CsvFormat:
    """The export's own lines where it is CSV: permuted as bytes, not parsed and written again."""

    def __init__(self, export: Source, guard: bool, prefix: str) -> None:
        self.export, self.guard, self.prefix, self.disarmed = export, guard, prefix, 0
        self.dialect = export.dialect if export.dialect.format == "csv" else Dialect("csv")
        self.header = None if isinstance(export, ParquetExport) else export.header
        if not isinstance(export, CsvExport):
            export.refuse_without_text(export.columns)

    def block(self, added: pd.DataFrame, rows: Rows | None) -> pa.LargeBinaryArray:
        mark, end, nothing = (_scalar(text) for text in (self.dialect.delimiter, self.dialect.line_end, ""))
        cells = [_as_bytes(self._cells(name, added[name])) for name in added.columns]
        if rows is not None:
            return pc.binary_join_element_wise(*cells, self._lines(rows), mark)
        return pc.binary_join_element_wise(pc.binary_join_element_wise(*cells, mark), end, nothing)

    def start(self, file: StagedFile, added: Sequence[str], alone: bool = False) -> _CsvWriter:
        names = self._quote(self._disarm(pa.array([self.prefix + name for name in added], _TEXT)))
        cells = [name.encode() for name in names.to_pylist()] + ([] if alone else [self._own_header()])
        line = self.dialect.delimiter.encode().join(cells) + self.dialect.line_end.encode()
        file.write((b"\xef\xbb\xbf" if self.dialect.bom else b"") + line)
        return _CsvWriter(file)

    def _own_header(self) -> bytes:
        if self.header is not None:
            return guard_line(self.header, self.dialect.delimiter)[0] if self.guard else self.header
        names = self._quote(self._disarm(pa.array(self.export.columns, _TEXT)))
        return self.dialect.delimiter.join(names.to_pylist()).encode()

    def _cells(self, name: str, values: pd.Series) -> pa.Array:
        if pd.api.types.is_integer_dtype(values.dtype):
            numbers, known = whole_numbers(values)
            texts = numbers.astype(str) if name in WHOLE_COLUMNS else format_each(numbers)
            cells = pa.array(texts, _TEXT)
            cells = cells if known.all() else pc.if_else(pa.array(known), cells, "")
            return _around(cells, '"', '"') if self.dialect.quote_all else cells
        cells = pa.array(values, _TEXT)  # in pieces, where leads came in batches
        cells = cells if isinstance(cells, pa.Array) else cells.combine_chunks()
        return self._quote(self._disarm(pc.fill_null(cells, "")))

    def _disarm(self, texts: pa.Array) -> pa.Array:
        texts, count = guard_texts(texts) if self.guard else (texts, 0)
        self.disarmed += count
        return texts

    def _quote(self, texts: pa.Array) -> pa.Array:
        quoted = _around(pc.replace_substring(texts, '"', '""'), '"', '"')
        if self.dialect.quote_all:
            return quoted
        special = pc.match_substring_regex(texts, f'[\\r\\n"{self.dialect.delimiter}]')
        return pc.if_else(special, quoted, texts)

    def _lines(self, rows: Rows) -> pa.LargeBinaryArray:
        if self.header is not None and not isinstance(self.export, ParquetExport):
            lines = self.export.take_lines(rows)
            lines, count = guard_lines(lines, self.dialect.delimiter) if self.guard else (lines, 0)
            self.disarmed += count
            return lines
        table = self.export.take_rows(rows)
        cells = [self._own_cells(table.column(name)) for name in table.column_names]
        end = pa.scalar(self.dialect.line_end, _TEXT)
        joined = pc.binary_join_element_wise(*cells, pa.scalar(self.dialect.delimiter, _TEXT))
        return _as_bytes(pc.binary_join_element_wise(joined, end, pa.scalar("", _TEXT)))

    def _own_cells(self, column: pa.ChunkedArray) -> pa.Array:
        kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
        texts = pc.fill_null(as_text(column), "")
        is_text = pa.types.is_large_string(kind) or pa.types.is_string(kind)
        return self._quote(self._disarm(texts) if is_text else texts)


@dataclass
class _CsvWriter:
    file: StagedFile

    def write(self, block: pa.LargeBinaryArray) -> None:
        self.file.write(_content(block))

    def close(self) -> None:
        """Lines end with themselves."""


def _around(texts: pa.Array, before: str, after: str) -> pa.Array:
    ends = (pa.scalar(before, texts.type), pa.scalar(after, texts.type))
    return pc.binary_join_element_wise(ends[0], texts, ends[1], pa.scalar("", texts.type))


def _scalar(text: str) -> pa.Scalar:
    return pa.scalar(text.encode(), pa.large_binary())


def _as_bytes(cells: pa.Array) -> pa.LargeBinaryArray:
    return cells.cast(pa.large_binary())


def _content(lines: pa.LargeBinaryArray) -> pa.Buffer:
    """All lines of an array as one piece of memory, without copying."""
    if not len(lines):
        return pa.py_buffer(b"")
    offsets = np.frombuffer(lines.buffers()[1], dtype=np.int64)[lines.offset : lines.offset + len(lines) + 1]
    return lines.buffers()[2].slice(int(offsets[0]), int(offsets[-1] - offsets[0]))
