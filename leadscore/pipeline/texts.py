"""texts: the columns that scoring adds -> CSV cells, disarmed and quoted as the export's dialect asks."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from leadscore.model.check import CHANCE, WHOLE_COLUMNS
from leadscore.pipeline.batch import whole_numbers
from leadscore.pipeline.buffers import joined, offsets_of
from leadscore.pipeline.export import Dialect
from leadscore.pipeline.guard import guard_texts
from leadscore.points import Flags, Hundredths

TEXT = pa.large_string()
MOST_LISTED = 1 << 16
"""Texts that are kept of a column of points: as many as it has values from its lowest to its highest."""
_LIVE = np.isin(np.arange(256), np.frombuffer(b"=@+-\t\r\n\0\xef", np.uint8))
"""The bytes that a cell must begin with for ``guard_texts`` to disarm it; a full-width sign's first is EF."""
_SIGNS = pa.array(["", "-"], TEXT)
_DECIMALS = pa.array([""] + [f".{part:02d}".rstrip("0") for part in range(1, 100)], TEXT)


class CellTexts:
    """Cells as text in one dialect, and how many were disarmed so far."""

    def __init__(self, dialect: Dialect, guard: bool) -> None:
        self.dialect, self.guard, self.disarmed = dialect, guard, 0
        self._categories: dict[str, tuple[pd.Index, pa.Array, Flags]] = {}
        self._points: dict[str, tuple[int, int, pa.Array]] = {}

    def make(self, name: str, values: pd.Series) -> pa.Array:
        """A column that scoring adds: points are hundredths, a rank a whole number, all else is text."""
        if isinstance(values.dtype, pd.CategoricalDtype):
            return self._of_categories(name, values)
        if not pd.api.types.is_integer_dtype(values.dtype):
            return self.finish(_in_one_piece(pa.array(values, TEXT)))
        if isinstance(values.dtype, np.dtype):
            return self._of_numbers(name, values.to_numpy(dtype=np.int64))
        numbers, known = whole_numbers(values)
        nothing = self._quote(pa.array([""], TEXT))[0]
        return pc.if_else(pa.array(known), self._of_numbers(name, numbers), nothing)

    def finish(self, texts: pa.Array, may_be_live: bool = True) -> pa.Array:
        """Texts as cells: nulls empty, disarmed, quoted. Numbers that were typed ones cannot be live."""
        texts = pc.fill_null(texts, "") if texts.null_count else texts
        finished, live = self._finish(texts, self.guard and may_be_live)
        self.disarmed += int(live.sum())
        return finished

    def _of_categories(self, name: str, values: pd.Series) -> pa.Array:
        """Each distinct text is finished once: all blocks of a file share their categories."""
        categories, codes = values.cat.categories, values.cat.codes.to_numpy()
        if name not in self._categories or self._categories[name][0] is not categories:
            missing = pa.array([""], TEXT)  # its code is -1: it is made the last
            distinct = pa.concat_arrays([_in_one_piece(pa.array(categories, TEXT)), missing])
            self._categories[name] = (categories, *self._finish(distinct, self.guard))
        _, texts, live = self._categories[name]
        codes = np.where(codes < 0, np.int64(len(categories)), codes)
        self.disarmed += int(live[codes].sum()) if live.any() else 0
        return texts.take(pa.array(codes))

    def _of_numbers(self, name: str, numbers: npt.NDArray[np.int64]) -> pa.Array:
        """Each value that a column of points can have is written once, if they are not too many."""
        if name in WHOLE_COLUMNS:
            return self._quote(write_whole(numbers))
        low, high, texts = self._points.get(name, (0, -1, pa.array([], TEXT)))
        lowest, highest = int(numbers.min(initial=low)), int(numbers.max(initial=high))
        if highest - lowest >= MOST_LISTED:
            return self._quote(write_points(numbers))
        if (lowest, highest) != (low, high):
            write = write_chances if name == CHANCE else write_points
            texts = self._quote(write(np.arange(lowest, highest + 1)))
            self._points[name] = (lowest, highest, texts)
        return texts.take(pa.array(numbers - lowest))

    def _finish(self, texts: pa.Array, guard: bool) -> tuple[pa.Array, Flags]:
        """The texts as cells, and which of them were disarmed."""
        live = np.zeros(len(texts), dtype=bool)
        if guard and _may_be_live(texts):
            disarmed, _ = guard_texts(texts)
            live = pc.not_equal(disarmed, texts).to_numpy(zero_copy_only=False)
            texts = disarmed
        return self._quote(texts), live

    def _quote(self, texts: pa.Array) -> pa.Array:
        # Hardly any block has one of these letters, and to look for bytes is far cheaper than for a pattern.
        content: bytes = joined(texts).to_pybytes()
        marks = (b'"',) if self.dialect.quote_all else (b'"', b"\r", b"\n", self.dialect.delimiter.encode())
        doubled = any(mark in content for mark in marks)
        if not self.dialect.quote_all and not doubled:
            return texts
        quoted = _around(pc.replace_substring(texts, '"', '""') if doubled else texts)
        if self.dialect.quote_all:
            return quoted
        special = pc.match_substring_regex(texts, f'[\\r\\n"{self.dialect.delimiter}]')
        return pc.if_else(special, quoted, texts)


def write_whole(numbers: npt.NDArray[np.int64]) -> pa.Array:
    """7 -> '7'."""
    return pa.array(numbers).cast(TEXT)


def write_points(hundredths: Hundredths) -> pa.Array:
    """8350 -> '83.5', -1500 -> '-15'; what ``points.format_points`` gives for each."""
    size = np.abs(hundredths)
    signs = _SIGNS.take(pa.array((hundredths < 0).astype(np.int8)))
    decimals = _DECIMALS.take(pa.array(size % 100))
    return pc.binary_join_element_wise(signs, write_whole(size // 100), decimals, pa.scalar("", TEXT))


def write_chances(chances: npt.NDArray[np.int64]) -> pa.Array:
    """Ten-thousandths: 1234 -> '0.1234', 5000 -> '0.5', 10000 -> '1'."""
    return pa.array([f"{chance / 10_000:.4f}".rstrip("0").rstrip(".") for chance in chances.tolist()], TEXT)


def _may_be_live(texts: pa.Array) -> bool:
    """Whether a text begins with a letter that makes it suspect; of an empty one the next is looked at."""
    content = np.frombuffer(joined(texts), np.uint8)
    if not len(content):
        return False
    begins = offsets_of(texts)[:-1] - offsets_of(texts)[0]
    return bool(_LIVE[content[begins[begins < len(content)]]].any())


def _around(texts: pa.Array) -> pa.Array:
    mark, nothing = pa.scalar('"', texts.type), pa.scalar("", texts.type)
    return pc.binary_join_element_wise(mark, texts, mark, nothing)


def _in_one_piece(texts: pa.Array | pa.ChunkedArray) -> pa.Array:
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
