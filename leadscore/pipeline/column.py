"""column: one column of text -> a typed field, with every cell that could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from leadscore.fields import Field, FieldType
from leadscore.model.schema import FieldConfig
from leadscore.pipeline.cells import READERS
from leadscore.pipeline.members import NOT_QUOTED, gather_members, split_cells
from leadscore.text import AROUND, GUARDED, trim

Codes = npt.NDArray[np.intp]

NO_KINDS: Mapping[str, FieldType] = {}


@dataclass(frozen=True)
class Unreadable:
    """Cells of one column that are not what the config says they are; their leads count as unknown."""

    column: str
    reason: str
    rows: npt.NDArray[np.intp]
    """Positions in the batch."""


def _as_typed(config: FieldConfig) -> FieldConfig:
    plain = {"format": None, "decimal": ".", "thousands": None, "exponent": True}
    words = {
        key: (key, *(word for word in words if not trim(word)))  # the empty cell is a word of its own
        for key, words in (("true", config.true), ("false", config.false))
    }
    return config.model_copy(update={**plain, **words})


def read_field(
    cells: pd.Series,
    config: FieldConfig,
    field_type: FieldType,
    unreadable: list[Unreadable],
    kinds: Mapping[str, FieldType] = NO_KINDS,
) -> Field:
    """One column as a field; what cannot be read is added to ``unreadable``.

    A column that came with the field's type is read as that type writes itself, whatever format the
    config declares for text.
    """
    if kinds.get(str(cells.name)) == field_type:
        config = _as_typed(config)
    codes, texts = _distinct(cells, config)
    if field_type == "text":
        return _read_text(str(cells.name), codes, texts, config, unreadable)
    read, why_not = READERS[field_type]
    field = Field(field_type, codes, texts, read(texts, config))
    refused = np.flatnonzero(~field.readable)
    if len(refused):
        reasons = pd.Series([why_not(texts[code].as_py(), config) for code in refused.tolist()])
        for reason, group in reasons.groupby(reasons):
            rows = np.flatnonzero(np.isin(codes, refused[group.index]))
            unreadable.append(Unreadable(str(cells.name), str(reason), rows))
    return field


def _read_text(
    column: str, codes: Codes, texts: pa.Array, config: FieldConfig, unreadable: list[Unreadable]
) -> Field:
    if config.list is None:
        return Field("text", codes, texts)
    lists = split_cells(texts, config.list)
    refused = np.flatnonzero(lists.is_null().to_numpy(zero_copy_only=False))
    if len(refused):
        unreadable.append(Unreadable(column, NOT_QUOTED, np.flatnonzero(np.isin(codes, refused))))
    members, filled = gather_members(lists, _null_words(config))
    return Field("text", renumber(filled)[codes], texts.filter(pa.array(filled)), members=members)


def _distinct(cells: pd.Series, config: FieldConfig) -> tuple[Codes, pa.Array]:
    """A code per lead and the distinct texts, trimmed; empty cells and the null words have code -1."""
    if not isinstance(cells.dtype, pd.StringDtype):
        cells = cells.astype("str")
    codes, distinct = pd.factorize(cells.fillna("") if config.takes_empty else cells)
    texts = pc.utf8_trim(without_guard(_one_piece(pa.array(distinct, pa.large_string()))), AROUND)
    missing = pc.is_in(texts, pa.array(sorted(_null_words(config)), pa.large_string()))
    kept = ~np.asarray(missing.to_numpy(zero_copy_only=False), dtype=bool)
    return renumber(kept)[codes], texts.filter(pa.array(kept))


def _null_words(config: FieldConfig) -> set[str]:
    return {*(trim(word) for word in config.null)} | (set() if config.takes_empty else {""})


def without_guard(texts: pa.Array) -> pa.Array:
    """Texts without the apostrophe that stands before what a spreadsheet would run."""
    guarded = pc.any(pc.starts_with(texts, "'")).as_py()
    return pc.replace_substring_regex(texts, GUARDED, r"\1") if guarded else texts


def bare_ids(leads: pd.DataFrame, column: str) -> pd.DataFrame:
    """The leads with ids that are to the letter, but for such an apostrophe."""
    ids = leads[column]
    if not (isinstance(ids.dtype, pd.StringDtype) and ids.str.startswith("'", na=False).any()):
        return leads
    guarded = ids.str.match(GUARDED, na=False)
    return leads.assign(**{column: ids.mask(guarded, ids.str[1:])})


def _one_piece(texts: pa.Array | pa.ChunkedArray) -> pa.Array:
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts


def renumber(kept: npt.NDArray[np.bool_]) -> Codes:
    """Old code -> new code when only the kept values stay; -1 for the others, and for -1 itself."""
    return np.append(np.where(kept, np.cumsum(kept) - 1, -1), -1).astype(np.intp)
