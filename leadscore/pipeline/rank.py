"""rank: scored leads -> their order; one is best, and no two leads share a rank."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from leadscore.model.order import key_name
from leadscore.model.schema import Model
from leadscore.pipeline.measure import find_labels


def rank_leads(leads: pd.DataFrame, model: Model) -> npt.NDArray[np.int64]:
    """Positions of the leads, best first: by the `rank_by` keys, then id by code point.

    Highest first, or lowest first where the key says so; unknown values come after known ones either way.
    Ids are unique, so the order is the same on every machine.
    """
    columns: dict[str, pa.Array] = {}
    order: list[tuple[str, str]] = []
    for place, key in enumerate(model.rank_by):
        name, descending = key_name(key), isinstance(key, str)
        column = pa.array(leads[rank_key(name, model)], from_pandas=True)
        labels = find_labels(name, model)
        if labels:  # best first, as the config lists them
            column, descending = pc.index_in(column, pa.array(labels, column.type)), not descending
        columns[f"key {place}"] = column
        order.append((f"key {place}", "descending" if descending else "ascending"))
    columns["id"] = pa.array(leads["id"], pa.large_string())
    found = pc.sort_indices(pa.table(columns), [*order, ("id", "ascending")])
    return np.asarray(found.to_numpy(), dtype=np.int64)


def rank_key(name: str, model: Model) -> str:
    """The column that holds a `rank_by` key's values while leads are ranked."""
    return name if name in model.columns else f"rank_by {name}"
