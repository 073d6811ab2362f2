"""cells_seen: the cells of a column, batch by batch -> counts that stay small however long the file is."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from leadscore.analysis.words import NO_NUMBER
from leadscore.model.schema import FieldConfig
from leadscore.pipeline.column import read_field

MOST = 10_000
"""So many distinct values of a column are told apart; beyond it there are 'more than 10,000'."""
_MOST_SHAPES = 50_000
"""More than there are days in a hundred years."""
_LONGEST = 100
"""Longer texts are neither numbers nor dates nor categories, and only counted."""
_DAY = (
    r"\p{Nd}{1,4}[-/. ]\p{Nd}{1,2}[-/. ]\p{Nd}{1,4}|(?:19|20)[0-9]{6}\z"
    r"|[0-9]{1,2}[- .]+\pL{3,9}\.?,?[- ]+[0-9]{2,4}|\pL{3,9}\.? [0-9]{1,2},? [0-9]{4}"
)
_COULD_BE_FIGURES = r"\A[^\p{Nd}@_]{0,12}\p{Nd}[^@_]{0,40}\z"
"""No address, no file name and no sentence."""
_LEADING_ZERO = r"\A[+-]?0[0-9]+\z"


class CellsSeen:
    """What was seen of one column. Memory is bounded but for eight bytes a lead while all are different."""

    def __init__(self) -> None:
        self.filled = self.empty = self.leading_zeros = 0
        self.values: Counter[str] | None = Counter()
        """Cells per distinct value; None where there are more than MOST."""
        self.shapes: Counter[str] | None = Counter()
        """Cells per ``shape`` of what could be a number or a date; None where they are too many."""
        self.nulls: Counter[str] = Counter()
        """Cells per word that may mean nothing, as the file writes it."""
        self._hashes: list[npt.NDArray[np.uint64]] | None = []

    def add(self, cells: pd.Series) -> None:
        """Count a batch of cells, "" or missing where empty."""
        field = read_field(cells, FieldConfig(), "text", [])
        texts = pa.array(field.texts, pa.large_string())
        counts = np.bincount(field.codes[field.codes >= 0], minlength=len(texts))
        self.filled += int(counts.sum())
        self.empty += len(cells) - int(counts.sum())
        zeros = _mask(pc.match_substring_regex(texts, _LEADING_ZERO))
        self.leading_zeros += int(counts[zeros].sum())
        # Lower case is near enough to find them: the words are ASCII, or have no case.
        is_null = _mask(pc.is_in(pc.utf8_lower(texts), pa.array(sorted(NO_NUMBER))))
        _count(self.nulls, texts.filter(pa.array(is_null)), counts[is_null])
        if self.values is not None:
            _count(self.values, texts, counts)
            self.values = self.values if len(self.values) <= MOST else None
        if self.shapes is not None:
            digits = _mask(pc.match_substring_regex(texts, _COULD_BE_FIGURES)) & ~is_null
            _count(self.shapes, shape(texts.filter(pa.array(digits))), counts[digits])
            self.shapes = self.shapes if len(self.shapes) <= _MOST_SHAPES else None
        self._keep_hashes(cells, bool(self.empty))

    def _keep_hashes(self, cells: pd.Series, has_empty: bool) -> None:
        if self._hashes is None:
            return
        hashes = hash_texts(cells)
        self._hashes.append(hashes)
        if has_empty or len(np.unique(hashes)) < len(hashes):
            self._hashes = None

    @property
    def is_unique(self) -> bool:
        """Whether every cell is filled and no two are the same to the letter."""
        if not self._hashes or self.filled < 2:
            return False
        hashes = np.concatenate(self._hashes)
        return len(np.unique(hashes)) == len(hashes)

    def known(self, nulls: Collection[str]) -> int:
        """Filled cells that hold none of these words."""
        return self.filled - sum(count for word, count in self.nulls.items() if word in nulls)


def shape(texts: pa.Array) -> pa.Array:
    """The texts with every digit as 1, but for a date that they begin with, and for a first 0 before a mark.

    Few texts stand for all numbers and times of a column, and the readers take each as they take those it
    stands for.
    """
    begins = begins_with_day(texts)
    dated = pc.match_substring_regex(texts, begins)
    if not pc.any(dated).as_py():
        return _ones(texts)
    parts = pc.extract_regex(texts.filter(dated), rf"(?s){begins}(?P<rest>.*)\z")
    joined = pc.binary_join_element_wise(
        parts.field("day"), _ones(parts.field("rest")), pa.scalar("", pa.large_string())
    )
    return pc.replace_with_mask(_ones(texts), dated, joined)


def begins_with_day(texts: pa.Array) -> str:
    """The pattern of a date that begins a text; without Unicode's tables, which are slow, if it may be."""
    day = _DAY.replace(r"\p{Nd}", "[0-9]").replace(r"\pL", "[A-Za-z]") if _is_ascii(texts) else _DAY
    return rf"\A(?P<day>{day})"


def _ones(texts: pa.Array) -> pa.Array:
    steps = [(r"\A([+-]?)0([.,])", "\\1\x02\\2"), ("[0-9]", "1"), ("\x02", "0")]
    if not _is_ascii(texts):
        steps[1:2] = [("[0-9]", "\x01"), (r"\p{Nd}", "\u0661"), ("\x01", "1")]
    for pattern, sign in steps:
        texts = pc.replace_substring_regex(texts, pattern, sign)
    return texts


def _is_ascii(texts: pa.Array) -> bool:
    return bool(pc.all(pc.string_is_ascii(texts)).as_py())


def hash_texts(texts: pd.Series) -> npt.NDArray[np.uint64]:
    """Eight bytes a text, the same where texts are the same to the letter."""
    return pd.util.hash_pandas_object(texts, index=False).to_numpy().astype(np.uint64)


def _mask(outcome: pa.Array) -> npt.NDArray[np.bool_]:
    return np.asarray(outcome.to_numpy(zero_copy_only=False), dtype=bool)


def _count(into: Counter[str], texts: pa.Array, counts: npt.NDArray[np.int64]) -> None:
    for text, count in zip(texts.to_pylist(), counts.tolist(), strict=True):
        into[text if len(text) <= _LONGEST else _digest(text)] += count


def _digest(text: str) -> str:
    """A long text by a name that is no text of any file."""
    return "\0" + hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
