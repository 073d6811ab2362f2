"""rank: scored leads -> their order; one is best, and no two leads share a rank."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from leadscore.model.order import key_name
from leadscore.model.schema import Model
from leadscore.pipeline.measure import find_labels

_LAST = np.iinfo(np.int64).max


def rank_leads(
    leads: pd.DataFrame, model: Model, by_id: npt.NDArray[np.int64] | None = None
) -> npt.NDArray[np.int64]:
    """Positions of the leads, best first: by the `rank_by` keys, then id by code point.

    Highest first, or lowest first where the key says so; unknown values come after known ones either way.
    Ids are unique, so the order is the same on every machine. ``by_id``: the positions in the order of the
    ids, for whoever ranks the same leads several times.
    """
    order = order_by_id(leads["id"]) if by_id is None else by_id
    for key in reversed(model.rank_by):  # a stable sort keeps the order before it among equals
        name, highest_first = key_name(key), isinstance(key, str)
        places = lowest_first(leads[rank_key(name, model)], find_labels(name, model), highest_first)
        order = order[np.argsort(places[order], kind="stable")]
    return order


def order_by_id(ids: pd.Series) -> npt.NDArray[np.int64]:
    """Positions of the leads, the lowest id first."""
    texts = pa.array(ids, pa.large_string())
    return np.asarray(pc.sort_indices(texts).to_numpy(), dtype=np.int64)  # of UTF-8, as of code points


def lowest_first(values: pd.Series, labels: tuple[str, ...], highest_first: bool) -> npt.NDArray[Any]:
    """Numbers of which the lowest is best, and the highest unknown."""
    column = pa.array(values, from_pandas=True)
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    column = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
    if labels:  # best first, as the config lists them
        column, highest_first = pc.index_in(column, pa.array(labels, column.type)), not highest_first
    elif pa.types.is_large_string(column.type) or pa.types.is_string(column.type):
        numbers = pc.rank(column, sort_keys="ascending", tiebreaker="dense").cast(pa.int64())
        column = pc.if_else(column.is_valid(), numbers, None)
    known = column.is_valid().to_numpy(zero_copy_only=False)
    if pa.types.is_floating(column.type):
        numbers = pc.fill_null(column, np.inf).to_numpy()
        return np.where(known, -numbers if highest_first else numbers, np.nan)
    numbers = pc.fill_null(column.cast(pa.int64()), 0).to_numpy()
    return np.where(known, -numbers if highest_first else numbers, _LAST)


def rank_key(name: str, model: Model) -> str:
    """The column that holds a `rank_by` key's values while leads are ranked."""
    return name if name in model.columns else f"rank_by {name}"
