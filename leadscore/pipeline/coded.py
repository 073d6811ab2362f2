"""coded: what scoring adds, as plain columns: a text that many leads share stands there once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from leadscore.pipeline.export import TEXT as TEXT
from leadscore.points import Rows

Column: TypeAlias = npt.NDArray[Any] | pd.arrays.IntegerArray | pa.DictionaryArray
"""A value per lead: numbers, numbers of which some are missing, or texts as codes into distinct ones."""


def encode(names: Sequence[str] | pa.Array | pd.Index, places: npt.NDArray[Any]) -> pa.DictionaryArray:
    """The text at each lead's place in ``names``; missing where the place is -1."""
    codes = pa.array(places.astype(np.int32), mask=places < 0)
    return pa.DictionaryArray.from_arrays(codes, to_array(names))


def to_array(texts: Any) -> pa.Array:
    """Texts of any kind as one array of Arrow's."""
    array = pa.array(texts, pa.large_string())
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def to_texts(column: pd.Series) -> pa.Array:
    """A column of texts, or of categories, as texts; null where there is none."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return to_array(column)
    return encode(column.cat.categories, column.cat.codes.to_numpy()).cast(pa.large_string())


def chain(columns: Sequence[Column]) -> Column:
    """One column after the other."""
    if isinstance(columns[0], pa.DictionaryArray):
        return _chain_texts(columns)
    if all(isinstance(column, np.ndarray) for column in columns):
        return np.concatenate(columns)
    return pd.concat([pd.Series(column) for column in columns]).array


def _chain_texts(columns: Sequence[pa.DictionaryArray]) -> pa.DictionaryArray:
    """Each distinct text once, also where two columns have it, or one has it twice."""
    texts = pa.concat_arrays([column.dictionary for column in columns]).dictionary_encode()
    places = texts.indices.to_numpy(zero_copy_only=False)
    first = np.cumsum([0, *(len(column.dictionary) for column in columns)])
    codes = [
        np.append(places[start:stop], -1)[_codes(column)]
        for column, start, stop in zip(columns, first, first[1:], strict=False)
    ]
    return encode(texts.dictionary, np.concatenate(codes))


def _codes(column: pa.DictionaryArray) -> npt.NDArray[np.int32]:
    """-1 where the text is missing."""
    codes: npt.NDArray[np.int32] = column.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return codes


def no_numbers(count: int) -> pd.arrays.IntegerArray:
    """So many numbers, all of them missing."""
    return pd.arrays.IntegerArray(np.zeros(count, np.int64), np.ones(count, dtype=bool))


def take_rows(column: Column, rows: Rows) -> Column:
    """The column of some leads, by their positions."""
    return column.take(pa.array(rows)) if isinstance(column, pa.DictionaryArray) else column[rows]


def to_frame(columns: Mapping[str, Column], index: pd.Index, coded: bool = False) -> pd.DataFrame:
    """The columns side by side; texts as texts, or, once they are chained, as categories to stay small."""
    made = {
        name: _to_cells(column, coded) if isinstance(column, pa.DictionaryArray) else column
        for name, column in columns.items()
    }
    return pd.DataFrame(made, index=index, copy=False)


def _to_cells(column: pa.DictionaryArray, coded: bool) -> Any:
    if not coded:
        return pd.array(column.cast(pa.large_string()), dtype=TEXT)
    categories = pd.CategoricalDtype(pd.Index(pd.array(column.dictionary, dtype=TEXT)))
    return pd.Categorical.from_codes(_codes(column), dtype=categories)
