"""categories: a column of a Parquet file, part by part -> text or categories of text."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from leadscore.pipeline.export import TEXT
from leadscore.pipeline.typed_text import as_text, is_text


class Categories:
    """Makes the cells of one column; distinct texts are made once for all parts of a row group."""

    def __init__(self) -> None:
        self._made: tuple[pa.Array, pa.Array, pd.CategoricalDtype] | None = None

    def make(self, cells: pa.Array) -> Any:
        """Text where the file has text cell by cell; else a category, each distinct text made once.

        Raises pa.ArrowInvalid for a damaged file.
        """
        if is_text(cells.type) or pa.types.is_null(cells.type):
            return pd.array(as_text(cells), TEXT)
        if pa.types.is_dictionary(cells.type):
            refuse_unknown_codes(cells)
        else:
            cells = cells.dictionary_encode()
        if self._made is None or not self._made[0].equals(cells.dictionary):
            self._made = (cells.dictionary, *_distinct(cells.dictionary))
        _, codes, kind = self._made
        return pd.Categorical.from_codes(codes.take(cells.indices).fill_null(-1).to_numpy(), dtype=kind)


def _distinct(values: pa.Array) -> tuple[pa.Array, pd.CategoricalDtype]:
    """A code for each value and the texts; two values may have one text, and NaN has none."""
    texts = as_text(values).dictionary_encode()
    return texts.indices, pd.CategoricalDtype(pd.Index(pd.array(texts.dictionary, TEXT)))


def refuse_unknown_codes(cells: pa.DictionaryArray) -> None:
    """Raise pa.ArrowInvalid for codes of no text: whoever looked them up would read anything."""
    ends = pc.min_max(cells.indices).as_py()
    if ends["max"] is not None and not 0 <= ends["min"] <= ends["max"] < len(cells.dictionary):
        raise pa.ArrowInvalid("a code of no text")
