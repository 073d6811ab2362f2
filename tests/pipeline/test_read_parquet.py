"""test_read_parquet: leads come out of Parquet as the text a CSV of them would hold."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from pathlib import Path
from unittest import mock

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, strategies as st

from leadscore.errors import InputError
from leadscore.fields import FieldType
from leadscore.model.schema import FieldConfig
from leadscore.pipeline import categories, held_rows, read_parquet
from leadscore.pipeline.column import Unreadable, read_field
from leadscore.pipeline.read_parquet import ParquetExport

PLACE = Path("leads.parquet")
NOON = dt.datetime(2026, 1, 31, 12, tzinfo=dt.UTC).replace(tzinfo=None)


def written(table: pa.Table, **how: object) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, **how)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def parquet_export(table: pa.Table, batch_bytes: int = 1 << 20, **how: object) -> ParquetExport:
    return ParquetExport(PLACE, written(table, **how), batch_bytes=batch_bytes)


def refusal_of(content: bytes) -> str:
    try:
        export = ParquetExport(PLACE, content)
        list(export.batches(export.columns))
        export.take_rows(np.arange(len(export.take_rows(np.arange(1)))))
        list(ParquetExport(PLACE, content).batches(export.columns, coded=True))
    except InputError as error:
        return str(error)
    return ""


TEXTS = {
    "text": (pa.array(["a", "", None]), ["a", "", None]),
    "large text": (pa.array(["é"], pa.large_string()), ["é"]),
    "whole": (pa.array([5, -7, 9007199254740993]), ["5", "-7", "9007199254740993"]),
    "float": (
        pa.array([5.0, 2.5, 0.1, 1e20, -1.5e-7, None]),
        ["5", "2.5", "0.1", "1" + "0" * 20, "-0.00000015", None],
    ),
    "short float": (pa.array([0.1, 3.0], pa.float32()), ["0.1", "3"]),
    "no number": (pa.array([float("nan"), float("inf")]), [None, "inf"]),
    "flag": (pa.array([True, False, None]), ["true", "false", None]),
    "date": (pa.array([dt.date(2026, 1, 31)]), ["2026-01-31"]),
    "moment": (pa.array([NOON], pa.timestamp("us")), ["2026-01-31T12:00:00"]),
    "short moment": (pa.array([NOON.replace(microsecond=120)]), ["2026-01-31T12:00:00.000120"]),
    "moment in Paris": (pa.array([NOON], pa.timestamp("ms", "Europe/Paris")), ["2026-01-31T12:00:00Z"]),
    "time": (pa.array([dt.time(9, 30)]), ["09:30:00"]),
    "money": (pa.array([Decimal("1.50"), Decimal("0.00"), None]), ["1.50", "0.00", None]),
    "small money": (pa.array([Decimal("0.00000001")]), ["0.00000001"]),
    "coded text": (pa.array(["a", "b", "a"]).dictionary_encode(), ["a", "b", "a"]),
    "coded whole": (pa.array([1, 2]).dictionary_encode(), ["1", "2"]),
    "nothing": (pa.nulls(2), [None, None]),
}


@pytest.mark.parametrize("kind", TEXTS)
def test_a_cell_is_the_text_a_csv_would_hold(kind: str) -> None:
    cells, texts = TEXTS[kind]
    (batch,) = parquet_export(pa.table({"x": cells})).batches(["x"])
    assert batch.leads.dtypes["x"] == "str"
    assert [
        None if missing else text
        for text, missing in zip(batch.leads["x"], batch.leads["x"].isna(), strict=True)
    ] == texts


def test_batches_count_leads_and_rows_from_one() -> None:
    table = pa.table({"id": [str(i) for i in range(10)], "n": range(10)})
    export = parquet_export(table, batch_bytes=3 * read_parquet.BYTES_PER_ROW, row_group_size=5)
    batches = list(export.batches(["n", "id"]))
    assert [value for batch in batches for value in batch.leads["id"]] == table["id"].to_pylist()
    assert [line for batch in batches for line in batch.lines] == list(range(1, 11))
    assert [batch.start for batch in batches] == [0, 3, 6, 9]
    assert [list(batch.leads.columns) for batch in batches] == [["n", "id"]] * 4
    assert all(batch.leads.index.tolist() == list(range(len(batch.leads))) for batch in batches)


def test_a_file_without_leads_gives_one_empty_batch() -> None:
    (batch,) = parquet_export(
        pa.table({"id": pa.array([], pa.string()), "n": pa.array([], pa.int64())})
    ).batches(["n"])
    assert (batch.leads.shape, batch.leads.dtypes["n"], len(batch.lines)) == ((0, 1), "str", 0)


def test_no_asked_column_still_counts_the_leads() -> None:
    (batch,) = parquet_export(pa.table({"id": ["a", "b"]})).batches([])
    assert batch.leads.shape == (2, 0)


def test_rows_are_taken_in_any_order_with_their_types() -> None:
    table = pa.table({"id": [str(i) for i in range(10)], "n": range(10), "tags": [[i] for i in range(10)]})
    export = parquet_export(table, row_group_size=3)
    rows = np.array([9, 0, 4, 4, 2])
    assert export.take_rows(rows).equals(table.take(pa.array(rows)))
    assert export.take_rows(rows[:0]).equals(table.slice(0, 0))


@pytest.mark.parametrize(
    "cells", [pa.array([[1]]), pa.array([b"x"]), pa.array([{"a": 1}])], ids=lambda c: str(c.type)
)
def test_a_nested_or_binary_column_is_refused_only_when_asked_for(cells: pa.Array) -> None:
    export = parquet_export(pa.table({"id": ["1"], "odd": cells}))
    assert [batch.leads["id"].tolist() for batch in export.batches(["id"])] == [["1"]]
    with pytest.raises(InputError, match=r"odd: a column of type .* holds no text"):
        export.batches(["odd"])


def test_asking_for_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match="visits: no such column"):
        parquet_export(pa.table({"id": ["1"]})).batches(["visits"])


def test_two_columns_of_one_name_are_refused() -> None:
    with pytest.raises(InputError, match="n: two columns have this name"):
        parquet_export(pa.table([[1], [2]], ["n", "n"]))


def test_too_many_columns_or_rows_are_refused_before_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="more than 2,000 columns"):
        parquet_export(pa.table({f"c{i}": [1] for i in range(2_001)}))
    monkeypatch.setattr(read_parquet, "MAX_ROWS", 2)
    with pytest.raises(InputError, match="more than 2 rows"):
        parquet_export(pa.table({"id": [1, 2, 3]}))


def test_text_that_is_not_utf_8_is_refused() -> None:
    bad = pa.Array.from_buffers(pa.string(), 1, pa.array([b"CANARY\xff"]).buffers())
    with pytest.raises(InputError) as caught:
        list(parquet_export(pa.table({"id": bad})).batches(["id"]))
    assert "CANARY" not in str(caught.value)


def test_a_damaged_file_is_read_or_refused_but_never_breaks_the_reader() -> None:
    table = pa.table({
        "id": [f"CANARY{i}" for i in range(300)],
        "n": [i / 7 for i in range(300)],
        "country": ["US", "GB", None] * 100,
    })  # fmt: skip
    whole, chance = written(table, compression="snappy"), random.Random(7)
    refused = 0
    for _ in range(400):
        content = bytearray(whole)
        content[chance.randrange(4, len(content))] ^= 1 << chance.randrange(8)
        message = refusal_of(bytes(content))
        assert "CANARY" not in message
        refused += bool(message)
    assert refused > 50
    with pytest.raises(InputError, match="the Parquet file is corrupt or cut off; export it again"):
        ParquetExport(PLACE, whole[:-5])


KINDS = {
    "few texts": st.sampled_from(["", "a", "b ", "é", None]),
    "many texts": st.text("abc=,'", max_size=4) | st.none(),
    "numbers": st.sampled_from([0.0, 0.1, 1e20, float("nan"), None]),
    "whole numbers": st.integers(-3, 3) | st.none(),
    "flags": st.booleans() | st.none(),
    "nothing": st.none(),
}


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    count = draw(st.integers(0, 40))
    columns = {kind: draw(st.lists(cells, min_size=count, max_size=count)) for kind, cells in KINDS.items()}
    large = draw(st.sampled_from([pa.string(), pa.large_string(), pa.dictionary(pa.int8(), pa.string())]))
    types = [large, large, pa.float64(), pa.int64(), pa.bool_(), pa.null()]
    arrays = [pa.array(cells, kind) for cells, kind in zip(columns.values(), types, strict=True)]
    return pa.table(arrays, list(columns))


@given(tables(), st.integers(1, 40), st.integers(1, 40), st.booleans())
def test_categories_hold_the_text_of_the_cells(table: pa.Table, group: int, rows: int, small: bool) -> None:
    content = written(table, row_group_size=group)
    size = rows * read_parquet.BYTES_PER_ROW
    with mock.patch.object(held_rows, "HELD_BYTES", 1 << 20 if small else -1):
        coded, plain = (
            list(ParquetExport(PLACE, content, batch_bytes=size).batches(table.column_names, coded))
            for coded in (True, False)
        )
    joined = [
        pd.concat([batch.leads.astype("str") for batch in batches], ignore_index=True)
        for batches in (coded, plain)
    ]
    pd.testing.assert_frame_equal(joined[0], joined[1])
    assert [line for batch in coded for line in batch.lines] == list(range(1, len(table) + 1))
    assert [batch.start for batch in coded][1:] == np.cumsum([len(batch.leads) for batch in coded])[
        :-1
    ].tolist()


@given(tables(), st.integers(1, 40), st.booleans(), st.data())
def test_rows_are_the_same_however_much_of_the_file_is_held(
    table: pa.Table, group: int, small: bool, data: st.DataObject
) -> None:
    export = ParquetExport(PLACE, written(table, row_group_size=group))
    numbers = st.integers(0, max(len(table) - 1, 0))
    with mock.patch.object(held_rows, "HELD_BYTES", 1 << 20 if small else -1):
        for _ in range(3 if len(table) else 0):
            held = np.array(data.draw(st.lists(numbers)), np.int64)
            export.hold(held)
            for rows in (held, held[::-2], np.array(data.draw(st.lists(numbers)), np.int64)):
                taken = export.take_rows(rows)
                assert taken.schema.equals(table.schema)
                assert str(taken.to_pylist()) == str(table.take(pa.array(rows)).to_pylist())


def test_text_that_repeats_is_kept_as_codes_and_no_other() -> None:
    table = pa.table({"id": [str(i) for i in range(100)], "country": ["US", "GB"] * 50, "n": range(100)})
    taken = parquet_export(table, row_group_size=30).take_coded(np.arange(100)[::-1])
    assert [str(kind) for kind in taken.schema.types] == [
        "string", "dictionary<values=string, indices=int8, ordered=0>", "int64",
    ]  # fmt: skip
    assert taken["country"].combine_chunks().dictionary.to_pylist() == ["US", "GB"]


@pytest.mark.parametrize("code", [-1, 2])
def test_a_code_of_no_text_is_refused(code: int) -> None:
    codes = pa.array([0, code], pa.int32())
    cells = pa.DictionaryArray.from_arrays(codes, pa.array(["a", "b"]), safe=False)
    with pytest.raises(pa.ArrowInvalid, match="a code of no text"):
        categories.refuse_unknown_codes(cells)


@given(
    st.lists(st.sampled_from(["", " a", "a", "'=b", "N/A", "7", "x7", None]), max_size=20),
    st.permutations(["", " a", "a", "'=b", "N/A", "7", "x7", "of no lead"]),
    st.sampled_from(["text", "number", "boolean"]),
    st.booleans(),
)
def test_a_field_is_read_alike_from_categories_and_from_text(
    cells: list[str | None], order: list[str], kind: FieldType, listed: bool
) -> None:
    words = {"true": ["7"], "false": ["a", ""] if listed else ["a"]} if kind == "boolean" else {}
    config = FieldConfig.model_validate({"null": ["N/A"], "type": kind, **words})
    text = pd.Series(pd.array(cells, "str"), name="x")
    told: list[list[Unreadable]] = [[], []]
    fields = [
        read_field(column, config, kind, unreadable)
        for column, unreadable in zip((text, text.astype(pd.CategoricalDtype(order))), told, strict=True)
    ]
    ours, theirs = ([field.text(place) for place in range(len(cells))] for field in fields)
    assert ours == theirs
    reasons = [{(each.reason, *each.rows.tolist()) for each in unreadable} for unreadable in told]
    assert reasons[0] == reasons[1]
