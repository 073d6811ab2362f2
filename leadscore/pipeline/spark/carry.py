"""carry: columns of any Parquet type -> types that every engine hands on unchanged, and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa

_TEXT, _BYTES = pa.large_string(), pa.large_binary()
_NAMES = {
    pa.bool_(): "boolean", pa.int8(): "tinyint", pa.int16(): "smallint", pa.int32(): "int",
    pa.int64(): "bigint", pa.float32(): "float", pa.float64(): "double", _TEXT: "string", _BYTES: "binary",
}  # fmt: skip
"""What the engine calls the types that are carried."""
# Types of which the engine has its own idea, or none: dates before 1582, zones, nanoseconds. Whole numbers
# of the same bits go through untouched.
_AS_BITS: tuple[tuple[Callable[[pa.DataType], bool], pa.DataType], ...] = (
    (pa.types.is_timestamp, pa.int64()),
    (pa.types.is_duration, pa.int64()),
    (pa.types.is_date64, pa.int64()),
    (pa.types.is_time64, pa.int64()),
    (pa.types.is_uint64, pa.int64()),
    (pa.types.is_date32, pa.int32()),
    (pa.types.is_time32, pa.int32()),
)
_WIDER = {
    pa.uint8(): pa.int16(), pa.uint16(): pa.int32(), pa.uint32(): pa.int64(), pa.float16(): pa.float32(),
    pa.null(): pa.bool_(), pa.string(): _TEXT, pa.binary(): _BYTES, pa.string_view(): _TEXT,
    pa.binary_view(): _BYTES,
}  # fmt: skip


@dataclass(frozen=True)
class Carried:
    """A column of some type, and the type it is carried in."""

    kind: pa.DataType
    carrier: pa.DataType

    @property
    def named(self) -> str:
        """The carrier as the engine's schemas name it."""
        if pa.types.is_decimal128(self.carrier):
            return f"decimal({self.carrier.precision},{self.carrier.scale})"
        if pa.types.is_list(self.carrier):
            return f"array<{_NAMES[self.carrier.value_type]}>"
        return _NAMES[self.carrier]

    def load(self, cells: pa.Array | pa.ChunkedArray) -> pa.Array:
        """Cells of the type, as they are carried."""
        cells = cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells
        if pa.types.is_dictionary(cells.type):
            cells = cells.cast(cells.type.value_type)
        if cells.type == self.carrier:
            return cells
        return cells.view(self.carrier) if self._same_bits else cells.cast(self.carrier)

    def unload(self, cells: pa.Array) -> pa.Array:
        """What was carried, in its own type again."""
        if cells.type != self.carrier:
            cells = cells.cast(self.carrier)  # an engine may hand on the same text with shorter offsets
        if self.kind == self.carrier:
            return cells
        if pa.types.is_null(self.kind):
            return pa.nulls(len(cells))
        return cells.view(self.kind) if self._same_bits else cells.cast(self.kind)

    @property
    def _same_bits(self) -> bool:
        return any(test(self.kind) for test, _ in _AS_BITS)


def carry(kind: pa.DataType) -> Carried | None:
    """How a column of this type is carried; None where it cannot be."""
    own = kind.value_type if pa.types.is_dictionary(kind) else kind
    if own in _NAMES or (pa.types.is_decimal128(own) and 0 <= own.scale <= own.precision):
        return Carried(own, own)
    bits = next((carrier for test, carrier in _AS_BITS if test(own)), None)
    if bits is not None or own in _WIDER:
        return Carried(own, bits or _WIDER[own])
    if pa.types.is_fixed_size_binary(own) and own.byte_width:
        return Carried(own, _BYTES)
    return Carried(own, own) if own == pa.list_(pa.int64()) else None


def schema_text(columns: dict[str, Carried]) -> str:
    """The columns as the engine wants a schema written."""
    return ", ".join(f"{name} {column.named}" for name, column in columns.items())
