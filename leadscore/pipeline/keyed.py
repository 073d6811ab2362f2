"""keyed: a table that is joined to leads -> its cells by key, keys that mean several rows told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from leadscore.fields import Field
from leadscore.model.schema import FieldConfig
from leadscore.pipeline.column import read_field
from leadscore.pipeline.export import Batch, Export
from leadscore.text import Folding

_FOLDING = Folding()
_NO_ROW, _SEVERAL = -1, -2
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Keyed:
    """The rows of a table that has been read."""

    places: dict[str, int]
    """Key, folded -> its row in ``cells``; below 0 for a key of several rows that say different things."""
    cells: dict[str, pa.Array]
    """Column -> its text in each row."""
    several: list[list[int]]
    """The lines of each such key."""
    rows: int = 0
    without_key: int = 0

    def find(self, keys: Field) -> Places:
        """The row of each lead: -1 where there is none, -2 where there are several."""
        distinct = [self.places.get(key, _NO_ROW) for key in keys.folded(_FOLDING)]
        return np.append(np.array(distinct, np.int64), _NO_ROW)[keys.codes]

    def take(self, column: str, places: Places) -> pa.Array:
        """A column's text for each lead; null where it has no row, or several."""
        return self.cells[column].take(pa.array(places, mask=places < 0))


def count_found(keys: Field, places: Places) -> dict[str, int]:
    """Leads with one row, none, several that differ, and without anything to be looked up by."""
    filled = np.array([*(bool(key) for key in keys.folded(_FOLDING)), False], dtype=bool)[keys.codes]
    found = {"matched": places >= 0, "unmatched": filled & (places == _NO_ROW)}
    found |= {"ambiguous": places == _SEVERAL, "without_key": ~filled}
    return {name: int(leads.sum()) for name, leads in found.items()}


def read_keyed(table: Export, key: str, config: FieldConfig, columns: Sequence[str]) -> Keyed:
    """The table's rows by the key, with the text of the columns that are asked of it.

    Keys are compared as text is: without case, Unicode form and the space around. Rows of one key that say
    the same in these columns are one row. Raises InputError where the table cannot be read.
    """
    frames = [_read_batch(batch, table, key, config, columns) for batch in table.batches([key, *columns])]
    frame = pd.concat(frames, ignore_index=True)
    known = frame[frame["key"].notna()]
    places = [name for name in known.columns if name != "line"]
    alone = known.drop_duplicates(places)
    twice = alone["key"].duplicated(keep=False)
    whole = known[known["key"].isin(alone.loc[twice, "key"])]
    lines = whole["line"].groupby(whole["key"], sort=False).agg(list)
    kept = alone[~twice]
    rows: dict[str, int] = dict.fromkeys(lines.index.tolist(), _SEVERAL)
    rows |= {name: place for place, name in enumerate(kept["key"].tolist())}
    cells = {
        column: pa.array(kept[place], pa.large_string(), from_pandas=True)
        for place, column in enumerate(columns)
    }
    return Keyed(rows, cells, lines.tolist(), len(frame), len(frame) - len(known))


def _read_batch(
    batch: Batch, table: Export, key: str, config: FieldConfig, columns: Sequence[str]
) -> pd.DataFrame:
    """Key, folded, and line; the columns under their numbers, for their names may be anything."""
    field = read_field(batch.leads[key], config, "text", [], table.kinds)
    folded = np.array([*(text or None for text in field.folded(_FOLDING)), None], dtype=object)
    cells: dict[Any, pd.Series] = {
        place: batch.leads[column].fillna("") for place, column in enumerate(columns)
    }
    return pd.DataFrame({"key": folded[field.codes], "line": batch.lines, **cells}, index=batch.leads.index)
