"""test_carry: what is packed and carried comes out as it went in, whatever its type."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, strategies as st

from leadscore.pipeline.spark.carry import carry
from leadscore.pipeline.spark.pack import Pack, is_packable

NOW = dt.datetime(2026, 6, 30, 12, 0, 1)  # noqa: DTZ001 (of a column without a time zone)
VALUES: dict[pa.DataType, list[Any]] = {
    pa.bool_(): [True, False, None],
    pa.int8(): [-128, 127, None],
    pa.uint8(): [0, 255, None],
    pa.int64(): [-(2**63), 2**63 - 1, None],
    pa.uint64(): [0, 2**64 - 1, None],
    pa.float32(): [0.5, -0.0, None],
    pa.float64(): [0.1, float("inf"), None],
    pa.string(): ["", "Ωmega\n\0", None],
    pa.large_string(): ["", "a" * 10_000, None],
    pa.binary(): [b"", b"\xff\x00", None],
    pa.date32(): [dt.date(1400, 2, 28), dt.date(9999, 12, 31), None],
    pa.date64(): [dt.date(1969, 12, 31), None],
    pa.timestamp("ns"): [NOW, None],
    pa.timestamp("us", "Europe/Berlin"): [NOW.replace(tzinfo=dt.UTC), None],
    pa.time64("us"): [dt.time(1, 2, 3), None],
    pa.duration("s"): [dt.timedelta(days=-3), None],
    pa.decimal128(9, 2): [Decimal("-1.25"), None],
    pa.null(): [None, None],
    pa.binary(3): [b"abc", None],
    pa.string_view(): ["a view of a text that is long", None],
}


@pytest.mark.parametrize("kind", VALUES, ids=str)
def test_a_column_of_any_type_comes_out_as_it_went_in(kind: pa.DataType) -> None:
    cells = pa.array(VALUES[kind], kind)
    carried = carry(kind)
    assert carried is not None
    moved = carried.load(cells)
    if is_packable(carried):
        moved = through({"a": moved}, Pack({"a": carried}))["a"]
    assert carried.unload(moved).to_pylist() == cells.to_pylist()
    assert carried.unload(moved).type == (pa.string_view() if kind == pa.string_view() else kind)


def test_codes_are_carried_as_what_they_stand_for() -> None:
    coded = pa.array(["x", None, "x"]).dictionary_encode()
    carried = carry(coded.type)
    assert carried is not None
    assert carried.unload(carried.load(coded)).to_pylist() == ["x", None, "x"]


@pytest.mark.parametrize("kind", [pa.list_(pa.string()), pa.struct([("a", pa.int8())]), pa.decimal256(50, 2)])
def test_a_type_that_an_engine_has_not_is_not_carried(kind: pa.DataType) -> None:
    assert carry(kind) is None


def through(cells: dict[str, pa.Array], pack: Pack) -> dict[str, pa.Array]:
    count = len(next(iter(cells.values())))
    return pack.unload(pa.RecordBatch.from_pydict(pack.load(cells, count)))


def column(kind: pa.DataType, values: Any) -> Any:
    return st.tuples(st.just(kind), st.lists(st.none() | values, max_size=30))


COLUMNS = st.lists(
    column(pa.large_string(), st.text())
    | column(pa.large_binary(), st.binary())
    | column(pa.int64(), st.integers(-(2**63), 2**63 - 1))
    | column(pa.float64(), st.floats(allow_nan=False))
    | column(pa.bool_(), st.booleans()),
    min_size=1,
    max_size=6,
)


@given(COLUMNS, st.integers(0, 5))
def test_packed_columns_come_out_as_they_went_in_also_of_a_part_of_the_rows(
    drawn: list[tuple[pa.DataType, list[Any]]], first: int
) -> None:
    count = min(len(values) for _, values in drawn)
    kinds = [carry(kind) for kind, _ in drawn]
    cells = {f"c{place}": pa.array(values[:count], kind) for place, (kind, values) in enumerate(drawn)}
    pack = Pack({f"c{place}": kind for place, kind in enumerate(kinds) if kind is not None})
    batch = pa.RecordBatch.from_pydict(pack.load(cells, count))
    for rows in (slice(0, count), slice(min(first, count), count)):
        part = batch.slice(rows.start, rows.stop - rows.start)
        assert {name: cell.to_pylist() for name, cell in pack.unload(part).items()} == {
            name: cell.to_pylist()[rows] for name, cell in cells.items()
        }
