"""pack: many columns of rows -> two, which an engine moves as they are, and back.

An engine turns every cell it moves from a column into a row and back, at each step; of leads with seventy
columns that is most of its work. It looks only into the few columns that it sorts, joins and counts by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from leadscore.pipeline.buffers import joined, offsets_of
from leadscore.pipeline.spark.carry import Carried

FIXED, TEXTS = "fixed", "texts"
_BYTES = pa.large_binary()
_WIDTHS = {pa.int8(): "i1", pa.int16(): "i2", pa.int32(): "i4", pa.int64(): "i8", pa.float32(): "f4",
           pa.float64(): "f8", pa.bool_(): "?"}  # fmt: skip
_NULL = -1
"""Stands for the length of a text that is missing."""


def is_packable(column: Carried) -> bool:
    """Whether a column can be packed."""
    return column.carrier in _WIDTHS or _is_text(column.carrier)


@dataclass(frozen=True)
class Pack:
    """Columns that go together as two: numbers, lengths and what is missing; and all texts in a row."""

    columns: Mapping[str, Carried]

    @cached_property
    def _record(self) -> np.dtype[Any]:
        fields: list[tuple[str, str]] = []
        for name, column in self.columns.items():
            if _is_text(column.carrier):
                fields.append((name, "<i4"))
            else:
                fields += [(name, f"<{_WIDTHS[column.carrier]}"), (f"{name} known", "?")]
        return np.dtype(fields)

    def load(self, cells: Mapping[str, pa.Array], count: int) -> dict[str, pa.Array]:
        """The two columns of so many rows; a column that is not given is missing in all of them."""
        records = np.zeros(count, self._record)
        texts = []
        for name, column in self.columns.items():
            values = cells[name] if name in cells else pa.nulls(count, column.carrier)
            if _is_text(column.carrier):
                octets = values.cast(_BYTES)
                records[name] = pc.fill_null(pc.binary_length(octets), _NULL).to_numpy()
                texts.append(pc.fill_null(octets, b"") if octets.null_count else octets)
            else:
                known = values.is_valid().to_numpy(zero_copy_only=False)
                empty = False if pa.types.is_boolean(column.carrier) else 0
                records[name] = pc.fill_null(values, empty).to_numpy(zero_copy_only=False)
                records[f"{name} known"] = known
        together = pc.binary_join_element_wise(*texts, pa.scalar(b"", _BYTES)) if texts else None
        made = together if together is not None else pa.array([b""] * count, _BYTES)
        return {FIXED: _as_binary(records), TEXTS: made}

    def unload(self, batch: pa.RecordBatch) -> dict[str, pa.Array]:
        """The columns of rows that were packed."""
        count = batch.num_rows
        fixed, packed = (batch.column(name).cast(_BYTES) for name in (FIXED, TEXTS))
        records = np.frombuffer(joined(fixed), self._record, count) if count else np.zeros(0, self._record)
        texts = [name for name, column in self.columns.items() if _is_text(column.carrier)]
        found = _cut(packed, records, texts) if texts else {}
        for name, column in self.columns.items():
            if name in found:
                found[name] = found[name].cast(column.carrier)
            else:
                known = records[f"{name} known"]
                mask = None if known.all() else ~known
                values = np.ascontiguousarray(records[name])
                found[name] = pa.array(values, column.carrier, mask=mask)
        return found


def _cut(packed: pa.Array, records: npt.NDArray[Any], names: list[str]) -> dict[str, pa.Array]:
    """The texts of each column; row by row they stand one behind the other."""
    count, width = len(records), len(names)
    lengths = np.empty((count, width), np.int64)
    for place, name in enumerate(names):
        lengths[:, place] = records[name]
    ends = np.zeros(count * width + 1, np.int64)
    np.cumsum(np.maximum(lengths, 0).ravel(), out=ends[1:])
    start = int(offsets_of(packed)[0]) if count else 0
    content = packed.buffers()[2] if count else None
    cells = pa.LargeBinaryArray.from_buffers(
        _BYTES, count * width, [None, pa.py_buffer(ends + start), content or pa.py_buffer(b"")]
    )
    places = np.arange(count, dtype=np.int64) * width
    return {
        name: cells.take(pa.array(places + place, mask=lengths[:, place] < 0))
        for place, name in enumerate(names)
    }


def _as_binary(records: npt.NDArray[Any]) -> pa.LargeBinaryArray:
    ends = np.arange(len(records) + 1, dtype=np.int64) * records.itemsize
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(records.tobytes())]
    return pa.LargeBinaryArray.from_buffers(_BYTES, len(records), buffers)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_large_string(kind) or pa.types.is_large_binary(kind))
