"""typed_text: typed cells, as Parquet holds them -> the text a CSV export would hold."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from leadscore.errors import InputError, Problem
from leadscore.fields import FieldType


def has_text(kind: pa.DataType) -> bool:
    """Types that have one reading as text."""
    if pa.types.is_dictionary(kind):
        return has_text(kind.value_type)
    tests = (
        pa.types.is_boolean, pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal,
        pa.types.is_date, pa.types.is_timestamp, pa.types.is_time, pa.types.is_null,
    )  # fmt: skip
    return is_text(kind) or any(test(kind) for test in tests)


def refuse_without_text(path: Path, schema: pa.Schema, columns: Iterable[str]) -> None:
    """Raise InputError for the first of the columns that cannot be read, or written to CSV, as text."""
    for name in columns:
        kind = schema.field(name).type
        if not has_text(kind):
            what, hint = f"a column of type {kind} holds no text", "leave it out of the export"
            raise InputError(Problem(str(path), key=name, what=what, hint=hint))


def is_text(kind: pa.DataType) -> bool:
    """Types whose cells are text already."""
    return kind in (pa.string(), pa.large_string(), pa.string_view())


def field_type(kind: pa.DataType) -> FieldType | None:
    """The type of field that such a column is by itself."""
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return "date"
    numbers = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)
    return "number" if any(test(kind) for test in numbers) else None


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
