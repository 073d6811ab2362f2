"""sheet_cells: columns of leads -> what the cells of a spreadsheet hold: texts, or numbers that are some."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from leadscore.model.check import CHANCE, WHOLE_COLUMNS
from leadscore.pipeline.batch import whole_numbers
from leadscore.pipeline.files import Source
from leadscore.pipeline.fit import Fit
from leadscore.pipeline.typed_text import as_text

Cells = Sequence[Any]
"""A column: str, int, float, or None where a cell is empty."""
MAX_LETTERS = 32_767
"""Of a cell, in UTF-16, as spreadsheets count."""

_TEXT = pa.large_string()
_PLAIN = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_DIGITS = 15
"""A spreadsheet keeps no more of a number."""
_MARKUP = "<r>", "</r>"


class Markup(str):
    """A text that is not written as others are, see ``is_markup``."""

    __slots__ = ()


class SheetCells:
    """Columns as cells, and how many texts had to be cut."""

    def __init__(self, numeric: Collection[str] = ()) -> None:
        self.numeric, self.cut = frozenset(numeric), 0

    def added(self, name: str, values: pd.Series) -> Cells:
        """A column that scoring adds: points are hundredths, a rank a whole number, all else is text."""
        if isinstance(values.dtype, pd.CategoricalDtype) or not pd.api.types.is_integer_dtype(values.dtype):
            return self._texts(pa.array(values.astype("str"), _TEXT, from_pandas=True))
        numbers, known = whole_numbers(values)
        if name in WHOLE_COLUMNS:
            made: list[Any] = numbers.tolist()
        else:
            made = (numbers / (10_000 if name == CHANCE else 100)).tolist()
        return (
            made
            if known.all()
            else [each if there else None for each, there in zip(made, known, strict=True)]
        )

    def own(self, name: str, column: pa.ChunkedArray) -> Cells:
        """A column of the export: its texts; of one that is read as numbers, those that plainly are some."""
        texts = as_text(column)
        if name not in self.numeric:
            return self._texts(texts)
        return [None if text is None else _number(text) for text in self._texts(texts)]

    def _texts(self, texts: pa.Array) -> Cells:
        made: list[Any] = texts.to_pylist()
        if (pc.max(pc.utf8_length(texts)).as_py() or 0) > MAX_LETTERS // 2:
            short = [text if text is None else cut_text(text) for text in made]
            self.cut += sum(text != cut for text, cut in zip(made, short, strict=True))
            made = short
        if pc.any(pc.starts_with(texts, _MARKUP[0])).as_py():
            made = [Markup(text) if text and is_markup(text) else text for text in made]
        return made


def number_columns(export: Source, fits: Mapping[str, Fit]) -> set[str]:
    """The columns of the export whose cells are numbers: by their own type, or because a field is read so.

    Not those with a decimal comma, or points between thousands: 1.234 is another number there. Never the id.
    """
    found = {name for name, kind in export.kinds.items() if kind == "number"}
    for fit in fits.values():
        for name, column in fit.columns.items():
            field = fit.model.fields[name]
            if field.type == "number" and field.decimal == "." and field.thousands != ".":
                found.add(column)
    return found - {fit.columns[fit.model.id] for fit in fits.values()}


def _number(text: str) -> str | int | float:
    if not _PLAIN.fullmatch(text) or sum(letter.isdigit() for letter in text) > _DIGITS:
        return text
    return float(text) if "." in text else int(text)


def cut_text(text: str) -> str:
    """As much of a text as a cell can hold."""
    units = text.encode("utf-16-le")[: 2 * MAX_LETTERS]
    return units.decode("utf-16-le", "ignore")


def is_markup(text: str) -> bool:
    """Whether XlsxWriter would take it for its own markup."""
    return text.startswith(_MARKUP[0]) and text.endswith(_MARKUP[1])
