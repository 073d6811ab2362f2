"""write_parquet: leads in their new order -> Parquet rows, typed, the export's own columns unchanged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from leadscore.model.check import WHOLE_COLUMNS
from leadscore.pipeline.batch import to_decimals, whole_numbers
from leadscore.pipeline.files import Source
from leadscore.pipeline.publish import StagedFile
from leadscore.pipeline.several import Exports
from leadscore.points import Rows

_TEXT = pa.large_string()


class ParquetFormat:
    """Typed columns: scores as decimals, the export's own columns in their types, text where it was CSV."""

    def __init__(self, export: Source, guard: bool, prefix: str) -> None:
        self.export, self.prefix, self.disarmed = export, prefix, 0
        if isinstance(export, Exports):
            export.refuse_without_text(export.mixed)

    def block(self, added: pd.DataFrame, rows: Rows | None) -> pa.Table:
        columns = {self.prefix + name: _typed(name, added[name]) for name in added.columns}
        if rows is not None:
            own = self.export.take_rows(rows)
            columns |= {name: own.column(name) for name in own.column_names}
        return pa.table(columns)

    def start(self, file: StagedFile, added: Sequence[str], alone: bool = False) -> _ParquetWriter:
        return _ParquetWriter(file)


@dataclass
class _ParquetWriter:
    file: StagedFile
    writer: pq.ParquetWriter | None = None

    def write(self, block: pa.Table) -> None:
        if self.writer is None:
            self.writer = pq.ParquetWriter(pa.PythonFile(self.file, mode="w"), block.schema)
        self.writer.write_table(block)

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()


def _typed(name: str, values: pd.Series) -> pa.Array:
    if not pd.api.types.is_integer_dtype(values.dtype):
        return pa.array(values, _TEXT)
    numbers, known = whole_numbers(values)
    return pa.array(numbers) if name in WHOLE_COLUMNS else to_decimals(numbers, known)
