"""test_coded: columns that scoring adds: chained and kept small, they are what plain lists would be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, strategies as st

from leadscore.pipeline.coded import Column, chain, encode, no_numbers, take_rows, to_frame, to_texts

TEXTS = st.lists(st.sampled_from(["", "a", "b", "é", "A1"]), max_size=4)  # one may stand twice


@st.composite
def coded_columns(draw: st.DrawFn) -> list[pa.DictionaryArray]:
    columns = []
    for names in draw(st.lists(TEXTS, min_size=1, max_size=4)):
        places = draw(st.lists(st.integers(-1, len(names) - 1), max_size=6))
        columns.append(encode(names, np.array(places, np.int64)))
    return columns


def listed(column: Any) -> list[Any]:
    return pd.Series(column.to_pylist() if isinstance(column, pa.DictionaryArray) else column).tolist()


@given(coded_columns(), st.data())
def test_texts_one_after_the_other_are_the_texts_of_each(
    columns: list[pa.DictionaryArray], draw: st.DataObject
) -> None:
    expected = [text for column in columns for text in column.to_pylist()]
    chained: Any = chain(columns)
    assert chained.to_pylist() == expected
    assert len(set(chained.dictionary.to_pylist())) == len(chained.dictionary)
    rows = draw.draw(st.lists(st.integers(0, len(expected) - 1), max_size=5)) if expected else []
    taken: Any = take_rows(chained, np.array(rows, np.intp))
    assert taken.to_pylist() == [expected[row] for row in rows]


@given(coded_columns())
def test_categories_hold_the_same_texts(columns: list[pa.DictionaryArray]) -> None:
    chained: Any = chain(columns)
    index = pd.RangeIndex(len(chained))
    plain, small = to_frame({"x": chained}, index)["x"], to_frame({"x": chained}, index, coded=True)["x"]
    assert to_texts(small).to_pylist() == to_texts(plain).to_pylist() == chained.to_pylist()
    assert (small.dtype.name, plain.dtype.name) == ("category", "str")


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ([np.array([1, 2]), np.array([3])], [1, 2, 3]),
        ([np.array([1], np.int32), np.array([1 << 40])], [1, 1 << 40]),
        ([np.array([1, 2]), no_numbers(1)], [1, 2, pd.NA]),
        ([no_numbers(0), np.array([7])], [7]),
    ],
)
def test_numbers_one_after_the_other_keep_what_is_missing(
    columns: Sequence[Column], expected: list[Any]
) -> None:
    assert listed(chain(columns)) == expected
