"""write_csv: leads in their new order -> CSV lines, the export's own bytes unchanged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from leadscore.pipeline.buffers import joined
from leadscore.pipeline.export import Dialect
from leadscore.pipeline.files import Source
from leadscore.pipeline.guard import guard_line
from leadscore.pipeline.read import CsvExport, ParquetExport
from leadscore.pipeline.read_parquet import as_text
from leadscore.pipeline.staged import StagedFile
from leadscore.pipeline.texts import TEXT, CellTexts
from leadscore.points import Rows


class CsvFormat:
    """The export's own lines where it is CSV: permuted as bytes, not parsed and written again."""

    block_rows = 16_384
    """Leads in a block: a few megabytes, of which some blocks are in memory at a time."""

    def __init__(self, export: Source, guard: bool, prefix: str) -> None:
        self.export, self.guard, self.prefix = export, guard, prefix
        # What a spreadsheet opens without asking for the encoding, where the export came from one.
        other = Dialect("csv", bom=export.dialect.format == "xlsx")
        self.dialect = export.dialect if export.dialect.format == "csv" else other
        self.header = None if isinstance(export, ParquetExport) else export.header
        self._texts, self._disarmed = CellTexts(self.dialect, guard), 0
        if not isinstance(export, CsvExport):
            export.refuse_without_text(export.columns)

    @property
    def disarmed(self) -> int:
        """Cells that got a leading apostrophe, in all blocks made so far."""
        return self._disarmed + self._texts.disarmed

    def hold(self, rows: Rows, following: Rows | None = None) -> None:
        """The blocks that come now are of these leads, and those after them of the following."""
        guard = self.guard and self.header is not None
        self.export.hold(rows, guard)
        if following is not None and isinstance(self.export, CsvExport):
            self.export.expect(following, guard)

    def block(self, added: pd.DataFrame, rows: Rows | None) -> pa.LargeBinaryArray:
        mark, end, nothing = (_scalar(text) for text in (self.dialect.delimiter, self.dialect.line_end, ""))
        cells = [_as_bytes(self._texts.make(name, added[name])) for name in added.columns]
        if rows is not None:
            return pc.binary_join_element_wise(*cells, self._lines(rows), mark)
        return pc.binary_join_element_wise(pc.binary_join_element_wise(*cells, mark), end, nothing)

    def start(self, file: StagedFile, added: Sequence[str], alone: bool = False) -> _CsvWriter:
        names = self._headers([self.prefix + name for name in added])
        cells = [name.encode() for name in names] + ([] if alone else [self._own_header()])
        line = self.dialect.delimiter.encode().join(cells) + self.dialect.line_end.encode()
        file.write((b"\xef\xbb\xbf" if self.dialect.bom else b"") + line)
        return _CsvWriter(file)

    def _own_header(self) -> bytes:
        if self.header is not None:
            return guard_line(self.header, self.dialect.delimiter)[0] if self.guard else self.header
        return self.dialect.delimiter.join(self._headers(self.export.columns)).encode()

    def _headers(self, names: Sequence[str]) -> list[str]:
        """The names as cells. They are no cells of a lead: what is disarmed of them is not counted."""
        headers: list[str] = CellTexts(self.dialect, self.guard).finish(pa.array(names, TEXT)).to_pylist()
        return headers

    def _lines(self, rows: Rows) -> pa.LargeBinaryArray:
        if self.header is not None and not isinstance(self.export, ParquetExport):
            lines, count = self.export.take_lines(rows, self.guard)
            self._disarmed += count
            return lines
        table = self.export.take_rows(rows)
        cells = [self._own_cells(table.column(name)) for name in table.column_names]
        end = pa.scalar(self.dialect.line_end, TEXT)
        lines = pc.binary_join_element_wise(*cells, pa.scalar(self.dialect.delimiter, TEXT))
        return _as_bytes(pc.binary_join_element_wise(lines, end, pa.scalar("", TEXT)))

    def _own_cells(self, column: pa.ChunkedArray) -> pa.Array:
        kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
        is_text = pa.types.is_large_string(kind) or pa.types.is_string(kind)
        return self._texts.finish(as_text(column), is_text)


@dataclass
class _CsvWriter:
    file: StagedFile

    def write(self, block: pa.LargeBinaryArray) -> None:
        self.file.write(joined(block))

    def close(self) -> None:
        """Lines end with themselves."""


def _scalar(text: str) -> pa.Scalar:
    return pa.scalar(text.encode(), pa.large_binary())


def _as_bytes(cells: pa.Array) -> pa.LargeBinaryArray:
    return cells.cast(pa.large_binary())
