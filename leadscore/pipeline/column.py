"""column: one column of text -> a typed field, with every cell that could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from leadscore.fields import Field, FieldType
from leadscore.model.schema import FieldConfig
from leadscore.pipeline.cells import READERS
from leadscore.pipeline.coded import to_array
from leadscore.pipeline.members import NOT_QUOTED, gather_members, split_cells
from leadscore.points import Rows
from leadscore.text import AROUND, GUARDED, trim

Codes = npt.NDArray[np.intp]

NO_KINDS: Mapping[str, FieldType] = {}
_EMPTY = pa.array([""], pa.large_string())
_SAMPLE = 1_000
"""Of so many cells nine in ten are different where texts hardly repeat."""


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
            _refuse(str(cells.name), str(reason), codes, refused[group.index], unreadable)
    return field


def _refuse(column: str, reason: str, codes: Codes, refused: Rows, unreadable: list[Unreadable]) -> None:
    rows = np.flatnonzero(np.isin(codes, refused))
    if len(rows):  # none where no lead has any of these texts
        unreadable.append(Unreadable(column, reason, rows))


def _read_text(
    column: str, codes: Codes, texts: pa.Array, config: FieldConfig, unreadable: list[Unreadable]
) -> Field:
    if config.list is None:
        return Field("text", codes, texts)
    lists = split_cells(texts, config.list)
    refused = np.flatnonzero(lists.is_null().to_numpy(zero_copy_only=False))
    if len(refused):
        _refuse(column, NOT_QUOTED, codes, refused, unreadable)
    members, filled = gather_members(lists, _null_words(config))
    return Field("text", renumber(filled)[codes], texts.filter(pa.array(filled)), members=members)


def _distinct(cells: pd.Series, config: FieldConfig) -> tuple[Codes, pa.Array]:
    """A code per lead and the texts, trimmed; empty cells and the null words have code -1."""
    codes, texts = _encode(cells)
    texts = pc.utf8_trim(without_guard(texts), AROUND)
    missing = pc.is_in(texts, pa.array(sorted(_null_words(config)), pa.large_string()))
    kept = ~np.asarray(missing.to_numpy(zero_copy_only=False), dtype=bool)
    if kept.all():
        return codes.astype(np.intp, copy=False), texts
    return renumber(kept)[codes], texts.filter(pa.array(kept))


def _encode(cells: pd.Series) -> tuple[npt.NDArray[Any], pa.Array]:
    """A code per lead and the texts; a missing cell is an empty one.

    Texts are told apart where that pays: not those of a column in which hardly any stands twice, such as
    ids and addresses. A category may have texts that no lead of the batch has.
    """
    if isinstance(cells.dtype, pd.CategoricalDtype):
        codes, texts = cells.cat.codes.to_numpy(), to_array(cells.cat.categories)
        missing = codes < 0
        if not missing.any():
            return codes, texts
        return np.where(missing, len(texts), codes), pa.concat_arrays([texts, _EMPTY])
    texts = pc.fill_null(to_array(cells.astype("str")), "")
    if len(texts.slice(0, _SAMPLE).unique()) * 10 > _SAMPLE * 9:
        return np.arange(len(texts)), texts
    coded = texts.dictionary_encode()
    return coded.indices.to_numpy(), coded.dictionary


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


def renumber(kept: npt.NDArray[np.bool_]) -> Codes:
    """Old code -> new code when only the kept values stay; -1 for the others, and for -1 itself."""
    return np.append(np.where(kept, np.cumsum(kept) - 1, -1), -1).astype(np.intp)
